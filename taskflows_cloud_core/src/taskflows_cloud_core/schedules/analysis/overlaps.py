"""Calendars of one function that fire at the same instant."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import combinations, product

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.occurrences.occurrences import matching_days, next_runs
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_WEEKDAYS, FIRST_YEAR, LAST_YEAR
from taskflows_cloud_core.schedules.timezones.lookup import zone_of
from taskflows_cloud_core.schedules.translation import Schedule

_HOUR, _DAY, _WEEK = 60, 24 * 60, 7 * 24 * 60
_LENGTHS_OF_MONTHS = (28, 29, 30, 31)
_MINUTE = timedelta(minutes=1)
# From Baker Island to Kiritimati it is 26 hours.
_MOST_DAYS_APART = 2


def can_meet(one: CalendarSpec, other: CalendarSpec, *, after: datetime, until: datetime) -> bool:
    """Whether their sets leave it possible that both fire at one instant.

    Args:
        one: A calendar.
        other: Another, in the same zone or in another one.
        after: Aware; the begin of the span that is looked at.
        until: Its end.

    Returns:
        False when they never meet in the span; true when they may.
    """
    if not one.microseconds & other.microseconds:
        return False
    differences = _differences(one.timezone, other.timezone, after.date(), until.date())
    if differences is None:
        return True
    ours = _minutes_of_week(one.weekdays, one.hours, one.minutes)
    theirs = _minutes_of_week(other.weekdays, other.hours, other.minutes)
    in_the_week = any(_later(ours, minutes) & theirs for minutes in differences)
    return in_the_week and _days_can_meet(one.days, other.days, apart=0 if differences == {0} else _MOST_DAYS_APART)


@cache
def _minutes_of_week(weekdays: Set[int], hours: Set[int], minutes: Set[int]) -> int:
    """The minutes of the week at which a calendar may fire, as the bits of a number: bit 0 is Monday, 00:00."""
    hour = sum(1 << minute for minute in minutes)
    day = sum(hour << (number * _HOUR) for number in hours)
    return sum(day << (weekday * _DAY) for weekday in weekdays)


def _later(minutes_of_week: int, minutes: int) -> int:
    """The same minutes on a clock that is ahead; the end of the week runs on into its beginning."""
    return (minutes_of_week << minutes | minutes_of_week >> (_WEEK - minutes)) & ((1 << _WEEK) - 1)


@lru_cache(maxsize=256)
def _differences(one: str, other: str, begin: date, end: date) -> frozenset[int] | None:
    """How many minutes the other zone's clock may be ahead, in the week; ``None`` when that is no number of minutes."""
    if one == other:
        return frozenset({0})
    offsets = [_offsets(zone, begin, end) for zone in (one, other)]
    differences = {theirs - ours for ours in offsets[0] for theirs in offsets[1]}
    if any(difference % _MINUTE for difference in differences):
        return None
    return frozenset(difference // _MINUTE % _WEEK for difference in differences)


def _offsets(zone: str, begin: date, end: date) -> set[timedelta]:
    """The distances from UTC that a zone has in a span of days: no rule holds for less than a day."""
    noon = datetime(begin.year, begin.month, begin.day, 12, tzinfo=zone_of(zone))
    days = range((end - begin).days + 2)
    return {(noon + timedelta(days=day)).utcoffset() or timedelta() for day in days}


def _days_can_meet(one: Set[int] | None, other: Set[int] | None, *, apart: int) -> bool:
    """Whether days of the month, from either end, can be close enough, in one month or in two that follow each other.

    Args:
        one: Days; ``None`` for every day.
        other: Days of the other.
        apart: By how many days the dates on the two clocks may differ.
    """
    if one is None or other is None:
        return True
    return any(
        (length == next_length and abs(ours - theirs) <= apart)
        or min(length - ours + theirs, next_length - theirs + ours) <= apart
        for length, next_length in product(_LENGTHS_OF_MONTHS, repeat=2)
        for ours, theirs in product(_dates(one, length), _dates(other, next_length))
    )


def _dates(days: Set[int], length: int) -> set[int]:
    dates = (day if day > 0 else length + 1 + day for day in days)
    return {number for number in dates if number <= length}


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
