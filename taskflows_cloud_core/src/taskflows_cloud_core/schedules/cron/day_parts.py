"""The days of a calendar as parts that a line of cron can say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.cron.dialects import CronDialect
from taskflows_cloud_core.schedules.cron.explicit_dates import listed_dates
from taskflows_cloud_core.schedules.cron.months import MonthClass, Span, month_classes, spans
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_MONTHS, ALL_WEEKDAYS
from taskflows_cloud_core.schedules.spec.weekday_names import weekdays_text

# A week of a month: the first, second, … seven days, the last seven, or the whole month.
_Week: TypeAlias = Literal[1, 2, 3, 4, 5, "last", "all"]
_DAYS_OF_WEEK = 7


@attrs.frozen(kw_only=True)
class DayPart:
    """Days that one line says; the parts of one calendar share no day.

    Args:
        weekdays: ``None`` is all.
        days: Days of the month, 1 to 31; ``None`` is all.
        last: Whether it is the last day of the month, in place of ``days``; with a weekday, the last such
            weekday.
        nth: Which of its one weekday in the month, 1 to 5.
        months: 1 to 12.
        years: ``None`` is all.
    """

    weekdays: frozenset[int] | None = None
    days: frozenset[int] | None = None
    last: bool = False
    nth: int | None = None
    months: frozenset[int] = ALL_MONTHS
    years: frozenset[int] | None = None


def day_parts(spec: CalendarSpec, dialect: CronDialect) -> tuple[DayPart, ...]:
    """Split the days of a calendar into few parts that share no day.

    Raises:
        ScheduleError: The dialect cannot say them; the message names the part.
    """
    weekdays = None if spec.weekdays == ALL_WEEKDAYS else spec.weekdays
    if spec.days is None:
        return (DayPart(weekdays=weekdays, months=spec.months, years=spec.years),)
    if weekdays is None or dialect.day_fields == "and":
        return _plain_days(spec, dialect)
    return _weekdays_of_days(spec, dialect)


def _sayable(spans_: Iterable[Span], spec: CalendarSpec, dialect: CronDialect) -> bool:
    """Whether the dialect can tell these spans apart: years of the spans' own need a year field."""
    return dialect.years is not None or all(span.years == spec.years for span in spans_)


def _plain_days(spec: CalendarSpec, dialect: CronDialect) -> tuple[DayPart, ...]:
    """Days of the month, on the weekdays of the calendar where a line can say both."""
    classes = month_classes(spec)
    candidates = [
        parts
        for groups in _partitions(classes)
        if (parts := _parts_of_groups(spec, classes, groups, dialect)) is not None
    ]
    if not candidates:
        raise ScheduleError(
            f"days counted from the end of the month (~{_from_end(spec)}) cannot be said in {dialect.name} for "
            "February, whose length changes; name other months, as in *-1,3..12~01"
        )
    best: list[DayPart] = min(candidates, key=_cost)
    return tuple(best)


def _cost(parts: list[DayPart]) -> tuple[int, int, int]:
    """Few lines, then years and months that stand open: a day that a month does not have does no harm there."""
    years = sum(part.years is not None for part in parts)
    return len(parts), years, -sum(len(part.months) for part in parts)


def _parts_of_groups(
    spec: CalendarSpec, classes: tuple[MonthClass, ...], groups: list[list[MonthClass]], dialect: CronDialect
) -> list[DayPart] | None:
    weekdays = None if spec.weekdays == ALL_WEEKDAYS else spec.weekdays
    parts: list[DayPart] = []
    for group in groups:
        part = _same_days(group, dialect, weekdays)
        where = spans(spec, group, classes)
        if part is None or not _sayable(where, spec, dialect):
            return None
        if part.last or part.days:
            parts += [attrs.evolve(part, months=span.months, years=span.years) for span in where]
    return parts


def _from_end(spec: CalendarSpec) -> str:
    days = sorted(-day for day in spec.days or ())
    return ",".join(f"{day:02d}" for day in days[:3]) + (",…" if len(days) > 3 else "")


def _partitions(classes: tuple[MonthClass, ...]) -> Iterator[list[list[MonthClass]]]:
    """All ways to sort the classes into groups."""
    if not classes:
        yield []
        return
    first, rest = classes[0], classes[1:]
    for groups in _partitions(rest):
        yield [[first], *groups]
        for index, group in enumerate(groups):
            yield [*groups[:index], [first, *group], *groups[index + 1 :]]


