"""When a calendar fires."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice, product

from taskflows_cloud_core._validators import aware_moment, require_count
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_WEEKDAYS, FIRST_YEAR, LAST_YEAR
from taskflows_cloud_core.schedules.timezones.lookup import zone_of

_MINUTE = 60_000_000
_HOUR = 60 * _MINUTE
_BEFORE_ALL = datetime(FIRST_YEAR - 1, 1, 1, tzinfo=UTC)


def next_runs(spec: CalendarSpec, n: int, after: datetime | None = None) -> list[datetime]:
    """The next ``n`` moments strictly after ``after``.

    Args:
        spec: When it fires.
        n: How many, at least 0. Fewer come back when the calendar ends.
        after: An aware datetime; now, when not given.

    Returns:
        Aware datetimes in the zone of the calendar, in ascending order.

    Raises:
        TypeError: ``n`` is no int, or ``after`` no datetime.
        ValueError: ``n`` is negative or ``after`` has no zone.
    """
    require_count(n)
    return list(islice(iterate(spec, after), n))


def iterate(spec: CalendarSpec, after: datetime | None = None) -> Iterator[datetime]:
    """All moments strictly after ``after``, to the end of the year 2199.

    A wall-clock time that the zone skips does not fire; one that it has twice fires the first time.

    Args:
        spec: When it fires.
        after: An aware datetime; now, when not given.

    Returns:
        Aware datetimes in the zone of the calendar, in ascending order.

    Raises:
        TypeError: ``after`` is no datetime.
        ValueError: ``after`` has no zone.
    """
    begin = aware_moment(after)
    zone = zone_of(spec.timezone)
    if begin.year > LAST_YEAR + 1:
        return iter(())
    if begin.year < FIRST_YEAR - 1:
        begin = _BEFORE_ALL
    return _moments(spec, zone, begin.astimezone(UTC))


def last_run(spec: CalendarSpec) -> datetime | None:
    """The last moment of a calendar, past or to come.

    Args:
        spec: When it fires.

    Returns:
        An aware datetime in the zone of the calendar; ``None`` when it never fires: no month has such a day, or
        the zone skips every such time.
    """
    zone = zone_of(spec.timezone)
    return next((moment for moment in _backwards(spec, zone) if _is_due(moment, zone, _BEFORE_ALL)), None)


def _backwards(spec: CalendarSpec, zone: tzinfo) -> Iterator[datetime]:
    years = range(FIRST_YEAR, LAST_YEAR + 1) if spec.years is None else spec.years
    clock = [sorted(values, reverse=True) for values in (spec.hours, spec.minutes, spec.microseconds)]
    for year, month in product(sorted(years, reverse=True), sorted(spec.months, reverse=True)):
        for day in reversed(matching_days(spec, year, month)):
            midnight = datetime(year, month, day, tzinfo=zone)
            for hour, minute, microsecond in product(*clock):
                yield midnight + timedelta(hours=hour, minutes=minute, microseconds=microsecond)


def matching_days(spec: CalendarSpec, year: int, month: int) -> list[int]:
    """The days of one month on which the calendar fires, in ascending order."""
    first_weekday, length = monthrange(year, month)
    if spec.days is None:
        days = list(range(1, length + 1))
    else:
        days = sorted({day if day > 0 else length + 1 + day for day in spec.days if day <= length})
    if spec.weekdays == ALL_WEEKDAYS:
        return days
    return [day for day in days if (first_weekday + day - 1) % 7 in spec.weekdays]


def _moments(spec: CalendarSpec, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    wall = after.astimezone(zone).replace(tzinfo=None)
    first = wall.date()
    into_day = (wall - datetime.combine(first, datetime.min.time())) // timedelta(microseconds=1)
    clock = sorted(spec.hours), sorted(spec.minutes), sorted(spec.microseconds)
    for day in _days(spec, first):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        for microseconds in _times(*clock, into_day + 1 if day == first else 0):
            # Arithmetic on an aware datetime moves the hands of its wall clock.
            moment = midnight + timedelta(microseconds=microseconds)
            if zone is UTC or _is_due(moment, zone, after):
                yield moment


def _is_due(moment: datetime, zone: tzinfo, after: datetime) -> bool:
    """Whether a wall-clock time exists in its zone and comes after ``after``."""
    instant = moment.astimezone(UTC)
    return instant > after and instant.astimezone(zone).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _days(spec: CalendarSpec, first: date) -> Iterator[date]:
    years = range(FIRST_YEAR, LAST_YEAR + 1) if spec.years is None else sorted(spec.years)
    months = sorted(spec.months)
    for year in years[bisect_left(years, first.year) :]:
        for month in months:
            if (year, month) < (first.year, first.month):
                continue
            for day in matching_days(spec, year, month):
                if (found := date(year, month, day)) >= first:
                    yield found


def _times(hours: list[int], minutes: list[int], within: list[int], first: int) -> Iterator[int]:
    """The times of day in microseconds after midnight, in ascending order, from ``first`` on."""
    for hour in hours:
        if (hour + 1) * _HOUR <= first:
            continue
        for minute in minutes:
            begin = hour * _HOUR + minute * _MINUTE
            if begin + _MINUTE <= first:
                continue
            skipped = bisect_left(within, first - begin) if begin < first else 0
            for microsecond in within[skipped:]:
                yield begin + microsecond
