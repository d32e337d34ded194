"""Schedules as lines of cron, for clouds that have nothing else."""

from __future__ import annotations

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules import (
    Calendar,
    CronDialect,
    Periodic,
    Schedule,
    ScheduleExpression,
    Translation,
    cron_lines,
    cron_warnings,
)

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def cron_translation(schedule: Schedule, dialect: CronDialect, *, service: str) -> Translation:
    """Translate a schedule into lines of a cron that runs in UTC: exactly, or not at all.

    Args:
        schedule: What the user wants.
        dialect: How the cloud's cron is written.
        service: What evaluates the lines, for `ScheduleExpression.service`.

    Returns:
        The lines, or why there are none. A period must divide an hour or a day; it is counted from midnight.

    Raises:
        ScheduleError: The text of a calendar cannot be read.
    """
    if isinstance(schedule, Periodic):
        return _translate_period(schedule, dialect, service)
    zone = schedule.spec.timezone
    if zone != "UTC":
        return Translation.refused(schedule, f"{service} runs in UTC, not in {zone}")
    return _lines(schedule, schedule, dialect, service)


def _translate_period(periodic: Periodic, dialect: CronDialect, service: str) -> Translation:
    period = periodic.period
    if periodic.start_on == "command":
        return Translation.refused(periodic, "cron begins by itself; leave the schedule out and invoke the function")
    if period < _MINUTE:
        return Translation.refused(periodic, f"a period of {period} s is too short: cron needs at least 1 minute")
    if period % _MINUTE or (_HOUR % period and (period % _HOUR or _DAY % period)):
        return Translation.refused(periodic, f"cron has no period of {period} s; it must divide an hour or a day")
    if period < _HOUR:
        calendar = Calendar(f"*-*-* *:00/{period // _MINUTE}")
    else:
        calendar = Calendar(f"*-*-* 00/{period // _HOUR}:00") if period < _DAY else Calendar("*-*-* 00:00")
    warnings = ["the period is counted from midnight UTC, not from the deployment"]
    if periodic.relative_to == "finish":
        warnings.append("the period is measured from the start of a run, not from its finish")
    return _lines(periodic, calendar, dialect, service, *warnings)


def _lines(schedule: Schedule, calendar: Calendar, dialect: CronDialect, service: str, *warnings: str) -> Translation:
    try:
        lines = cron_lines(calendar.spec, dialect)
    except ScheduleError as error:
        return Translation.refused(schedule, error.message)
    return Translation(
        schedule=schedule,
        expressions=[ScheduleExpression(expression=line, service=service) for line in lines],
        warnings=[*warnings, *cron_warnings(calendar.spec, dialect)],
    )
