"""A week as letters in a grid."""

from __future__ import annotations

from datetime import timedelta

from taskflows_cloud_core.schedules.descriptions import describe
from taskflows_cloud_core.schedules.previews.week.week import SLOTS, Week
from taskflows_cloud_core.schedules.spec.units import WEEKDAY_NAMES

MARGIN = len("Mon 31 ")
SEVERAL = "+"
_SLOTS_IN_CELL = 6
_CELLS = SLOTS // _SLOTS_IN_CELL
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def week_text(week: Week) -> str:
    """Draw a week with letters: a row for each day, a column for each half hour.

    Args:
        week: Of `week_of`.

    Returns:
        Lines of at most 55 characters, and a legend. ``+`` stands where several schedules fire.
    """
    return "\n".join([*week_lines(week), *(f"{letter}  {text}" for letter, text in legend(week))])


def week_lines(week: Week) -> list[str]:
    """The title, the hours, and a line for each day; `MARGIN` characters stand before the first cell."""
    hours = "".join(f"{hour:<4d}" for hour in range(0, 24, 2))
    lines = [f"week of {week.monday.isoformat()}, {week.timezone}", f"{'':{MARGIN}}{hours}".rstrip()]
    for number, name in enumerate(WEEKDAY_NAMES):
        day = week.monday + timedelta(days=number)
        lines.append(f"{name} {day.day:2d} " + "".join(_cell(week, number, column) for column in range(_CELLS)))
    return lines


def _cell(week: Week, day: int, column: int) -> str:
    begin = day * SLOTS + column * _SLOTS_IN_CELL
    here = frozenset(range(begin, begin + _SLOTS_IN_CELL))
    firing = [index for index, slots in enumerate(week.slots) if slots & here]
    if not firing:
        return "."
    return letter_of(firing[0]) if len(firing) == 1 else SEVERAL


def letter_of(index: int) -> str:
    """The letter of a schedule; ``?`` when there are no more letters."""
    return _LETTERS[index] if index < len(_LETTERS) else "?"


def legend(week: Week) -> list[tuple[str, str]]:
    """The letter of each schedule, and its text with its meaning."""
    return [(letter_of(index), f"{each}: {describe(each)}") for index, each in enumerate(week.schedules)]
