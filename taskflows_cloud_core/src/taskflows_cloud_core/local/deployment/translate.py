"""Schedules in this provider's language: the calendar's own, in its canonical spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from taskflows_cloud_core.schedules import (
    Calendar,
    CalendarSpec,
    Periodic,
    Schedule,
    ScheduleExpression,
    Translation,
)

SERVICE = "scheduler"
_EVERY = re.compile(r"every ([1-9][0-9]*) s( after the finish)?(, on command)?")


def translate(schedule: Schedule) -> Translation:
    """Say a schedule here. It is always exact, since the schedule itself says when it is due.

    Raises:
        ScheduleError: The text of a calendar cannot be read.
    """
    expression = _calendar(schedule) if isinstance(schedule, Calendar) else _periodic(schedule)
    return Translation(schedule=schedule, expressions=[expression], warnings=list(_warnings(schedule)))


def _calendar(calendar: Calendar) -> ScheduleExpression:
    from taskflows_cloud_core.schedules.spec.text import canonical_text

    spec = calendar.spec
    expression = canonical_text(spec).removesuffix(f" {spec.timezone}")
    return ScheduleExpression(expression=expression, timezone=spec.timezone, service=SERVICE)


def read_expression(expression: ScheduleExpression) -> CalendarSpec | Periodic:
    """Read an expression of `translate`.

    Raises:
        ScheduleError: It is none.
    """
    from taskflows_cloud_core.schedules import parse

    period = _EVERY.fullmatch(expression.expression)
    if period is None:
        return parse(expression.expression, timezone=expression.timezone)
    return Periodic(
        period=int(period[1]),
        relative_to="finish" if period[2] else "start",
        start_on="command" if period[3] else "boot",
    )


def _periodic(periodic: Periodic) -> ScheduleExpression:
    finish = " after the finish" if periodic.relative_to == "finish" else ""
    command = ", on command" if periodic.start_on == "command" else ""
    return ScheduleExpression(expression=f"every {periodic.period} s{finish}{command}", service=SERVICE)


def _warnings(schedule: Schedule) -> Iterator[str]:
    if schedule.randomized_delay:
        yield f"randomized_delay of {schedule.randomized_delay} s is not applied: runs begin at the moment itself"
    if isinstance(schedule, Calendar):
        yield from _warnings_of_calendar(schedule)
    else:
        yield from _warnings_of_period(schedule)


def _warnings_of_calendar(calendar: Calendar) -> Iterator[str]:
    from taskflows_cloud_core.schedules import last_run

    last = last_run(calendar.spec)
    if last is None:
        yield "never fires: there is no such day or time"
    elif last <= datetime.now(UTC):
        yield f"never fires again after {last:%Y-%m-%d %H:%M:%S} {calendar.spec.timezone}"


def _warnings_of_period(periodic: Periodic) -> Iterator[str]:
    if periodic.start_on == "login":
        yield "start_on='login' is not watched for: counting begins at deployment, as with 'boot'"
    if periodic.start_on == "command":
        yield "start_on='command' never begins by itself: it runs only when it is invoked"
    elif not periodic.next_runs(1):
        yield f"a period of {periodic.period} s never ends: that is after the year 9999"
