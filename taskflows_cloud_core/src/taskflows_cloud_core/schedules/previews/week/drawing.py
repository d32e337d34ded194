"""A week as shapes, for whoever draws them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.schedules.previews.week.plain import legend
from taskflows_cloud_core.schedules.previews.week.week import SLOTS, Week
from taskflows_cloud_core.schedules.spec.units import WEEKDAY_NAMES

# The palette of Okabe and Ito, which people with any kind of colour vision can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_LEFT, _TOP, _ROW, _LINE, _MARGIN = 70, 44, 34, 20, 16
_SCALE = 3
_RIGHT, _BOTTOM = _LEFT + SLOTS * _SCALE, _TOP + 7 * _ROW


@attrs.frozen(kw_only=True)
class Rectangle:
    """A filled rectangle; its place is the upper left corner."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@attrs.frozen(kw_only=True)
class Label:
    """Text; its place is on the base line, at the ``anchor`` of the text."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    fill: str = "#000000"
    is_title: bool = False


Shape: TypeAlias = Rectangle | Label


@attrs.frozen(kw_only=True)
class Drawing:
    """A picture of a week.

    Args:
        title: What it shows.
        width: In pixels.
        height: In pixels.
        shapes: Later ones lie upon earlier ones.
    """

    title: str
    width: int
    height: int
    shapes: tuple[Shape, ...] = attrs.field(converter=to_tuple)


def drawing_of(week: Week) -> Drawing:
    """Draw a week: a row for each day, a coloured lane in it for each schedule."""
    title = f"Week of {week.monday.isoformat()}, {week.timezone}"
    height = _BOTTOM + _MARGIN + _LINE * len(week.schedules) + 10
    shapes = [
        Label(x=_LEFT, y=16, text=title, is_title=True),
        *_hours(),
        *(shape for number in range(7) for shape in _day(week, number)),
        *_legend(week),
    ]
    return Drawing(title=title, width=_RIGHT + 20, height=height, shapes=shapes)


def _hours() -> Iterator[Shape]:
    yield Rectangle(x=_LEFT, y=_BOTTOM, width=_RIGHT - _LEFT, height=1, fill="#aaaaaa")
    for hour in range(25):
        x = _LEFT + hour * 12 * _SCALE
        yield Rectangle(x=x, y=_TOP, width=1, height=_BOTTOM - _TOP, fill="#dddddd")
        if hour % 2 == 0:
            yield Label(x=x, y=_TOP - 6, text=f"{hour}", anchor="middle", fill="#555555")


def _day(week: Week, number: int) -> Iterator[Shape]:
    top, day = _TOP + number * _ROW, week.monday + timedelta(days=number)
    yield Rectangle(x=_LEFT, y=top, width=_RIGHT - _LEFT, height=1, fill="#aaaaaa")
    yield Label(x=_LEFT - 8, y=top + _ROW / 2 + 4, text=f"{WEEKDAY_NAMES[number]} {day.day}", anchor="end")
    lane = (_ROW - 4) / max(len(week.schedules), 1)
    for index, slots in enumerate(week.slots):
        y = top + 2 + index * lane
        for first, last in _runs(slot - number * SLOTS for slot in slots if slot // SLOTS == number):
            width = (last - first + 1) * _SCALE
            yield Rectangle(x=_LEFT + first * _SCALE, y=y, width=width, height=lane, fill=_colour(index))


def _colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def _runs(slots: Iterable[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for slot in sorted(slots):
        if runs and runs[-1][1] == slot - 1:
            runs[-1] = (runs[-1][0], slot)
        else:
            runs.append((slot, slot))
    return runs


def _legend(week: Week) -> Iterator[Shape]:
    for index, (_, text) in enumerate(legend(week)):
        y = _BOTTOM + _MARGIN + index * _LINE
        yield Rectangle(x=_LEFT, y=y, width=12, height=12, fill=_colour(index))
        yield Label(x=_LEFT + 20, y=y + 11, text=text)
