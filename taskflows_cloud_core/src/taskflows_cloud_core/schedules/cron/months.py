"""Months by their length, which decides what a day counted from the end of the month is."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable

import attrs

from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import FIRST_YEAR, LAST_YEAR

FEBRUARY = 2
# Where the years of an unlimited calendar have to be listed, the list begins here: nothing was deployed before.
LISTED_YEARS = range(2026, LAST_YEAR + 1)
_LONG_MONTHS = frozenset({1, 3, 5, 7, 8, 10, 12})
_SHORT_MONTHS = frozenset({4, 6, 9, 11})
_LEAP_YEARS = frozenset(year for year in range(FIRST_YEAR, LAST_YEAR + 1) if isleap(year))


@attrs.frozen(kw_only=True)
class MonthClass:
    """The months of a calendar that have the same length.

    Args:
        length: In days.
        months: 1 to 12.
        years: ``None`` is all.
        days: The days of the month on which the calendar may fire, 1 to ``length``. Maybe none.
    """

    length: int
    months: frozenset[int]
    years: frozenset[int] | None
    days: frozenset[int]


@attrs.frozen
class Span:
    """Months of years: every one of the months in every one of the years.

    Args:
        months: 1 to 12.
        years: ``None`` is all.
    """

    months: frozenset[int]
    years: frozenset[int] | None


def month_classes(spec: CalendarSpec) -> tuple[MonthClass, ...]:
    """Sort the months of a calendar by length; at most four classes, longest first."""
    years = frozenset(LISTED_YEARS) if spec.years is None else spec.years
    february = spec.months & {FEBRUARY}
    sorted_months = (
        (31, spec.months & _LONG_MONTHS, spec.years),
        (30, spec.months & _SHORT_MONTHS, spec.years),
        (29, february, years & _LEAP_YEARS),
        (28, february, years - _LEAP_YEARS),
    )
    return tuple(
        MonthClass(length=length, months=months, years=these, days=_days(spec, length))
        for length, months, these in sorted_months
        if months and these != frozenset()
    )


def _days(spec: CalendarSpec, length: int) -> frozenset[int]:
    if spec.days is None:
        return frozenset(range(1, length + 1))
    return frozenset(day if day > 0 else length + 1 + day for day in spec.days if day <= length)


def spans(spec: CalendarSpec, chosen: Iterable[MonthClass], classes: Iterable[MonthClass]) -> tuple[Span, ...]:
    """The fewest spans that are exactly the chosen classes.

    Args:
        spec: The calendar.
        chosen: Some of its classes.
        classes: All of its classes.
    """
    chosen = tuple(chosen)
    regular = frozenset[int]().union(*(each.months for each in chosen if FEBRUARY not in each.months))
    februaries = [each for each in chosen if FEBRUARY in each.months]
    if len(februaries) == sum(FEBRUARY in each.months for each in classes):
        months = regular | (spec.months & {FEBRUARY})
        return (Span(months, spec.years),) if months else ()
    whole = (Span(regular, spec.years),) if regular else ()
    return (*whole, *(Span(each.months, each.years) for each in februaries))
