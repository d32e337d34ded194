"""A calendar in a dialect of cron."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.cron.day_parts import DayPart, day_parts
from taskflows_cloud_core.schedules.cron.dialects import CronDialect, CronField
from taskflows_cloud_core.schedules.occurrences.never_fires import why_never
from taskflows_cloud_core.schedules.spec.ranges import Progression, cover
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_MONTHS, SECOND

_SUNDAY = 6
_SHORTEST_RANGE = 3
_SPLIT_FIELDS: tuple[CronField, ...] = ("year", "minute", "hour", "day")


def cron_lines(spec: CalendarSpec, dialect: CronDialect) -> tuple[str, ...]:
    """Say a calendar in a dialect of cron.

    Args:
        spec: When it fires.
        dialect: What can be said.

    Returns:
        Lines that fire, together, exactly when the calendar does, and never two at the same instant; to
        be read in the zone of ``spec``.

    Raises:
        ScheduleError: The dialect cannot say the calendar; the message names the part.
    """
    if spec.timezone != "UTC" and not dialect.any_zone:
        raise ScheduleError(f"the time zone {spec.timezone} cannot be said in {dialect.name}, which runs in UTC")
    if "second" in dialect.fields and any(value % SECOND for value in spec.microseconds):
        raise ScheduleError(
            f"{seconds_text(spec.microseconds)} cannot be said in {dialect.name}, which has no fractions"
        )
    if "second" not in dialect.fields and spec.microseconds != {0}:
        raise ScheduleError(
            f"{seconds_text(spec.microseconds)} cannot be said in {dialect.name}, which has minutes only"
        )
    if (never := why_never(spec)) is not None:
        raise ScheduleError(never)
    if spec.years is not None and dialect.years is None:
        raise ScheduleError(f"years cannot be said in {dialect.name}, which has no year")
    whole = (_Line(part=part, spec=spec) for part in day_parts(spec, dialect))
    lines = (text for line in whole for text in _within_length(line, dialect))
    made = tuple(islice(lines, dialect.most_lines + 1))
    if len(made) > dialect.most_lines:
        raise ScheduleError(
            f"this would take more than {dialect.most_lines} lines in {dialect.name}, and no more are made"
        )
    return made


@attrs.frozen(kw_only=True)
class _Line:
    """A line before it is written: days, and the times of day of ``spec``."""

    part: DayPart
    spec: CalendarSpec

    def fields(self, dialect: CronDialect) -> dict[CronField, str]:
        part, width = self.part, 2 if dialect.two_digits else 1
        return {
            "second": _said({value // SECOND for value in self.spec.microseconds}, range(60), dialect),
            "minute": _said(self.spec.minutes, range(60), dialect, width),
            "hour": _said(self.spec.hours, range(24), dialect, width),
            "day": _day(part, dialect),
            "month": "*" if part.months == ALL_MONTHS else _said(part.months, range(1, 13), dialect),
            "weekday": _weekday(part, dialect),
            "year": "*" if part.years is None else _years(part.years),
        }

    def halves(self, field: CronField) -> tuple[_Line, _Line]:
        """Two lines, each with one half of the years, the days, the hours or the minutes."""
        if field == "year":
            early, late = _halved(self.part.years or ())
            return self._with(attrs.evolve(self.part, years=early)), self._with(attrs.evolve(self.part, years=late))
        if field == "day":
            early, late = _halved(self.part.days or ())
            return self._with(attrs.evolve(self.part, days=early)), self._with(attrs.evolve(self.part, days=late))
        if field == "hour":
            early, late = _halved(self.spec.hours)
            return self._at(attrs.evolve(self.spec, hours=early)), self._at(attrs.evolve(self.spec, hours=late))
        early, late = _halved(self.spec.minutes)
        return self._at(attrs.evolve(self.spec, minutes=early)), self._at(attrs.evolve(self.spec, minutes=late))

    def _with(self, part: DayPart) -> _Line:
        return attrs.evolve(self, part=part)

    def _at(self, spec: CalendarSpec) -> _Line:
        return attrs.evolve(self, spec=spec)


def _within_length(line: _Line, dialect: CronDialect) -> Iterator[str]:
    """The line, or parts of it that are not longer than the dialect permits."""
    fields = line.fields(dialect)
    text = " ".join(fields[field] for field in dialect.fields)
    if dialect.longest is None or len(text) <= dialect.longest:
        yield text
        return
    longest = max(_SPLIT_FIELDS, key=lambda field: len(fields[field]) if field in dialect.fields else 0)
    for half in line.halves(longest):
        yield from _within_length(half, dialect)


def _halved(values: Iterable[int]) -> tuple[frozenset[int], frozenset[int]]:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return frozenset(ordered[:middle]), frozenset(ordered[middle:])


def seconds_text(microseconds: frozenset[int]) -> str:
    """Seconds as they are said in an error, for instance ``"seconds :30"``."""
    first = min(microseconds)
    said = f":{first // SECOND:02d}" + (f".{first % SECOND:06d}".rstrip("0") if first % SECOND else "")
    return f"seconds {said}" + (f" and {len(microseconds) - 1} more in the minute" if len(microseconds) > 1 else "")


def _day(part: DayPart, dialect: CronDialect) -> str:
    if part.last and part.weekdays is None:
        return "L"
    if part.days is None:
        return dialect.unspecified
    return _said(part.days, range(1, 32), dialect)


def _weekday(part: DayPart, dialect: CronDialect) -> str:
    if part.weekdays is None:
        return "*" if part.days is None and not part.last else dialect.unspecified
    if part.last:
        return f"{dialect.weekdays[min(part.weekdays)]}L"
    if part.nth is not None:
        return f"{dialect.weekdays[min(part.weekdays)]}#{part.nth}"
    return ",".join(_weekday_runs(part.weekdays, dialect))


def _weekday_runs(weekdays: frozenset[int], dialect: CronDialect) -> Iterable[str]:
    names = dialect.weekdays
    for run in cover(weekdays - {_SUNDAY}):
        if run.step == 1 and run.count >= _SHORTEST_RANGE:
            yield f"{names[run.start]}-{names[run.stop]}"
        else:
            yield from (names[day] for day in run.numbers)
    if _SUNDAY in weekdays:
        yield names[_SUNDAY]


def _said(values: Iterable[int], field: range, dialect: CronDialect, width: int = 1) -> str:
    """A field of numbers. Two digits are for a value that stands alone."""
    ordered = sorted(values)
    if ordered == list(field):
        return "*"
    if len(ordered) == 1:
        return f"{ordered[0]:0{width}d}"
    parts = cover(ordered)
    whole = parts[0] if len(parts) == 1 and parts[0].step > 1 and parts[0].stop + parts[0].step not in field else None
    if whole is not None and dialect.open_steps:
        return f"{whole.start}/{whole.step}"
    # A star in a day field can change how the two day fields go together.
    if whole is not None and whole.start == field[0] == 0:
        return f"*/{whole.step}"
    return ",".join(_range(part) for part in parts)


def _years(years: Iterable[int]) -> str:
    return ",".join(_range(part) for part in cover(years, shortest=4))


def _range(part: Progression) -> str:
    if part.start == part.stop:
        return f"{part.start}"
    return f"{part.start}-{part.stop}" + (f"/{part.step}" if part.step > 1 else "")
