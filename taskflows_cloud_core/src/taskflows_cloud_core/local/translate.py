"""Schedules in this provider's language: the calendar's own, in its canonical spelling."""

from __future__ import annotations

from collections.abc import Iterator

from taskflows_cloud_core.schedules import Calendar, Periodic, Schedule, ScheduleExpression, Translation

SERVICE = "scheduler"


def translate(schedule: Schedule) -> Translation:
    """Say a schedule here. It is always exact, since the schedule itself says when it is due.

    Raises:
        ScheduleError: The text of a calendar cannot be read.
    """
    expression = _calendar(schedule) if isinstance(schedule, Calendar) else _periodic(schedule)
    return Translation(schedule=schedule, expressions=[expression], warnings=list(_warnings(schedule)))


def _calendar(calendar: Calendar) -> ScheduleExpression:
    from taskflows_cloud_core.schedules.canonical import canonical_text

    spec = calendar.spec
    expression = canonical_text(spec).removesuffix(f" {spec.timezone}")
    return ScheduleExpression(expression=expression, timezone=spec.timezone, service=SERVICE)


def _periodic(periodic: Periodic) -> ScheduleExpression:
    finish = " after the finish" if periodic.relative_to == "finish" else ""
    command = ", on command" if periodic.start_on == "command" else ""
    return ScheduleExpression(expression=f"every {periodic.period} s{finish}{command}", service=SERVICE)


def _warnings(schedule: Schedule) -> Iterator[str]:
    if schedule.randomized_delay:
        yield f"randomized_delay of {schedule.randomized_delay} s is not applied: runs begin at the moment itself"
    if isinstance(schedule, Calendar):
        return
    if schedule.start_on == "login":
        yield "start_on='login' is not watched for: counting begins at deployment, as with 'boot'"
    if schedule.start_on == "command":
        yield "start_on='command' never begins by itself: it runs only when it is invoked"
