"""The tag that remembers the included files says them again, or says that it cannot."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_aws.naming.ownership import files_of_tag, tag_of_files

paths = st.lists(st.text(min_size=1, max_size=30), max_size=5)


@given(paths)
def test_paths_come_back_or_are_said_to_be_unknown(names: list[str]) -> None:
    encodable = [name.encode("utf-8", "replace").decode() for name in names]
    tag = tag_of_files(encodable)
    assert files_of_tag(tag) in (encodable, None)
    for value in tag.values():
        assert re.fullmatch(r"[A-Za-z0-9 _.:/=+\-@]{1,256}", value)


def test_ordinary_paths_can_be_read_by_people() -> None:
    assert tag_of_files(["data/figures.csv", "ä b.txt"]) == {
        "taskflows-cloud:include-files": "data/figures.csv:=C3=A4 b.txt"
    }
    assert tag_of_files([]) == {}


def test_too_many_paths_are_unknown() -> None:
    assert files_of_tag(tag_of_files(["x" * 300])) is None
