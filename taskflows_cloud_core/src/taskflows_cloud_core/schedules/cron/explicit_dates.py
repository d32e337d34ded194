"""Dates written out: the days of a calendar as few rectangles of days, months and years."""

from __future__ import annotations

from calendar import isleap, weekday
from itertools import permutations
from typing import TypeAlias

import attrs

from taskflows_cloud_core.schedules.cron.months import LISTED_YEARS, Span
from taskflows_cloud_core.schedules.occurrences.occurrences import matching_days
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec

# Days, months, and kinds of years: every day in every month of every year of these kinds.
_Box: TypeAlias = tuple[frozenset[int], frozenset[int], frozenset[int]]
_AXES = (0, 1, 2)


@attrs.frozen
class Dates:
    """Every one of the days in every one of the months of every one of the years.

    Args:
        days: Days of the month, 1 to 31.
        span: The months and the years.
    """

    days: frozenset[int]
    span: Span


def listed_dates(spec: CalendarSpec) -> list[Dates]:
    """All dates of a calendar to the year 2199, in as few rectangles as six ways of merging find.

    No date is in two of them. Of an unlimited calendar, past years are left out.
    """
    kinds = _kinds_of_years(spec)
    single = [
        (frozenset({day}), frozenset({month}), frozenset({number}))
        for number, years in enumerate(kinds)
        for month in sorted(spec.months)
        for day in matching_days(spec, years[0], month)
    ]
    boxes: list[_Box] = min((_merged(single, order) for order in permutations(_AXES)), key=len)
    return [
        Dates(days, Span(months, frozenset(year for number in numbers for year in kinds[number])))
        for days, months, numbers in boxes
    ]


def _kinds_of_years(spec: CalendarSpec) -> list[list[int]]:
    """The years of a calendar; those that begin on the same weekday and are equally long go together."""
    kinds: dict[tuple[int, bool], list[int]] = {}
    for year in LISTED_YEARS if spec.years is None else sorted(spec.years):
        kinds.setdefault((weekday(year, 1, 1), isleap(year)), []).append(year)
    return list(kinds.values())


def _merged(boxes: list[_Box], order: tuple[int, ...]) -> list[_Box]:
    """Merge boxes that differ along one axis only, axis after axis."""
    for axis in order:
        groups: dict[tuple[frozenset[int], frozenset[int]], set[int]] = {}
        for box in boxes:
            groups.setdefault(_others(box, axis), set()).update(box[axis])
        boxes = [_with(others, axis, frozenset(values)) for others, values in groups.items()]
    return boxes


def _others(box: _Box, axis: int) -> tuple[frozenset[int], frozenset[int]]:
    first, second = (box[other] for other in _AXES if other != axis)
    return first, second


def _with(others: tuple[frozenset[int], frozenset[int]], axis: int, values: frozenset[int]) -> _Box:
    box = list(others)
    box.insert(axis, values)
    return box[0], box[1], box[2]
