"""Whether two calendars can fire at one instant at all, from their sets alone: quick, and never wrong about a no."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import product

from taskflows_cloud_core.schedules.spec import CalendarSpec
from taskflows_cloud_core.schedules.zones import zone_of

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
