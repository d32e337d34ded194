"""What changes of the clock do to a calendar in a dialect of cron."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product

from taskflows_cloud_core.schedules.cron.dialects import CronDialect
from taskflows_cloud_core.schedules.occurrences.occurrences import matching_days
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.timezones.lookup import zone_of

# Zones change their rules; ten years show what they do now.
_YEARS = 10


def cron_warnings(spec: CalendarSpec, dialect: CronDialect, after: datetime | None = None) -> tuple[str, ...]:
    """Say where lines of cron fire at other moments than the calendar because the clock is put back.

    A calendar fires once at a time that its zone has twice; a dialect can fire twice. Whether the line is put
    right is for the user to decide: there is none that says it otherwise.

    Args:
        spec: The calendar.
        dialect: The dialect in which `cron_lines` said it.
        after: Look at the ten years after this moment; now, when not given.

    Returns:
        One sentence with the first such time, or nothing.
    """
    if not dialect.repeats_hour or spec.timezone == "UTC":
        return ()
    begin = datetime.now(UTC) if after is None else after
    twice = next(_repeated(spec, begin), None)
    if twice is None:
        return ()
    return (
        f"the clocks of {spec.timezone} have {twice:%H:%M} twice on {twice:%Y-%m-%d}; "
        f"{dialect.name} fires both times, where a calendar fires once",
    )


def _repeated(spec: CalendarSpec, after: datetime) -> Iterator[datetime]:
    """The wall-clock times of the calendar that its zone has twice."""
    zone = zone_of(spec.timezone)
    # Which second of the minute it is does not matter.
    times = [
        timedelta(hours=hour, minutes=minute) for hour, minute in product(sorted(spec.hours), sorted(spec.minutes))
    ]
    for day in _days(spec, after):
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        if _offset(midnight) <= _offset(midnight + timedelta(days=1)):
            continue
        yield from (midnight + time for time in times if _is_repeated(midnight + time))


def _days(spec: CalendarSpec, after: datetime) -> Iterator[date]:
    today = after.astimezone(UTC).date()
    for year in range(today.year, today.year + _YEARS + 1):
        for month in sorted(spec.months if spec.years is None or year in spec.years else ()):
            yield from (
                day for number in matching_days(spec, year, month) if (day := date(year, month, number)) >= today
            )


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _is_repeated(moment: datetime) -> bool:
    return _offset(moment) > _offset(moment.replace(fold=1))
