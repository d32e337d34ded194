"""The days of a calendar as parts that a line of cron can say."""

from __future__ import annotations

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.dialects import CronDialect
from taskflows_cloud_core.schedules.spec import ALL_MONTHS, ALL_WEEKDAYS, CalendarSpec


@attrs.frozen(kw_only=True)
class DayPart:
    """Days that one line says; the parts of one calendar share no day.

    Args:
        weekdays: ``None`` is all.
        days: Days of the month, 1 to 31; ``None`` is all.
        last: Whether it is the last day of the month, in place of ``days``; with a weekday, the last such
            weekday.
        nth: The how-manieth of its one weekday in the month, 1 to 5.
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
    if weekdays is not None:
        raise ScheduleError(f"weekdays together with days of the month cannot be said in {dialect.name}")
    if spec.days == {-1} and dialect.last_day:
        return (DayPart(last=True, months=spec.months, years=spec.years),)
    if min(spec.days) < 0:
        raise ScheduleError(f"days counted from the end of the month ('~') cannot be said in {dialect.name}")
    return (DayPart(days=spec.days, months=spec.months, years=spec.years),)
