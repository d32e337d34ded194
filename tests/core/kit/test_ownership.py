"""Marks say whose a resource is, and what the user's own are."""

from __future__ import annotations

import re

import pytest

from taskflows_cloud_core.kit import (
    MarkLimits,
    OwnershipMarks,
    as_pairs,
    changed_marks,
    from_pairs,
    paths_as_mark,
    paths_of_mark,
)

MARKS = OwnershipMarks(prefix="ours/", owner="ours/function", clouds_prefixes=["cloud:"])
FOUND = {"team": "a", "cloud:stack": "x", "ours/function": "job", "ours/paused": "true"}


def test_a_resource_of_a_function_has_the_users_marks_and_the_owner() -> None:
    marks = MARKS.owned_by("job", {"team": "a"})
    assert marks == {"team": "a", "ours/function": "job"}
    assert MARKS.is_owned("job", marks)
    assert not MARKS.is_owned("job-2", marks)
    assert not MARKS.is_owned("job", {"team": "a"})


def test_a_user_cannot_take_the_owners_mark() -> None:
    assert MARKS.is_owned("job", MARKS.owned_by("job", {"ours/function": "other"}))


def test_what_the_cloud_sets_is_not_compared() -> None:
    assert MARKS.comparable(FOUND) == {"team": "a", "ours/function": "job", "ours/paused": "true"}
    assert MARKS.user_marks(FOUND) == {"team": "a"}


def test_a_cloud_that_sets_nothing_has_nothing_left_out() -> None:
    marks = OwnershipMarks(prefix="ours/", owner="ours/function")
    assert marks.comparable(FOUND) == FOUND


def test_changes_are_what_to_set_and_what_to_remove() -> None:
    before, after = {"same": "1", "changed": "1", "gone": "1"}, {"same": "1", "changed": "2", "new": "3"}
    assert changed_marks(before, after) == ({"changed": "2", "new": "3"}, ["gone"])
    assert changed_marks(after, after) == ({}, [])


@pytest.mark.parametrize("fields", [{}, {"key": "name", "value": "text"}])
def test_pairs_come_back_as_they_were(fields: dict[str, str]) -> None:
    assert from_pairs(as_pairs(FOUND, **fields), **fields) == FOUND
    assert [pair[fields.get("key", "Key")] for pair in as_pairs(FOUND, **fields)] == sorted(FOUND)


@pytest.mark.parametrize("paths", [["a.txt"], ["a b/c~d.txt", "x:y%z=1"], ["dät/ä.csv", "@"], [" ", "*?"]])
def test_paths_come_back_as_they_were(paths: list[str]) -> None:
    value = paths_as_mark(paths, characters=256)
    assert value is not None
    assert paths_of_mark(value) == paths
    assert set(value) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _.:/=+-@")


def test_no_paths_have_no_mark_and_too_many_are_unknown() -> None:
    assert paths_as_mark([], characters=256) is None
    assert paths_of_mark(None) == []
    assert paths_of_mark(paths_as_mark(["a" * 257], characters=256)) is None


LIMITS = MarkLimits(
    cloud="Example",
    most=5,
    reserved=3,
    key_characters=9,
    value_characters=5,
    text=re.compile(r"[\w/:.-]*"),
    characters="letters and digits",
)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("", "x", "a key has 1 to 9 characters, this one 0"),
        ("k" * 10, "x", "a key has 1 to 9 characters, this one 10"),
        ("key", "v" * 6, "a value has at most 5 characters, this one 6"),
        ("Cloud:x", "x", "keys that begin with 'cloud:' belong to Example"),
        ("ours/x", "x", "keys that begin with 'ours/' belong to taskflows-cloud"),
        ("key", "a b", "Example takes letters and digits only"),
    ],
)
def test_marks_that_cannot_be_used(key: str, value: str, message: str) -> None:
    (problem,) = MARKS.find_problems("labels", {"good": "x", key: value}, LIMITS)
    assert (problem.field, problem.message) == (f"labels[{key!r}]", message)


def test_too_many_marks() -> None:
    problems = MARKS.find_problems("labels", {"a": "", "b": "", "c": ""}, LIMITS)
    assert [(problem.field, problem.message) for problem in problems] == [
        ("labels", "there are 3; Example takes 5, of which taskflows-cloud needs 3")
    ]
