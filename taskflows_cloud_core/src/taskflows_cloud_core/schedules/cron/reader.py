"""Reading a line of cron: the way back from a dialect to the normalised form."""

from __future__ import annotations

import re
from collections.abc import Mapping

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.cron.dialects import CronDialect, CronField
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_WEEKDAYS, FIRST_YEAR, LAST_YEAR, SECOND

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = re.compile("|".join(_MONTHS))
_NEAREST_WEEKDAY = re.compile(r"[0-9]{1,2}W|LW")
_STEP = re.compile(r"[1-7]")
_ITEM = re.compile(r"(?:(\*)|([0-9]{1,4})(?:-([0-9]{1,4}))?)(?:/([0-9]{1,4}))?")
_SPECIAL_DAY = re.compile(r"(.+?)(?:(L)|#([1-5]))")
_RANGES: Mapping[CronField, range] = {
    "second": range(60),
    "minute": range(60),
    "hour": range(24),
    "day": range(1, 32),
    "month": range(1, 13),
    "year": range(FIRST_YEAR, LAST_YEAR + 1),
}
_SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)
_SATURDAY = 5
_WEEK = 7


def read_cron(line: str, dialect: CronDialect, *, timezone: str = "UTC") -> CalendarSpec:
    """Read a line of cron.

    Args:
        line: Its fields, in any case. Weekdays and months may be names or numbers, as the dialect has them.
        dialect: What the line is written in.
        timezone: The zone in which the line is read.

    Returns:
        The calendar that fires when the line does.

    Raises:
        ScheduleError: The line is none of this dialect, or fires on weekdays *or* days of the month, which no
            single calendar does.
    """
    words = line.upper().split()
    if len(words) != len(dialect.fields):
        raise ScheduleError(f"{dialect.name} has {len(dialect.fields)} fields, not {len(words)}", text=line)
    said = dict(zip(dialect.fields, words, strict=True))
    sets = {field: _numbers(line, said[field], field, dialect) for field in said if field not in ("day", "weekday")}
    weekdays, days = _days(line, said["day"], said["weekday"], dialect)
    year = said.get("year", "*")
    return CalendarSpec(
        weekdays=weekdays,
        years=None if year == "*" else sets["year"],
        months=sets["month"],
        days=days,
        hours=sets["hour"],
        minutes=sets["minute"],
        microseconds={second * SECOND for second in sets.get("second", {0})},
        timezone=timezone,
    )


def _numbers(line: str, text: str, field: CronField, dialect: CronDialect) -> frozenset[int]:
    found: set[int] = set()
    for item in text.split(","):
        found.update(_item(line, item, field, dialect))
    return frozenset(found)


def _item(line: str, item: str, field: CronField, dialect: CronDialect) -> range:
    permitted = _RANGES[field]
    parts = _ITEM.fullmatch(_MONTH.sub(_month_number, item) if field == "month" else item)
    if parts is None:
        if field == "day" and _NEAREST_WEEKDAY.fullmatch(item):
            raise ScheduleError(f"{item!r}: no calendar fires on the weekday nearest to a day", text=line)
        raise ScheduleError(f"{item!r} is no {field} of {dialect.name}", text=line)
    star, first, last, step = parts.groups()
    begin = permitted[0] if star else int(first)
    end = int(last) if last else begin
    if star or (step and not last):
        end = permitted[-1]
    if step and not star and not last and not dialect.open_steps:
        raise ScheduleError(f"{item!r}: a step of {dialect.name} needs a range, as in 5-59/10", text=line)
    if begin not in permitted or end not in permitted or begin > end or step == "0":
        raise ScheduleError(f"{item!r} is out of range for a {field}", text=line)
    return range(begin, end + 1, int(step or 1))


def _days(line: str, day: str, weekday: str, dialect: CronDialect) -> tuple[frozenset[int], frozenset[int] | None]:
    """The weekdays and the days of the month, both of which have to match."""
    left_out = {"*", dialect.unspecified}
    if dialect.day_fields == "either" and dialect.unspecified not in (day, weekday):
        raise ScheduleError(f"one of the two day fields must be {dialect.unspecified!r}", text=line)
    if dialect.day_fields == "or" and day not in left_out and weekday not in left_out:
        raise ScheduleError("it fires on its weekdays or on its days of the month; write two calendars", text=line)
    weekdays, week = _weekdays(line, weekday, dialect)
    if day in left_out:
        return weekdays, week
    if day == "L" and dialect.last_day:
        return weekdays, frozenset({-1})
    return weekdays, _numbers(line, day, "day", dialect)


def _weekdays(line: str, text: str, dialect: CronDialect) -> tuple[frozenset[int], frozenset[int] | None]:
    """The weekdays, and the days of the month of ``MON#2`` and ``MONL``."""
    if text in ("*", dialect.unspecified):
        return ALL_WEEKDAYS, None
    special = _SPECIAL_DAY.fullmatch(text)
    if special is not None and special[2] and dialect.last_weekday:
        return frozenset({_weekday(line, special[1], dialect)}), frozenset(range(-_WEEK, 0))
    if special is not None and special[3] and dialect.nth_weekday:
        first = _WEEK * (int(special[3]) - 1) + 1
        return frozenset({_weekday(line, special[1], dialect)}), frozenset(range(first, min(first + _WEEK, 32)))
    if text == "L" and dialect.last_weekday:
        return frozenset({_SATURDAY}), None
    found: set[int] = set()
    for item in text.split(","):
        found.update(_weekday_range(line, item, dialect))
    return frozenset(found), None


def _weekday_range(line: str, item: str, dialect: CronDialect) -> list[int]:
    span, slash, step = item.partition("/")
    begin, dash, end = span.partition("-")
    if slash and (dialect.open_steps or not _STEP.fullmatch(step) or not (dash or span == "*")):
        raise ScheduleError(f"{item!r} is no weekday of {dialect.name}", text=line)
    first = 0 if span == "*" else _place(line, begin, dialect)
    last = _WEEK - 1 if span == "*" else _place(line, end, dialect) if dash else first
    if first > last:
        raise ScheduleError(f"{item!r}: ranges of weekdays do not wrap, and Sunday comes first", text=line)
    return [_SUNDAY_FIRST[place % _WEEK] for place in range(first, last + 1, int(step or 1))]


def _place(line: str, name: str, dialect: CronDialect) -> int:
    """Where a weekday stands in the week: Sunday is 0, and 7 where it is written so."""
    for names in (dialect.weekdays, *dialect.read_weekdays):
        if name in names:
            place = _SUNDAY_FIRST.index(names.index(name))
            return _WEEK if (name, place) == ("7", 0) else place
    known = ", ".join(dialect.weekdays)
    raise ScheduleError(f"{name!r} is no weekday of {dialect.name}; they are {known}", text=line)


def _weekday(line: str, name: str, dialect: CronDialect) -> int:
    return _SUNDAY_FIRST[_place(line, name, dialect) % _WEEK]


def _month_number(name: re.Match[str]) -> str:
    return str(_MONTHS.index(name[0]) + 1)
