"""What becomes of a function's result on its way into JSON."""

from __future__ import annotations

import json
from collections import OrderedDict, namedtuple
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_core.packaging.runtime.results import finish


class Color(Enum):
    RED = "red"


class Size(IntEnum):
    BIG = 3


@dataclass
class Row:
    when: date
    items: list[Any] = field(default_factory=list)


@attrs.define
class Box:
    row: Row


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        (timedelta(minutes=1, milliseconds=500), 60.5),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (PurePosixPath("a/b"), "a/b"),
        (b"\x00\xff", "AP8="),
        (bytearray(b"a"), "YQ=="),
        (Color.RED, "red"),
        (Size.BIG, 3),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", 1}), ["b", 1]),
        ((1, (2, None)), [1, [2, None]]),
        (Point(1, 2), [1, 2]),
        (Box(Row(date(2026, 1, 2), [Color.RED])), {"row": {"when": "2026-01-02", "items": ["red"]}}),
        (OrderedDict(a={"b": {date(2026, 1, 2): True}}), {"a": {"b": {"2026-01-02": True}}}),
        ({1: "a", None: "b", False: "c", 1.5: "d"}, {"1": "a", "null": "b", "false": "c", "1.5": "d"}),
        (float("nan"), None),
        ([float("inf"), 0.5], [None, 0.5]),
        ({"deep": [(i for i in "ab")]}, TypeError),
        (object(), TypeError),
        ({"a": [object()]}, TypeError),
        ({(1, 2): 3}, TypeError),
        ({1: "a", "1": "b"}, ValueError),
        (lambda: 1, TypeError),
        (Row, TypeError),
    ],
)
def test_forms(result: Any, expected: Any) -> None:
    if isinstance(expected, type):
        with pytest.raises(expected):
            finish(result)
    else:
        assert finish(result) == expected
        assert json.loads(json.dumps(finish(result), allow_nan=False)) == expected


def test_an_error_names_the_type_and_the_place() -> None:
    with pytest.raises(TypeError, match=r"the result\['rows'\]\[1\] is of type builtins\.object"):
        finish({"rows": [1, object()]})


def test_a_circle_is_an_error_and_a_shared_part_is_none() -> None:
    shared = [1]
    assert finish([shared, shared]) == [[1], [1]]
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ValueError, match="contains itself"):
        finish(circle)


def test_what_json_or_its_encoding_cannot_hold_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"the result\['name'\]\[0\] holds '\\udcff', which is no text in UTF-8"):
        finish({"name": ["caf\udcff"]})
    with pytest.raises(ValueError, match="a key of the result holds"):
        finish({"\ud800": 1})
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        finish(deep)


def test_what_is_still_to_run_is_run() -> None:
    steps = []

    def generator() -> Iterator[date]:
        yield date(2026, 1, 2)
        steps.append("generator")

    async def coroutine() -> Any:
        steps.append("coroutine")
        return generator()

    async def async_generator() -> AsyncIterator[int]:
        yield 1
        steps.append("async generator")

    assert finish(generator()) == ["2026-01-02"]
    assert finish(coroutine()) == ["2026-01-02"]
    assert finish(async_generator()) == [1]
    assert steps == ["generator", "coroutine", "generator", "async generator"]


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20))
def test_what_is_json_already_stays_as_it_is(value: Any) -> None:
    assert finish(value) == value
