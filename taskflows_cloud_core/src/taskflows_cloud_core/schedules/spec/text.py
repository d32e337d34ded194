"""OnCalendar text for a normalised form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from taskflows_cloud_core.schedules.spec.ranges import Progression, as_progression, cover
from taskflows_cloud_core.schedules.spec.units import (
    ALL_MONTHS,
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
from taskflows_cloud_core.schedules.spec.weekday_names import weekdays_text

_LAST_FROM_END, _LESS_FOR_EACH = 28, 3
_MOST_TRIES = 1_000
# Between how many neighbours the step of a progression is looked for.
_NEIGHBOURS = 12
_SHORTEST = 3


def from_end_parts(days: Iterable[int]) -> tuple[Progression, ...]:
    """Days counted from the end of the month, as a list after ``~`` can have them.

    The element at the place k of such a list, counted from 0, reaches at most to day 28 - 3k.

    Args:
        days: 1 is the last day of the month, up to 28.

    Returns:
        Progressions in ascending order of their starts. They can have days in common. When the days fit into
        no list, plain progressions, which OnCalendar then refuses.
    """
    wanted = frozenset(days)
    plain = cover(wanted)
    if _fits(plain):
        return plain
    tries = iter(range(_MOST_TRIES))
    return next(_lists(wanted, wanted, (), tries), plain)


def _fits(parts: Sequence[Progression]) -> bool:
    return all(part.stop <= _LAST_FROM_END - _LESS_FOR_EACH * index for index, part in enumerate(parts))


def _lists(
    wanted: frozenset[int], left: frozenset[int], parts: tuple[Progression, ...], tries: Iterator[int]
) -> Iterator[tuple[Progression, ...]]:
    """Continue a list, always with the smallest day that is left, until all days are in it."""
    if not left:
        yield parts
        return
    most = _LAST_FROM_END - _LESS_FOR_EACH * len(parts)
    if max(left) > most:
        return
    for part in sorted(_starting_at(min(left), wanted), key=lambda part: -len(left.intersection(part.numbers))):
        if part.stop <= most and next(tries, None) is not None:
            yield from _lists(wanted, left.difference(part.numbers), (*parts, part), tries)


def _starting_at(start: int, wanted: frozenset[int]) -> Iterator[Progression]:
    """All progressions within the set that begin with a day: itself, and every step as far as it goes."""
    yield Progression(start, start)
    for step in range(1, _LAST_FROM_END):
        stop = start
        while stop + step in wanted:
            stop += step
            yield Progression(start, stop, step)


def fraction_parts(values: Iterable[int]) -> tuple[Progression, ...]:
    """Microseconds as few progressions, which can have values in common.

    Args:
        values: Microseconds into the minute.

    Returns:
        Progressions in ascending order of their starts.
    """
    ordered = sorted(values)
    known, done = frozenset(ordered), set[int]()
    parts: list[Progression] = []
    for index, start in enumerate(ordered):
        if start in done:
            continue
        steps = {value - start for value in ordered[index + 1 : index + 1 + _NEIGHBOURS]}
        part = max((_as_far(start, step, known) for step in steps), key=_count, default=Progression(start, start))
        part = part if part.count >= _SHORTEST else Progression(start, start)
        parts.append(part)
        done.update(part.numbers)
    return tuple(parts)


def _count(part: Progression) -> int:
    return part.count


def _as_far(start: int, step: int, known: frozenset[int]) -> Progression:
    stop = start
    while stop + step in known:
        stop += step
    return Progression(start, stop, step)


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
