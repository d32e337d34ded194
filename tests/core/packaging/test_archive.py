"""The zip format, judged by the standard library's reader."""

from __future__ import annotations

import io
import stat
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging.archive.section import Block
from taskflows_cloud_core.packaging.archive.zip_writer import ArchiveWriter, Member

names = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\."), min_size=1, max_size=8)
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def written(files: dict[str, bytes]) -> bytes:
    made = [Member.of(path, data, origin="test", executable=len(data) % 2 == 1) for path, data in files.items()]
    archive = bytearray()
    writer = ArchiveWriter(archive.extend)
    writer.add(Block(made).members)
    sha256, size = writer.finish()
    assert len(archive) == size
    assert len(sha256) == 64
    return bytes(archive)


@given(st.dictionaries(paths, st.binary(max_size=300), max_size=8))
def test_what_is_written_is_read_back(files: dict[str, bytes]) -> None:
    for path in list(files):
        if any(other.startswith(f"{path}/") for other in files):
            del files[path]
    archive = written(files)
    with zipfile.ZipFile(io.BytesIO(archive)) as read:
        assert read.testzip() is None
        assert {item.filename: read.read(item) for item in read.infolist()} == files
        assert read.namelist() == sorted(files)
        for item in read.infolist():
            assert item.date_time == (1980, 1, 1, 0, 0, 0)
            assert stat.S_IMODE(item.external_attr >> 16) == (0o755 if len(files[item.filename]) % 2 else 0o644)
    assert written(dict(reversed(files.items()))) == archive


@pytest.mark.parametrize("path", ["../a", "a/../b", "/a", "a//b", "", "a/", ".", "a\\b", "a\0"])
def test_places_outside_are_refused(path: str) -> None:
    with pytest.raises(PackagingError, match="no package may hold"):
        Block([Member.of(path, b"", origin="test")])


def test_one_place_is_for_one_file() -> None:
    same = Member.of("a", b"1", origin="one")
    assert Block([same, Member.of("a", b"1", origin="two")]).members == (same,)
    with pytest.raises(PackagingError, match="one of one and one of two"):
        Block([same, Member.of("a", b"2", origin="two")])
    with pytest.raises(PackagingError, match="a file of one and a folder of two"):
        Block([same, Member.of("a/b", b"2", origin="two")])


def test_a_block_adds_to_the_one_below_it() -> None:
    below = Block([Member.of("a", b"1", origin="one"), Member.of("d/e", b"1", origin="one")])
    new = Member.of("b", b"2", origin="two")
    assert Block([Member.of("a", b"1", origin="two"), new], below=below).members == (new,)
    with pytest.raises(PackagingError, match="one of one and one of two"):
        Block([Member.of("a", b"2", origin="two")], below=below)
    with pytest.raises(PackagingError, match="a file of one and a folder of two"):
        Block([Member.of("a/b", b"2", origin="two")], below=below)
    with pytest.raises(PackagingError, match="a file of two and a folder of one"):
        Block([Member.of("d", b"2", origin="two")], below=below)
