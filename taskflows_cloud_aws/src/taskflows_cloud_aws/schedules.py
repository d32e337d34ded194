"""Schedules in the language of Amazon EventBridge. Pure: nothing here talks to AWS.

A calendar in UTC becomes an EventBridge rule, one in another zone an EventBridge Scheduler schedule in that
zone, and a period becomes a rate. Limits and syntax are those of the Amazon EventBridge User Guide, "Cron and
rate expressions", and the EventBridge Scheduler User Guide, "Schedule types", read in November 2026.
"""

from __future__ import annotations

from typing import Any

import attrs
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    CronDialect,
    as_schedule,
    cron_lines,
    seconds_text,
    short_text,
)

from taskflows_cloud_core import Calendar, Periodic, ScheduleError, ScheduleExpression, Translation

RULE, SCHEDULER = "rule", "scheduler"
_LONGEST_EXPRESSION = 256
_MINUTE, _HOUR, _DAY = 60, 3600, 86400

_RULE_CRON = CronDialect(
    name="an EventBridge rule",
    fields=("minute", "hour", "day", "month", "weekday", "year"),
    weekdays=("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"),
    day_fields="either",
    unspecified="?",
    last_day=True,
    nth_weekday=True,
    last_weekday=True,
    open_steps=True,
    two_digits=True,
    any_zone=False,
    years=(1970, 2199),
    longest=_LONGEST_EXPRESSION - len("cron()"),
)
_SCHEDULER_CRON = attrs.evolve(_RULE_CRON, name="EventBridge Scheduler", any_zone=True)


def translate(schedule: Calendar | Periodic, *, allow_approximate: bool = False) -> Translation:
    """Say a schedule in the language of EventBridge.

    Args:
        schedule: A `Calendar` or a `Periodic`.
        allow_approximate: Take the nearest that can be said, with a warning, instead of refusing seconds
            and parts of a minute.

    Returns:
        Expressions for the service ``"rule"`` (in UTC) or ``"scheduler"`` (in the calendar's zone), or
        ``Translation.refused`` with the reason.

    Raises:
        ScheduleError: The text of the calendar cannot be read.
    """
    if isinstance(schedule, Periodic):
        return _translate_period(schedule, allow_approximate=allow_approximate)
    return _translate_calendar(schedule, allow_approximate=allow_approximate)


def schedule_to_eventbridge_expression(schedule: Any) -> str:
    """The one expression with which an EventBridge rule in UTC says a schedule.

    Args:
        schedule: A `Calendar`, a `Periodic`, a text, or a schedule of the taskflows package.

    Returns:
        For instance ``"cron(00 14 ? * MON-FRI *)"`` or ``"rate(1 hour)"``.

    Raises:
        ValueError: One rule in UTC cannot say it; the message has the reason.
    """
    own = as_schedule(schedule)
    translation = translate(own)
    if translation.reason is not None:
        raise ScheduleError(translation.reason, text=str(own))
    if len(translation.expressions) != 1:
        raise ScheduleError(f"it takes {len(translation.expressions)} EventBridge rules, not one", text=str(own))
    expression = translation.expressions[0]
    if expression.service != RULE:
        raise ScheduleError(
            f"an EventBridge rule runs in UTC; {expression.timezone} needs EventBridge Scheduler", text=str(own)
        )
    return expression.expression


def _translate_calendar(calendar: Calendar, *, allow_approximate: bool) -> Translation:
    spec = calendar.spec
    warnings = _delay_warnings(calendar)
    reason = _seconds_problem(spec)
    if reason is not None:
        if not allow_approximate:
            nearest = short_text(_without_seconds(spec))
            return Translation.refused(calendar, f"{reason}; nearest: {nearest}")
        spec = _without_seconds(spec)
        reason = f"{reason}; it runs at {short_text(spec)}"
        warnings = (*warnings, reason)
    try:
        expressions = _expressions(spec)
    except ScheduleError as error:
        return Translation.refused(calendar, error.message)
    return Translation(
        schedule=calendar, expressions=expressions, exact=reason is None, reason=reason, warnings=warnings
    )


def _expressions(spec: CalendarSpec) -> list[ScheduleExpression]:
    service, dialect = (RULE, _RULE_CRON) if spec.timezone == "UTC" else (SCHEDULER, _SCHEDULER_CRON)
    return [
        ScheduleExpression(expression=f"cron({line})", timezone=spec.timezone, service=service)
        for line in cron_lines(spec, dialect)
    ]


def _without_seconds(spec: CalendarSpec) -> CalendarSpec:
    return attrs.evolve(spec, microseconds={0})


def _seconds_problem(spec: CalendarSpec) -> str | None:
    if spec.microseconds == {0}:
        return None
    return f"{seconds_text(spec.microseconds)} cannot be scheduled on AWS"


def _translate_period(periodic: Periodic, *, allow_approximate: bool) -> Translation:
    if periodic.period < _MINUTE:
        return Translation.refused(
            periodic, f"a period of {periodic.period} seconds is too short for AWS, where it is at least 1 minute"
        )
    minutes, rest = divmod(periodic.period, _MINUTE)
    warnings = _period_warnings(periodic)
    reason = None
    if rest:
        nearest = _rate(minutes * _MINUTE)
        reason = f"a period of {periodic.period} seconds is no whole number of minutes, which AWS needs"
        if not allow_approximate:
            return Translation.refused(periodic, f"{reason}; nearest: {nearest}")
        reason = f"{reason}; it runs at {nearest}"
        warnings = (*warnings, reason)
    expression = ScheduleExpression(expression=_rate(minutes * _MINUTE), service=RULE)
    return Translation(
        schedule=periodic, expressions=[expression], exact=reason is None, reason=reason, warnings=warnings
    )


def _rate(seconds: int) -> str:
    for unit, length in (("day", _DAY), ("hour", _HOUR), ("minute", _MINUTE)):
        count, rest = divmod(seconds, length)
        if not rest:
            return f"rate({count} {unit}{'' if count == 1 else 's'})"
    raise AssertionError(f"{seconds} s is no whole number of minutes")


def _period_warnings(periodic: Periodic) -> tuple[str, ...]:
    warnings = _delay_warnings(periodic)
    if periodic.relative_to == "finish":
        warnings += (
            "relative_to='finish': AWS counts from start to start, so a run can begin before the one before has ended",
        )
    if periodic.start_on != "boot":
        warnings += (f"start_on={periodic.start_on!r}: on AWS, counting begins when the function is deployed",)
    return warnings


def _delay_warnings(schedule: Calendar | Periodic) -> tuple[str, ...]:
    if not schedule.randomized_delay:
        return ()
    return (
        f"randomized_delay={schedule.randomized_delay}: an EventBridge rule has no random delay; runs start on time",
    )
