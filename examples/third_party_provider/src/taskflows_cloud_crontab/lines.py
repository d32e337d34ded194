"""Schedules as lines of a crontab, and the crontab itself."""

import shlex
import sys

from taskflows_cloud_core import Calendar, Periodic, ScheduleError, ScheduleExpression, Translation
from taskflows_cloud_core.schedules import UNIX_CRON, cron_lines, cron_warnings

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def translate(schedule):
    """Say a schedule in cron, exactly or not at all."""
    if isinstance(schedule, Periodic):
        return _translate_period(schedule)
    spec = schedule.spec
    if spec.timezone != "UTC":
        return Translation.refused(schedule, f"this crontab runs in UTC, not in {spec.timezone}")
    return _said(schedule, schedule)


def _said(schedule, calendar, warnings=()):
    try:
        said = cron_lines(calendar.spec, UNIX_CRON)
    except ScheduleError as error:
        return Translation.refused(schedule, error.message)
    return Translation(
        schedule=schedule,
        expressions=[ScheduleExpression(expression=line, service="cron") for line in said],
        warnings=[*warnings, *cron_warnings(calendar.spec, UNIX_CRON)],
    )


def _translate_period(periodic):
    period = periodic.period
    if periodic.start_on == "command":
        return Translation.refused(periodic, "cron begins by itself; leave the schedule out and invoke the function")
    if period % _MINUTE or (_HOUR % period and (period % _HOUR or _DAY % period)):
        return Translation.refused(periodic, f"cron has no period of {period} s; it must divide an hour or a day")
    if period < _HOUR:
        calendar = Calendar(f"*-*-* *:00/{period // _MINUTE}")
    else:
        calendar = Calendar(f"*-*-* 00/{period // _HOUR}:00") if period < _DAY else Calendar("*-*-* 00:00")
    warnings = ["the period is counted from midnight UTC, not from the deployment"]
    if periodic.relative_to == "finish":
        warnings.append("the period is measured from the start of a run, not from its finish")
    return _said(periodic, calendar, warnings)


def render(folder, functions):
    """The text of the crontab: the lines of all functions, those of paused ones as comments."""
    head = ["# Written by taskflows-cloud; changes are lost.", "CRON_TZ=UTC", "SHELL=/bin/sh"]
    return "\n".join([*head, *_lines(folder, functions), ""])


def _lines(folder, functions):
    for name, function in sorted(functions.items()):
        for _, expression in sorted(function["lines"].items()):
            mark = "# paused: " if function["paused"] else ""
            yield f"{mark}{expression} {command(folder, name, expression)}"


def command(folder, name, expression):
    """What cron runs: the launcher that lies in the folder. Cron reads a percent sign as a line break."""
    words = [sys.executable, "-I", str(folder / "launcher.py"), expression, str(folder), name]
    return shlex.join(words).replace("%", r"\%")
