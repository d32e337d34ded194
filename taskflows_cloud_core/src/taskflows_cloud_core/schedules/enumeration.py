"""Dates written out: the days of a calendar as few rectangles of days, months and years."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

import attrs

from taskflows_cloud_core.schedules.months import LISTED_YEARS, Span
from taskflows_cloud_core.schedules.occurrences import matching_days
from taskflows_cloud_core.schedules.spec import CalendarSpec

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value", bound=Hashable)


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
    """All dates of a calendar to the year 2199, in as few rectangles as three ways of grouping find.

    No date is in two of them. Of an unlimited calendar, past years are left out.
    """
    years = LISTED_YEARS if spec.years is None else sorted(spec.years)
    found = {
        (year, month): days
        for year in years
        for month in sorted(spec.months)
        if (days := frozenset(matching_days(spec, year, month)))
    }
    return min(_by_month(found), _by_day(found), _by_year(found), key=len)


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, frozenset[_Value]]:
    groups: dict[_Key, set[_Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, set()).add(value)
    return {key: frozenset(values) for key, values in groups.items()}


def _by_month(found: dict[tuple[int, int], frozenset[int]]) -> list[Dates]:
    """Months that have the same days in the same years go together."""
    years = _grouped(((month, days), year) for (year, month), days in found.items())
    months = _grouped(((days, these), month) for (month, days), these in years.items())
    return [Dates(days, Span(these, years_)) for (days, years_), these in months.items()]


def _by_day(found: dict[tuple[int, int], frozenset[int]]) -> list[Dates]:
    """Days that fall into the same years, in the same months, go together."""
    years = _grouped(((month, day), year) for (year, month), days in found.items() for day in days)
    months = _grouped(((day, these), month) for (month, day), these in years.items())
    days = _grouped(((these, years_), day) for (day, years_), these in months.items())
    return [Dates(these, Span(months_, years_)) for (months_, years_), these in days.items()]


def _by_year(found: dict[tuple[int, int], frozenset[int]]) -> list[Dates]:
    """Years that have the same dates go together."""
    months = _grouped(((year, days), month) for (year, month), days in found.items())
    years = _grouped(((days, these), year) for (year, days), these in months.items())
    return [Dates(days, Span(months_, these)) for (days, months_), these in years.items()]
