"""Schedules in the language of Amazon EventBridge. Pure: nothing here talks to AWS.

A calendar in UTC becomes an EventBridge rule, one in another zone an EventBridge Scheduler schedule in that
zone, a single date an ``at`` of EventBridge Scheduler, and a period becomes a rate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.schedules.read import EVENTBRIDGE_CRON, rate
from taskflows_cloud_core import Calendar, Periodic, ScheduleError, ScheduleExpression, Translation
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    as_schedule,
    cron_lines,
    last_run,
    next_runs,
    seconds_text,
    short_text,
    why_never,
)

RULE, SCHEDULER = "rule", "scheduler"
_MINUTE, _DAY = 60, 86400
_LONGEST_PERIOD = 200 * 366 * _DAY
# EventBridge Scheduler API Reference, FlexibleTimeWindow, read in November 2026.
_LONGEST_WINDOW = 1440
_SECOND = 1_000_000
_TWO_TIMES = re.compile(r"[0-9]+:[0-9]+,[0-9]+:[0-9]+")
# EventBridge Scheduler User Guide, "What is EventBridge Scheduler": a target is called within 60 seconds.
_DELIVERY = timedelta(minutes=1)
# More expressions than this are worth a word.
_FEW = 10
_BEFORE_ALL = datetime(1969, 1, 1, tzinfo=UTC)


def translate(schedule: Any, *, allow_approximate: bool = False, now: datetime | None = None) -> Translation:
    """Say a schedule in the language of EventBridge.

    Args:
        schedule: A `Calendar`, a `Periodic`, a text, or a schedule of the taskflows package.
        allow_approximate: Take the nearest that can be said, with a warning, instead of refusing seconds
            and parts of a minute.
        now: A calendar that has no moment after this one is refused, and ``is_over``; the present, when not
            given.

    Returns:
        Expressions for the service ``"rule"`` (in UTC) or ``"scheduler"`` (in the calendar's zone, for a date,
        for a random delay, or for more expressions than an event bus has room for), or ``Translation.refused``
        with the reason.

    Raises:
        ScheduleError: The text of the calendar cannot be read.
        TypeError: ``schedule`` is no schedule.
    """
    schedule = as_schedule(schedule)
    if isinstance(schedule, Periodic):
        return _translate_period(schedule, allow_approximate=allow_approximate)
    spec, reason = schedule.spec, None
    if not _on_the_minute(spec):
        reason = f"{seconds_text(spec.microseconds)} cannot be scheduled on AWS"
        spec = attrs.evolve(spec, microseconds={0})
        if not allow_approximate:
            return Translation.refused(schedule, f"{reason}; nearest: {short_text(spec)}{_two_times_hint(schedule)}")
        reason = f"{reason}; it runs at {short_text(spec)}"
    flexible_minutes = _flexible_minutes(schedule)
    last = last_run(spec)
    if last is None:
        return Translation.refused(schedule, str(why_never(spec)))
    if last + timedelta(minutes=flexible_minutes) + _DELIVERY < (datetime.now(UTC) if now is None else now):
        ended = f"this never fires again: it ended at {last:%Y-%m-%d %H:%M} {spec.timezone}"
        return Translation.refused(schedule, ended, is_over=True)
    try:
        expressions = _expressions(spec, flexible_minutes)
    except ScheduleError as error:
        return Translation.refused(schedule, error.message)
    warnings = [*_calendar_warnings(schedule), *_count_warnings(expressions)]
    return Translation(
        schedule=schedule,
        expressions=expressions,
        exact=reason is None,
        reason=reason,
        warnings=warnings if reason is None else [*warnings, reason],
    )


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
    if isinstance(own, Periodic):
        return translation.expressions[0].expression
    zone = own.spec.timezone
    if zone != "UTC":
        raise ScheduleError(f"an EventBridge rule runs in UTC; {zone} needs EventBridge Scheduler", text=str(own))
    lines = cron_lines(own.spec, EVENTBRIDGE_CRON)
    if len(lines) != 1:
        raise ScheduleError(f"it takes {len(lines)} EventBridge rules, not one", text=str(own))
    return f"cron({lines[0]})"


def _two_times_hint(calendar: Calendar) -> str:
    """OnCalendar reads ``08:30,17:45`` as 08:17:45 and 08:30:45, which surprises everyone once."""
    found = _TWO_TIMES.search(calendar.schedule)
    if found is None:
        return ""
    return f" ({found[0]} is one time of day with lists in it; for two times of day use two calendars)"


def _expressions(spec: CalendarSpec, flexible_minutes: int) -> list[ScheduleExpression]:
    date = _single_date(spec)
    said = [f"cron({line})" for line in cron_lines(spec, EVENTBRIDGE_CRON)] if date is None else [f"at({date})"]
    in_rules = spec.timezone == "UTC" and date is None and not flexible_minutes and len(said) <= limits.RULES
    return [
        ScheduleExpression(
            expression=expression,
            timezone=spec.timezone,
            service=RULE if in_rules else SCHEDULER,
            window_minutes=flexible_minutes,
        )
        for expression in said
    ]


def _single_date(spec: CalendarSpec) -> str | None:
    """The moment of a calendar that is a date, or that has only one moment and its seconds need an ``at``."""
    if spec.years is None or len(spec.hours) * len(spec.minutes) * len(spec.microseconds) > 1:
        return None
    is_date = len(spec.years) == len(spec.months) == len(spec.days or ()) == 1
    if not is_date and spec.microseconds == {0}:
        return None
    runs = next_runs(spec, 2, _BEFORE_ALL)
    return runs[0].strftime("%Y-%m-%dT%H:%M:%S") if len(runs) == 1 else None


def _on_the_minute(spec: CalendarSpec) -> bool:
    if spec.microseconds == {0}:
        return True
    return all(value % _SECOND == 0 for value in spec.microseconds) and _single_date(spec) is not None


def _flexible_minutes(calendar: Calendar) -> int:
    return min(-(-(calendar.randomized_delay or 0) // _MINUTE), _LONGEST_WINDOW)


def _calendar_warnings(calendar: Calendar) -> tuple[str, ...]:
    minutes = _flexible_minutes(calendar)
    if not minutes:
        return _accuracy_warnings(calendar)
    unit = "minute" if minutes == 1 else "minutes"
    return (
        *_accuracy_warnings(calendar),
        f"randomized_delay={calendar.randomized_delay}: asked of EventBridge Scheduler as a flexible window "
        f"of {minutes} {unit}, in which it chooses the moment",
    )


def _count_warnings(expressions: Sequence[ScheduleExpression]) -> tuple[str, ...]:
    if len(expressions) <= _FEW:
        return ()
    if expressions[0].service == SCHEDULER:
        return (f"it takes {len(expressions)} schedules of EventBridge Scheduler",)
    return (
        f"it takes {len(expressions)} EventBridge rules; an event bus has room for {limits.RULES_IN_MOST_REGIONS}, in "
        f"some regions for {limits.RULES}",
    )


def _translate_period(periodic: Periodic, *, allow_approximate: bool) -> Translation:
    if periodic.period < _MINUTE:
        return Translation.refused(
            periodic, f"a period of {periodic.period} seconds is too short for AWS, where it is at least 1 minute"
        )
    if periodic.period > _LONGEST_PERIOD:
        return Translation.refused(periodic, "a period of more than 200 years never comes round")
    minutes, rest = divmod(periodic.period, _MINUTE)
    warnings = _period_warnings(periodic)
    reason = None
    if rest:
        nearest = rate(minutes * _MINUTE)
        reason = f"a period of {periodic.period} seconds is no whole number of minutes, which AWS needs"
        if not allow_approximate:
            return Translation.refused(periodic, f"{reason}; nearest: {nearest}")
        reason = f"{reason}; it runs at {nearest}"
        warnings = (*warnings, reason)
    expression = ScheduleExpression(expression=rate(minutes * _MINUTE), service=RULE)
    return Translation(
        schedule=periodic, expressions=[expression], exact=reason is None, reason=reason, warnings=warnings
    )


def _accuracy_warnings(schedule: Calendar | Periodic) -> tuple[str, ...]:
    if schedule.accuracy is None:
        return ()
    return (f"accuracy={schedule.accuracy!r}: EventBridge starts a run some time within its minute",)


def _period_warnings(periodic: Periodic) -> tuple[str, ...]:
    warnings = _accuracy_warnings(periodic)
    if periodic.randomized_delay:
        warnings += (f"randomized_delay={periodic.randomized_delay}: a rate has no random delay; runs start on time",)
    if periodic.relative_to == "finish":
        warnings += (
            "relative_to='finish': AWS counts from start to start, so a run can begin before the one before has ended",
        )
    if periodic.start_on != "boot":
        warnings += (f"start_on={periodic.start_on!r}: on AWS, counting begins when the function is deployed",)
    return warnings


_SCHEDULER = "scheduler"


def by_scheduler(translation: Translation) -> Translation:
    """Let Scheduler do what a rule would.

    Both speak the same language; a rule's is that of UTC. (EventBridge Scheduler User Guide, "Schedule types",
    2026-11-25.)
    """
    expressions = [attrs.evolve(one, service=_SCHEDULER) for one in translation.expressions]
    return attrs.evolve(translation, expressions=expressions)
