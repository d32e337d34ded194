"""Cron dialects, described as data."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

CronField: TypeAlias = Literal["second", "minute", "hour", "day", "month", "weekday", "year"]
WEEKDAY_NAMES = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONDAY_IS_1_SUNDAY_IS_7 = ("1", "2", "3", "4", "5", "6", "7")
_UNIX_FIELDS: tuple[CronField, ...] = ("minute", "hour", "day", "month", "weekday")


@attrs.frozen(kw_only=True)
class CronDialect:
    """What one kind of cron can say, and how it says it.

    Args:
        name: For people.
        fields: In the order in which a line has them.
        weekdays: How Monday, …, Sunday are written. Sunday is never put into a range, since some dialects
            count it first and some last.
        read_weekdays: How Monday, …, Sunday may be written besides.
        day_fields: How a day of the month and a weekday go together when both are given: both must match
            (``"and"``), one of them (``"or"``), or one must be left out (``"either"``).
        unspecified: What stands in the day field that is left out.
        last_day: Whether ``L`` is the last day of the month.
        nth_weekday: Whether ``MON#2`` is the second Monday of the month.
        last_weekday: Whether ``MONL`` is the last Monday of the month.
        open_steps: Whether ``5/10`` counts to the end of the field; without it, ``5-59/10`` does.
        two_digits: Whether a single minute or hour is written with two digits.
        any_zone: Whether each schedule has a zone of its own. Without it, all are UTC.
        repeats_hour: Whether the hour that a zone has twice fires twice.
        years: The first and the last year of the year field.
        longest: The most characters of a line, or ``None``.
        most_lines: No calendar is split into more lines.
    """

    name: str
    fields: tuple[CronField, ...] = _UNIX_FIELDS
    weekdays: tuple[str, ...] = ("1", "2", "3", "4", "5", "6", "0")
    read_weekdays: tuple[tuple[str, ...], ...] = (WEEKDAY_NAMES,)
    day_fields: Literal["and", "or", "either"] = "or"
    unspecified: str = "*"
    last_day: bool = False
    nth_weekday: bool = False
    last_weekday: bool = False
    open_steps: bool = False
    two_digits: bool = False
    any_zone: bool = True
    repeats_hour: bool = False
    years: tuple[int, int] | None = None
    longest: int | None = None
    most_lines: int = 10


UNIX_CRON = CronDialect(name="unix cron", read_weekdays=(WEEKDAY_NAMES, _MONDAY_IS_1_SUNDAY_IS_7))
"""Five fields; Sunday is 0 or 7, each line has a zone, and an hour that the zone has twice fires once."""

REPEATED_HOUR_CRON = CronDialect(name="five-field cron", repeats_hour=True)
"""Five fields; Sunday is 0, each line has a zone, and an hour that the zone has twice fires twice."""

SECONDS_CRON = CronDialect(
    name="cron with seconds",
    fields=("second", "minute", "hour", "day", "month", "weekday"),
    day_fields="and",
    any_zone=False,
)
"""Six fields, the first of them seconds; a day of the month and a weekday must both match, and all is in UTC."""
