"""Calendars of one function that fire at the same instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, product

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.bounds import ALL_WEEKDAYS, FIRST_YEAR, LAST_YEAR
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.coincidence import can_meet
from taskflows_cloud_core.schedules.occurrences import matching_days, next_runs
from taskflows_cloud_core.schedules.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import Schedule

# How far two calendars in different zones are compared. Clocks change at most a few times a year.
_HORIZON = timedelta(days=5 * 366)
_MOST_MOMENTS = 2_000
_TICK = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Overlap:
    """Two calendars that fire at the same instant.

    Args:
        first: The index of one in the list that was given.
        second: The index of the other, greater than ``first``.
        moment: The first such instant, aware, in the zone of the first calendar.
    """

    first: int
    second: int
    moment: datetime


def find_overlaps(schedules: Sequence[Schedule], after: datetime | None = None) -> tuple[Overlap, ...]:
    """Find the pairs of calendars that fire at the same instant, now or later.

    A timer of systemd that holds both starts its service once at such an instant; two triggers in a cloud
    start the function twice. Calendars in one zone are compared to the year 2199, those in different zones
    for five years or 2,000 moments. Periods have no fixed moments, and calendars that cannot be read are
    left to those who report them.

    Args:
        schedules: Of one function.
        after: Look for instants after this one; now, when not given.

    Returns:
        One overlap for each such pair.
    """
    specs = {index: spec for index, schedule in enumerate(schedules) if (spec := _spec_of(schedule)) is not None}
    begin = datetime.now(UTC) if after is None else after
    found = (
        (first, second, common_moment(specs[first], specs[second], begin)) for first, second in combinations(specs, 2)
    )
    return tuple(
        Overlap(first=first, second=second, moment=moment) for first, second, moment in found if moment is not None
    )


def overlap_warnings(schedules: Sequence[Schedule], after: datetime | None = None) -> tuple[str, ...]:
    """Say to the user which calendars of a function fire at the same instant; see `find_overlaps`.

    Calendars that are the same in other words are left out: `make_triggers` makes one trigger of them.
    """
    return tuple(
        f"schedules[{each.first}] {str(schedules[each.first])!r} and schedules[{each.second}] "
        f"{str(schedules[each.second])!r} both fire at {each.moment:%Y-%m-%d %H:%M %Z}; it may run twice then"
        for each in find_overlaps(schedules, after)
        if _spec_of(schedules[each.first]) != _spec_of(schedules[each.second])
    )


def _spec_of(schedule: Schedule) -> CalendarSpec | None:
    if not isinstance(schedule, Calendar):
        return None
    try:
        return schedule.spec
    except ScheduleError:
        return None


def common_moment(one: CalendarSpec, other: CalendarSpec, after: datetime) -> datetime | None:
    """The first instant after ``after`` at which both fire, or ``None``.

    Args:
        one: A calendar.
        other: Another. When their zones differ, only five years or 2,000 moments are looked at.
        after: Aware.
    """
    if not can_meet(one, other, after=after, until=after + _HORIZON):
        return None
    if one.timezone == other.timezone:
        return _common_in_zone(one, other, after)
    return _common_in_zones(one, other, after)


def _common_in_zone(one: CalendarSpec, other: CalendarSpec, after: datetime) -> datetime | None:
    """Intersect the sets. The days may be counted from different ends, so they are compared as dates."""
    times = {name: getattr(one, name) & getattr(other, name) for name in ("hours", "minutes", "microseconds")}
    weekdays, months = one.weekdays & other.weekdays, one.months & other.months
    years = _common_years(one.years, other.years)
    if not (all(times.values()) and weekdays and months and years):
        return None
    both = attrs.evolve(one, weekdays=weekdays, months=months, years=years, **times)
    today = after.astimezone(UTC).date() - timedelta(days=1)
    for year, month in product(sorted(year for year in years if year >= today.year), sorted(months)):
        theirs = matching_days(other, year, month)
        for day in matching_days(both, year, month):
            if day in theirs and date(year, month, day) >= today:
                on_the_day = attrs.evolve(both, weekdays=ALL_WEEKDAYS, years={year}, months={month}, days={day})
                if runs := next_runs(on_the_day, 1, after):
                    return runs[0]
    return None


def _common_years(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int]:
    every = frozenset(range(FIRST_YEAR, LAST_YEAR + 1))
    return (every if one is None else one) & (every if other is None else other)


def _common_in_zones(one: CalendarSpec, other: CalendarSpec, after: datetime) -> datetime | None:
    """Leap from a moment of one to the next of the other that is not before it, until they meet."""
    runs = next_runs(one, 1, after)
    turn, rest = other, one
    for _ in range(_MOST_MOMENTS):
        if not runs or runs[0] - after > _HORIZON:
            return None
        met = next_runs(turn, 1, runs[0] - _TICK)
        if met and met[0] == runs[0]:
            return met[0] if turn is one else runs[0]
        runs, turn, rest = met, rest, turn
    return None
