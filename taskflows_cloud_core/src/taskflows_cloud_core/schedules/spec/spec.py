"""The normalised form of a calendar: plain sets that every reader of schedules shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_frozenset
from taskflows_cloud_core.schedules.spec.units import ALL_MONTHS, ALL_WEEKDAYS, FIRST_YEAR, LAST_YEAR

_ALL_YEARS = frozenset(range(FIRST_YEAR, LAST_YEAR + 1))
_ALL_DAYS = frozenset(range(1, 32))
_DAYS_FROM_END = frozenset(range(-28, 0))


def _years(values: Iterable[int] | None) -> frozenset[int] | None:
    years = None if values is None else frozenset(values)
    return None if years == _ALL_YEARS else years


def _days(values: Iterable[int] | None) -> frozenset[int] | None:
    days = None if values is None else frozenset(values)
    return None if days == _ALL_DAYS else days


def _within(low: int, high: int) -> Any:
    def check(_: object, attribute: attrs.Attribute[Any], values: frozenset[int] | None) -> None:
        if values is None:
            return
        if not values:
            raise ValueError(f"CalendarSpec.{attribute.name} is empty; such a calendar never fires")
        least, most = min(values), max(values)
        if least < low or most > high:
            wrong = least if least < low else most
            raise ValueError(f"CalendarSpec.{attribute.name} holds {wrong}; it must be {low} to {high}")

    return check


def _from_one_end(_: object, __: attrs.Attribute[Any], days: frozenset[int] | None) -> None:
    if days is not None and not (days <= _ALL_DAYS or days <= _DAYS_FROM_END):
        raise ValueError("CalendarSpec.days must be all from the start (1 to 31) or all from the end (-28 to -1)")


@attrs.frozen(kw_only=True)
class CalendarSpec:
    """When a calendar runs: the product of its sets, read on the wall clock of its zone.

    ``str()`` is OnCalendar text with its zone: as systemd normalises the text that was parsed, or, for a
    form that was made from sets, short lists, ranges and steps. Equal forms can therefore be written in
    different ways, and `parse` makes them equal again. (OnCalendar has no words for some sets of days from
    the end of the month, such as {-28, -27, -25}; no text that was parsed has such a set.)

    Args:
        weekdays: 0 is Monday, 6 is Sunday. A day must be in here and in ``days``.
        years: ``None`` is every year from 1970 to 2199.
        months: 1 to 12.
        days: Days of the month: 1 is the first, -1 the last, -2 the one before, down to -28; all of them
            counted from the same end. ``None`` is every day.
        hours: 0 to 23.
        minutes: 0 to 59.
        microseconds: Microseconds into the minute: 0 is second 0, 30_500_000 is second 30.5.
        timezone: ``"UTC"`` or an IANA name.

    Raises:
        ValueError: A set is empty or holds a number out of range.
    """

    weekdays: frozenset[int] = attrs.field(default=ALL_WEEKDAYS, converter=to_frozenset, validator=_within(0, 6))
    years: frozenset[int] | None = attrs.field(default=None, converter=_years, validator=_within(FIRST_YEAR, LAST_YEAR))
    months: frozenset[int] = attrs.field(default=ALL_MONTHS, converter=to_frozenset, validator=_within(1, 12))
    days: frozenset[int] | None = attrs.field(
        default=None, converter=_days, validator=[_within(-28, 31), _from_one_end]
    )
    hours: frozenset[int] = attrs.field(default=frozenset({0}), converter=to_frozenset, validator=_within(0, 23))
    minutes: frozenset[int] = attrs.field(default=frozenset({0}), converter=to_frozenset, validator=_within(0, 59))
    microseconds: frozenset[int] = attrs.field(
        default=frozenset({0}), converter=to_frozenset, validator=_within(0, 59_999_999)
    )
    timezone: str = "UTC"
    # Left out of attrs.evolve, so that a changed form never carries the text of another.
    written: Callable[[], str] | None = attrs.field(default=None, init=False, eq=False, repr=False)

    def __str__(self) -> str:
        if self.written is not None:
            return self.written()
        from taskflows_cloud_core.schedules.spec.text import canonical_text

        return canonical_text(self)
