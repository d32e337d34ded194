"""Shortened names keep to the limit, and never equal the name of something else."""

from __future__ import annotations

import pytest

from taskflows_cloud_core.kit import shortened


def test_a_name_with_a_character_to_spare_stays() -> None:
    assert shortened("job", suffix="-logs", limit=9) == "job-logs"


@pytest.mark.parametrize("length", [20, 21, 64, 500])
def test_other_names_are_exactly_as_long_as_the_limit_and_keep_the_suffix(length: int) -> None:
    name = shortened("j" * length, suffix="-logs", limit=25)
    assert len(name) == 25
    assert name.endswith("-logs")


def test_names_that_differ_beyond_the_limit_keep_apart() -> None:
    assert len({shortened("j" * 60 + str(number), limit=30) for number in range(100)}) == 100


def test_a_shortened_name_is_nobodys_own() -> None:
    cut = shortened("j" * 60, limit=30)
    assert shortened(cut, limit=30) != cut


def test_the_same_stem_gets_the_same_name() -> None:
    assert shortened("j" * 60, limit=30) == shortened("j" * 60, limit=30)
