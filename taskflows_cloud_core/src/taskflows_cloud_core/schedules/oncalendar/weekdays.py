"""Weekdays in OnCalendar text."""

from __future__ import annotations

import re

from taskflows_cloud_core.schedules.oncalendar.cursor import Cursor
from taskflows_cloud_core.schedules.spec.units import LONG_WEEKDAY_NAMES, WEEKDAY_NAMES
from taskflows_cloud_core.schedules.spec.weekday_names import weekdays_text

_WEEKDAYS = {name.lower(): number for names in (WEEKDAY_NAMES, LONG_WEEKDAY_NAMES) for number, name in enumerate(names)}
_WORD = re.compile(r"[^\W\d_]+")


def read_weekdays(cursor: Cursor) -> frozenset[int] | None:
    """Read the weekdays and the spaces behind them, or nothing when no weekday stands here.

    Raises:
        ScheduleError: A list or a range of weekdays is wrong.
    """
    if not cursor.here or weekday_here(cursor) is None:
        return None
    found: set[int] = set()
    while True:
        start = cursor.position
        first = last = _read_weekday(cursor)
        if cursor.take("..") or cursor.take("-"):
            last = _read_weekday(cursor)
            if last < first:
                raise cursor.error(_weekday_wrap(first, last), start)
        found.update(range(first, last + 1))
        if cursor.take(",") and cursor.here not in ("", " "):
            continue
        if cursor.here not in ("", " "):
            raise cursor.error(_after_weekday(cursor))
        cursor.skip_spaces()
        return frozenset(found)


def _read_weekday(cursor: Cursor) -> int:
    found = weekday_here(cursor)
    if found is None:
        word = _letters(cursor)
        hint = f", not {word!r}" if word else ""
        raise cursor.error(f"expected a weekday, Mon or Monday{hint}")
    number, name = found
    cursor.position += len(name)
    return number


def weekday_here(cursor: Cursor) -> tuple[int, str] | None:
    """The number of the weekday that stands here and how it is written, or ``None``."""
    word = _letters(cursor)
    number = _WEEKDAYS.get(word.lower())
    return None if number is None else (number, word)


def _letters(cursor: Cursor) -> str:
    found = _WORD.match(cursor.text, cursor.position, cursor.end)
    return "" if found is None else found[0]


def _weekday_wrap(first: int, last: int) -> str:
    both = frozenset(range(first, 7)) | frozenset(range(last + 1))
    remedy = weekdays_text(both) or "nothing, which is every day"
    return f"{WEEKDAY_NAMES[first]}-{WEEKDAY_NAMES[last]}: weekday ranges do not wrap; write {remedy}"


def _after_weekday(cursor: Cursor) -> str:
    if cursor.here == "/":
        return "weekdays have no steps; write them out, as in Mon,Wed,Fri"
    return f"expected ',', '..' or a space after a weekday, not {cursor.here!r}"
