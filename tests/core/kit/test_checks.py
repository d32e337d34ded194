"""Checks say what is wrong with a value, and nothing when it can be used."""

from __future__ import annotations

import re
from typing import Any

import pytest

from taskflows_cloud_core.kit.checks import (
    Check,
    find_problems,
    flag,
    one_of,
    optional_flag,
    sequence,
    text_like,
    texts_like,
    within,
)

SUBNET = re.compile(r"subnet-\d+")
LIKE = text_like(SUBNET, "subnet-1")
SEVERAL = texts_like(SUBNET, "subnet-1", most=2)
PERCENT = within(range(1, 101), unit="percent")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (LIKE, None),
        (LIKE, "subnet-12"),
        (SEVERAL, ()),
        (SEVERAL, ("subnet-1", "subnet-2")),
        (PERCENT, 1),
        (PERCENT, 100),
        (within(range(3), optional=True), None),
        (flag, False),
        (optional_flag, None),
        (optional_flag, True),
        (one_of("a", "b"), "b"),
        (one_of("a", optional=True), None),
    ],
)
def test_what_can_be_used(check: Check, value: Any) -> None:
    assert check(value) == ""


@pytest.mark.parametrize(
    ("check", "value", "message"),
    [
        (LIKE, "net-1", "'net-1' is not of the form 'subnet-1'"),
        (LIKE, "subnet-1\n", r"'subnet-1\n' is not of the form 'subnet-1'"),
        (LIKE, 3, "3 is not of the form 'subnet-1'"),
        (SEVERAL, "subnet-1", "must be a list of str, not str"),
        (SEVERAL, ("subnet-1", None), "None is not of the form 'subnet-1'"),
        (SEVERAL, ("subnet-1",) * 2, "has 'subnet-1' twice"),
        (SEVERAL, ("x", "y"), "'x' is not of the form 'subnet-1'; 'y' is not of the form 'subnet-1'"),
        (SEVERAL, ("subnet-1", "subnet-2", "subnet-3"), "has 3 entries; it may have at most 2"),
        (PERCENT, 0, "is 0; it must be an int of 1 to 100 percent"),
        (PERCENT, True, "is True; it must be an int of 1 to 100 percent"),
        (PERCENT, None, "is None; it must be an int of 1 to 100 percent"),
        (PERCENT, 1.0, "is 1.0; it must be an int of 1 to 100 percent"),
        pytest.param(within(range(3)), 10**5000, "is too large; it must be an int of 0 to 2", id="huge"),
        (flag, 1, "must be True or False"),
        (flag, None, "must be True or False"),
        (optional_flag, "yes", "must be True or False"),
        (one_of("a", "b"), "c", "is 'c'; it must be one of 'a', 'b'"),
        (one_of("a"), None, "is None; it must be one of 'a'"),
        (one_of("a"), ["a"], "is ['a']; it must be one of 'a'"),
    ],
)
def test_what_cannot(check: Check, value: Any, message: str) -> None:
    assert check(value) == message


def test_problems_name_their_fields() -> None:
    problems = find_problems({"share": 0, "is_on": True, "other": object()}, {"share": PERCENT, "is_on": flag})
    assert [(problem.field, problem.message) for problem in problems] == [
        ("share", "is 0; it must be an int of 1 to 100 percent")
    ]


@pytest.mark.parametrize(
    ("given", "converted"), [(["a"], ("a",)), (("a",), ("a",)), ("ab", "ab"), (None, None), ({"a": 1}, {"a": 1})]
)
def test_lists_become_tuples_and_all_else_stays(given: object, converted: object) -> None:
    assert sequence(given) == converted