def _same_days(group: list[MonthClass], dialect: CronDialect, weekdays: frozenset[int] | None) -> DayPart | None:
    """One way to say the days of all classes of a group, or ``None``."""
    days = frozenset[int]().union(*(each.days for each in group))
    if all(days & frozenset(range(1, each.length + 1)) == each.days for each in group):
        return DayPart(days=days, weekdays=weekdays)
    if dialect.last_day and weekdays is None and all(each.days == {each.length} for each in group):
        return DayPart(last=True)
    return None


def _weekdays_of_days(spec: CalendarSpec, dialect: CronDialect) -> tuple[DayPart, ...]:
    """Weekdays and days of the month together, where no line can say both: whole weeks, or dates."""
    candidates = [parts for parts in (_whole_weeks(spec, dialect),) if parts is not None]
    if dialect.years is not None and (spec.years is not None or not candidates):
        dates = listed_dates(spec)
        candidates.append([DayPart(days=each.days, months=each.span.months, years=each.span.years) for each in dates])
    subject = f"{weekdays_text(spec.weekdays)} together with days of the month"
    if not candidates:
        raise ScheduleError(f"{subject} cannot be said in {dialect.name}")
    best = min(candidates, key=_cost)
    if len(best) > dialect.most_lines:
        raise ScheduleError(
            f"{subject} would take {len(best)} lines in {dialect.name}, and at most {dialect.most_lines} are made; "
            "use whole weeks, such as the days 1..7 or ~07/1"
        )
    return tuple(best)


def _whole_weeks(spec: CalendarSpec, dialect: CronDialect) -> list[DayPart] | None:
    classes = month_classes(spec)
    choices = [list(_weeks_of(each, dialect)) for each in classes]
    best: list[DayPart] | None = None
    for choice in product(*choices):
        parts = _parts_of_weeks(spec, classes, choice, dialect)
        if parts is not None and (best is None or _cost(parts) < _cost(best)):
            best = parts
    return best


def _weeks_of(month: MonthClass, dialect: CronDialect) -> Iterator[frozenset[_Week]]:
    """The sets of weeks that share no day and are, together, the days of the month."""
    if month.days == frozenset(range(1, month.length + 1)):
        yield frozenset({"all"})
    weeks: list[_Week] = [1, 2, 3, 4, 5] if dialect.nth_weekday else []
    weeks += ["last"] if dialect.last_weekday else []
    for count in range(len(weeks) + 1):
        for chosen in combinations(weeks, count):
            days = [day for week in chosen for day in _days_of(week, month.length)]
            if len(days) == len(set(days)) and month.days == frozenset(days):
                yield frozenset(chosen)


def _days_of(week: _Week, length: int) -> range:
    if week == "last":
        return range(length - _DAYS_OF_WEEK + 1, length + 1)
    if week == "all":
        return range(1, length + 1)
    return range(_DAYS_OF_WEEK * (week - 1) + 1, min(_DAYS_OF_WEEK * week, length) + 1)


def _parts_of_weeks(
    spec: CalendarSpec, classes: tuple[MonthClass, ...], choice: tuple[frozenset[_Week], ...], dialect: CronDialect
) -> list[DayPart] | None:
    parts: list[DayPart] = []
    chosen = zip(classes, choice, strict=True)
    by_week: dict[_Week, list[MonthClass]] = {}
    for month, weeks in chosen:
        for week in weeks:
            by_week.setdefault(week, []).append(month)
    for week in sorted(by_week, key=str):
        where = spans(spec, by_week[week], classes)
        if not _sayable(where, spec, dialect):
            return None
        for span in where:
            parts += _parts_of_week(week, spec.weekdays, span)
    return parts


def _parts_of_week(week: _Week, weekdays: frozenset[int], span: Span) -> Iterator[DayPart]:
    if week == "all":
        yield DayPart(weekdays=weekdays, months=span.months, years=span.years)
        return
    for day in sorted(weekdays):
        yield DayPart(
            weekdays=frozenset({day}),
            last=week == "last",
            nth=None if week == "last" else week,
            months=span.months,
            years=span.years,
        )
