"""The normalised form of a calendar: plain sets that every reader of schedules shares."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from taskflows_cloud_core._frozen import to_frozenset

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALL_WEEKDAYS = frozenset(range(7))
ALL_MONTHS = frozenset(range(1, 13))
FIRST_YEAR, LAST_YEAR = 1970, 2199


def _frozen_or_none(values: Iterable[int] | None) -> frozenset[int] | None:
    return None if values is None else frozenset(values)


@attrs.frozen(kw_only=True)
class CalendarSpec:
    """When a calendar runs: the product of its sets, read on the wall clock of its zone.

    Args:
        weekdays: 0 is Monday, 6 is Sunday. A day must be in here and in ``days``.
        years: ``None`` is every year from 1970 to 2199.
        months: 1 to 12.
        days: Days of the month: 1 is the first, -1 the last, -2 the one before. ``None`` is every day.
        hours: 0 to 23.
        minutes: 0 to 59.
        microseconds: Microseconds into the minute: 0 is second 0, 30_500_000 is second 30.5.
        timezone: ``"UTC"`` or an IANA name.
    """

    weekdays: frozenset[int] = attrs.field(default=ALL_WEEKDAYS, converter=to_frozenset)
    years: frozenset[int] | None = attrs.field(default=None, converter=_frozen_or_none)
    months: frozenset[int] = attrs.field(default=ALL_MONTHS, converter=to_frozenset)
    days: frozenset[int] | None = attrs.field(default=None, converter=_frozen_or_none)
    hours: frozenset[int] = attrs.field(default=frozenset({0}), converter=to_frozenset)
    minutes: frozenset[int] = attrs.field(default=frozenset({0}), converter=to_frozenset)
    microseconds: frozenset[int] = attrs.field(default=frozenset({0}), converter=to_frozenset)
    timezone: str = "UTC"
