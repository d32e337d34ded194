"""The longest time that schedules leave between two runs. Pure, and independent of the current time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise

from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.translation import Schedule

# A leap year that begins on a Monday; and a year is what most calendars repeat in.
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_YEAR = timedelta(days=366)
_RUNS, _PROBES = 20_000, 2_000
_SHORTEST_PROBE = timedelta(hours=6)


@lru_cache(maxsize=64)
def longest_gap(schedules: tuple[Schedule, ...]) -> timedelta | None:
    """Find the longest time between two runs within a year.

    Runs are counted one by one as far as twenty thousand; the rest of the year is searched in steps of six hours
    or more, which finds every gap that is longer than a step.

    Args:
        schedules: All schedules of a function; they add up.

    Returns:
        The time; ``None`` when there are no two runs within that year.
    """
    periods = [timedelta(seconds=one.period) for one in schedules if isinstance(one, Periodic)]
    calendars = [one for one in schedules if isinstance(one, Calendar)]
    between = _gap_of_calendars(calendars) if calendars else None
    return min(periods if between is None else [*periods, between], default=None)


def _gap_of_calendars(calendars: Sequence[Calendar]) -> timedelta | None:
    runs = list(islice(_runs(calendars), _RUNS))
    if len(runs) < 2:
        return None
    gap = max(later - earlier for earlier, later in pairwise(runs))
    return gap if len(runs) < _RUNS else _longer_gap(calendars, runs[-1], gap)


def _runs(calendars: Sequence[Calendar]) -> Iterator[datetime]:
    merged = heapq.merge(*(_in_utc(calendar) for calendar in calendars))
    for moment in merged:
        if moment > _BEGIN + _YEAR:
            return
        yield moment


def _in_utc(calendar: Calendar) -> Iterator[datetime]:
    return (moment.astimezone(UTC) for moment in calendar.iterate(_BEGIN))


def _longer_gap(calendars: Sequence[Calendar], begin: datetime, gap: timedelta) -> timedelta:
    """Look for gaps longer than one that is known: each has a probe in it."""
    step = max(gap, _SHORTEST_PROBE, _YEAR * len(calendars) / _PROBES)
    probe = begin
    while probe < _BEGIN + _YEAR:
        following = _next(calendars, probe)
        if following is None:
            return gap
        gap = _extended(calendars, following, gap)
        step = max(step, gap)
        probe = max(probe + step, following)
    return gap


def _extended(calendars: Sequence[Calendar], run: datetime, gap: timedelta) -> timedelta:
    """The length of the gap before a run, when it is longer than one that is known."""
    low, high = gap, gap
    while _next(calendars, run - high) == run:
        low, high = high, high * 2
    while high - low > timedelta(minutes=1):
        middle = (low + high) / 2
        if _next(calendars, run - middle) == run:
            low = middle
        else:
            high = middle
    return gap if low == gap else high


def _next(calendars: Sequence[Calendar], after: datetime) -> datetime | None:
    found = [moment.astimezone(UTC) for one in calendars for moment in one.next_runs(1, after=after)]
    return min(found, default=None)
