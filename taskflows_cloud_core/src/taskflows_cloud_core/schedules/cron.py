"""A calendar in a dialect of cron."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.components import SECOND
from taskflows_cloud_core.schedules.dayparts import DayPart, day_parts
from taskflows_cloud_core.schedules.dialects import CronDialect
from taskflows_cloud_core.schedules.occurrences import matching_days
from taskflows_cloud_core.schedules.progressions import Progression, cover
from taskflows_cloud_core.schedules.spec import ALL_MONTHS, FIRST_YEAR, LAST_YEAR, WEEKDAY_NAMES, CalendarSpec

_SUNDAY = 6
_SHORTEST_RANGE = 3


def cron_lines(spec: CalendarSpec, dialect: CronDialect) -> tuple[str, ...]:
    """Say a calendar in a dialect of cron.

    Args:
        spec: When it fires.
        dialect: What can be said.

    Returns:
        Lines that fire, together, exactly when the calendar does, and never two at the same instant; to
        be read in the zone of ``spec``.

    Raises:
        ScheduleError: The dialect cannot say the calendar; the message names the part.
    """
    if spec.timezone != "UTC" and not dialect.any_zone:
        raise ScheduleError(f"the time zone {spec.timezone} cannot be said in {dialect.name}, which runs in UTC")
    if "second" not in dialect.fields and spec.microseconds != {0}:
        raise ScheduleError(
            f"{seconds_text(spec.microseconds)} cannot be said in {dialect.name}, which has minutes only"
        )
    if next(_days_of(spec), None) is None:
        raise ScheduleError("this never fires: no month in it has such a day")
    if spec.years is not None and dialect.years is None:
        raise ScheduleError(f"years cannot be said in {dialect.name}, which has no year")
    return tuple(_line(spec, part, dialect) for part in day_parts(spec, dialect))


def _days_of(spec: CalendarSpec) -> Iterator[int]:
    years = range(FIRST_YEAR, LAST_YEAR + 1) if spec.years is None else spec.years
    return (day for year in years for month in spec.months for day in matching_days(spec, year, month))


def seconds_text(microseconds: frozenset[int]) -> str:
    """Seconds as they are said in an error, for instance ``"seconds :30"``."""
    first = min(microseconds)
    said = f":{first // SECOND:02d}" + (f".{first % SECOND:06d}".rstrip("0") if first % SECOND else "")
    return f"seconds {said}" + (f" and {len(microseconds) - 1} more in the minute" if len(microseconds) > 1 else "")


def _line(spec: CalendarSpec, part: DayPart, dialect: CronDialect) -> str:
    width = 2 if dialect.two_digits else 1
    said = {
        "second": _said({value // SECOND for value in spec.microseconds}, range(60), dialect),
        "minute": _said(spec.minutes, range(60), dialect, width),
        "hour": _said(spec.hours, range(24), dialect, width),
        "day": _day(part, dialect),
        "month": "*" if part.months == ALL_MONTHS else _said(part.months, range(1, 13), dialect),
        "weekday": _weekday(part, dialect),
        "year": "*" if part.years is None else _said(part.years, range(FIRST_YEAR, LAST_YEAR + 1), dialect),
    }
    return " ".join(said[field] for field in dialect.fields)


def _day(part: DayPart, dialect: CronDialect) -> str:
    if part.last and part.weekdays is None:
        return "L"
    if part.days is None:
        return dialect.unspecified
    return _said(part.days, range(1, 32), dialect)


def _weekday(part: DayPart, dialect: CronDialect) -> str:
    if part.weekdays is None:
        return "*" if part.days is None and not part.last else dialect.unspecified
    if part.last:
        return f"{dialect.weekdays[min(part.weekdays)]}L"
    if part.nth is not None:
        return f"{dialect.weekdays[min(part.weekdays)]}#{part.nth}"
    return ",".join(_weekday_runs(part.weekdays, dialect))


def _weekday_runs(weekdays: frozenset[int], dialect: CronDialect) -> Iterable[str]:
    names = dialect.weekdays
    for run in cover(weekdays - {_SUNDAY}):
        if run.step == 1 and run.count >= _SHORTEST_RANGE:
            yield f"{names[run.start]}-{names[run.stop]}"
        else:
            yield from (names[day] for day in run.numbers)
    if _SUNDAY in weekdays:
        yield names[_SUNDAY]


def _said(values: Iterable[int], field: range, dialect: CronDialect, width: int = 1) -> str:
    """A field of numbers. Two digits are for a value that stands alone."""
    ordered = sorted(values)
    if ordered == list(field):
        return "*"
    if len(ordered) == 1:
        return f"{ordered[0]:0{width}d}"
    return ",".join(_part(part, field, dialect) for part in cover(ordered))


def _part(part: Progression, field: range, dialect: CronDialect) -> str:
    if part.start == part.stop:
        return f"{part.start}"
    if part.step == 1:
        return f"{part.start}-{part.stop}"
    if part.stop + part.step in field or not dialect.open_steps:
        stop = part.stop if part.stop + part.step in field else field[-1]
        return f"{part.start}-{stop}/{part.step}"
    return f"{part.start}/{part.step}"


def weekday_names(weekdays: Iterable[int]) -> str:
    """Weekdays as they are said to people, for instance ``"Mon, Wed"``."""
    return ", ".join(WEEKDAY_NAMES[day] for day in sorted(weekdays))
