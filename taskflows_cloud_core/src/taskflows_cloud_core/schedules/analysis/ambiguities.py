"""Calendars that are right, and probably not what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.descriptions import describe
from taskflows_cloud_core.schedules.translation import Schedule

# What looks like a second time of day is read as minutes and seconds. With a number over 23 it is no hour.
_TWO_TIMES = re.compile(r"(?<![^ ])[0-9]{1,2}:[0-9]{2}(?:,|\.\.|-)(?:[01]?[0-9]|2[0-3]):[0-9]{2}(?![^ ])")
_SHORT_YEAR = re.compile(r"(?<![^ ])([0-9]{2})-[^ ]*[-~]")


def misreading_warnings(schedules: Sequence[Schedule]) -> tuple[str, ...]:
    """Say to the user which calendars of a function have a meaning that surprises everyone once.

    Args:
        schedules: Of one function. What cannot be read is left to those who report it.

    Returns:
        One sentence for each.
    """
    return tuple(
        f"schedules[{index}] {str(schedule)!r}: {surprise}"
        for index, schedule in enumerate(schedules)
        if isinstance(schedule, Calendar)
        for surprise in _surprises(schedule)
    )


def _surprises(calendar: Calendar) -> Iterator[str]:
    try:
        spec = calendar.spec
    except ScheduleError:
        return
    if found := _TWO_TIMES.search(calendar.schedule):
        yield (
            f"{found[0]} is one time of day with lists in it, so this runs {describe(spec)}; "
            "for two times of day use two calendars, and for a range of hours 9..17:00"
        )
    if (short := _SHORT_YEAR.search(calendar.schedule)) and spec.years is not None:
        yield f"{short[1]} is the year {min(spec.years)}; write all four digits"
