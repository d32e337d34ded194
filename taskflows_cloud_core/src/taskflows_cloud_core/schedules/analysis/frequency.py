"""How often schedules fire in a month, for whoever counts costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from taskflows_cloud_core.schedules.coerce import as_schedule
from taskflows_cloud_core.schedules.occurrences.occurrences import matching_days
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import Schedule

MONTH_DAYS = 30
"""The days of a month here and in estimates of costs."""
SPAN_DAYS = 365
"""The span over which the days of a calendar are counted."""


def runs_per_month(schedules: Iterable[Schedule | CalendarSpec | str], *, after: datetime | None = None) -> float:
    """Count how often schedules fire in thirty days: equal ones once, all others each by itself, as clouds do.

    Calendars are counted over the 365 days from ``after`` on, hours that a clock change skips or repeats
    left out of account, so a calendar that comes once a year counts 30 / 365.

    Args:
        schedules: Of one function, as `CloudFunctionConfig` takes them, or in normalised form.
        after: An aware datetime; now, when not given.

    Returns:
        The mean number of runs in thirty days.

    Raises:
        ScheduleError: A text cannot be read.
        TypeError: Something has the shape of no schedule.
        ValueError: ``after`` has no zone.
    """
    begin = datetime.now(UTC) if after is None else after
    if begin.tzinfo is None:
        raise ValueError("after has no time zone; pass an aware datetime, for instance datetime.now(UTC)")
    first = begin.astimezone(UTC).date()
    distinct = dict.fromkeys(one if isinstance(one, CalendarSpec) else as_schedule(one) for one in schedules)
    return sum((_monthly(schedule, first) for schedule in distinct), start=0.0)


def _monthly(schedule: Schedule | CalendarSpec, first: date) -> float:
    if isinstance(schedule, Periodic):
        return timedelta(days=MONTH_DAYS) / timedelta(seconds=schedule.period)
    spec = schedule if isinstance(schedule, CalendarSpec) else schedule.spec
    a_day = len(spec.hours) * len(spec.minutes) * len(spec.microseconds)
    return a_day * _days(spec, first) * MONTH_DAYS / SPAN_DAYS


def _days(spec: CalendarSpec, first: date) -> int:
    end = first + timedelta(days=SPAN_DAYS)
    months = ((year, month) for year in range(first.year, end.year + 1) for month in sorted(spec.months))
    return sum(
        first <= date(year, month, day) < end
        for year, month in months
        if spec.years is None or year in spec.years
        for day in matching_days(spec, year, month)
    )
