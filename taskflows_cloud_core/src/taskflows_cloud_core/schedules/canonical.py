"""OnCalendar text for a normalised form."""

from __future__ import annotations

from typing import Protocol

from taskflows_cloud_core.schedules.bounds import ALL_MONTHS
from taskflows_cloud_core.schedules.fields import (
    DAY,
    DAY_FROM_END,
    HOUR,
    MICROSECOND,
    MINUTE,
    MONTH,
    SECOND,
    YEAR,
    Field,
)
from taskflows_cloud_core.schedules.partlists import fraction_parts, from_end_parts
from taskflows_cloud_core.schedules.progressions import Progression, as_progression, cover
from taskflows_cloud_core.schedules.weekdays import weekdays_text

EVERY_SECOND = frozenset(range(0, 60 * SECOND, SECOND))
_SHORTEST_RANGE = 3


class CalendarSets(Protocol):
    """The sets of a `CalendarSpec`."""

    @property
    def weekdays(self) -> frozenset[int]: ...  # noqa: D102 - as in CalendarSpec
    @property
    def years(self) -> frozenset[int] | None: ...  # noqa: D102 - as in CalendarSpec
    @property
    def months(self) -> frozenset[int]: ...  # noqa: D102 - as in CalendarSpec
    @property
    def days(self) -> frozenset[int] | None: ...  # noqa: D102 - as in CalendarSpec
    @property
    def hours(self) -> frozenset[int]: ...  # noqa: D102 - as in CalendarSpec
    @property
    def minutes(self) -> frozenset[int]: ...  # noqa: D102 - as in CalendarSpec
    @property
    def microseconds(self) -> frozenset[int]: ...  # noqa: D102 - as in CalendarSpec
    @property
    def timezone(self) -> str: ...  # noqa: D102 - as in CalendarSpec


def canonical_text(spec: CalendarSets) -> str:
    """The form in OnCalendar text with its zone; `parse` reads it back."""
    weekdays = weekdays_text(spec.weekdays)
    return f"{weekdays} {_date(spec)} {_time(spec)} {spec.timezone}".lstrip()


def short_text(spec: CalendarSets) -> str:
    """The form in as little OnCalendar text as people write: ``"Mon-Fri 16:30"``."""
    weekdays = weekdays_text(spec.weekdays).replace("..", "-")
    date = _date(spec)
    if date == "*-*-*":
        date = ""
    clock = _time(spec).removesuffix(":00") if spec.microseconds == {0} else _time(spec)
    zone = "" if spec.timezone == "UTC" else spec.timezone
    return " ".join(part for part in (weekdays, date, clock, zone) if part)


def _date(spec: CalendarSets) -> str:
    years = "*" if spec.years is None else _set_text(spec.years, YEAR)
    months = "*" if spec.months == ALL_MONTHS else _set_text(spec.months, MONTH)
    if spec.days is None:
        return f"{years}-{months}-*"
    if min(spec.days) < 0:
        days = from_end_parts(-day for day in spec.days)
        return f"{years}-{months}~{','.join(_part(part, DAY_FROM_END) for part in days)}"
    return f"{years}-{months}-{_set_text(spec.days, DAY)}"


def _time(spec: CalendarSets) -> str:
    hours = "*" if len(spec.hours) == HOUR.high + 1 else _set_text(spec.hours, HOUR)
    minutes = "*" if len(spec.minutes) == MINUTE.high + 1 else _set_text(spec.minutes, MINUTE)
    return f"{hours}:{minutes}:{_seconds(spec.microseconds)}"


def _seconds(microseconds: frozenset[int]) -> str:
    if microseconds == EVERY_SECOND:
        return "*"
    whole = as_progression(microseconds)
    if whole is not None and whole.count >= _SHORTEST_RANGE:
        return _part(whole, MICROSECOND)
    if any(value % SECOND for value in microseconds):
        return ",".join(_part(part, MICROSECOND) for part in fraction_parts(microseconds))
    parts = cover(value // SECOND for value in microseconds)
    return ",".join(
        _part(Progression(part.start * SECOND, part.stop * SECOND, part.step * SECOND), MICROSECOND) for part in parts
    )


def _set_text(values: frozenset[int] | set[int], field: Field) -> str:
    return ",".join(_part(part, field) for part in cover(values))


def _part(part: Progression, field: Field) -> str:
    start, stop = field.number(part.start), field.number(part.stop)
    if part.start == part.stop:
        return start
    if part.step == field.unit:
        return f"{start}..{stop}"
    if part.stop + part.step > field.high and field is not DAY_FROM_END:
        return f"{start}/{field.step(part.step)}"
    return f"{start}..{stop}/{field.step(part.step)}"
