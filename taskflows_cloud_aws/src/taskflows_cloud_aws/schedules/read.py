"""The expressions of Amazon EventBridge: what its cron can say, rates, and the way back.

Syntax and limits are those of the Amazon EventBridge User Guide, "Cron and rate expressions", and the EventBridge
Scheduler User Guide, "Schedule types", read in November 2026.
"""

from __future__ import annotations

import re

from taskflows_cloud_core import Periodic, ScheduleError, ScheduleExpression
from taskflows_cloud_core.schedules import CalendarSpec, CronDialect, parse, read_cron

_LONGEST_EXPRESSION = 256
_CRON = re.compile(r"cron\(([^()]*)\)")
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})\)")
_RATE = re.compile(r"rate\(([1-9][0-9]{0,8}) (minute|hour|day)s?\)")
_UNITS = {"day": 86400, "hour": 3600, "minute": 60}

EVENTBRIDGE_CRON = CronDialect(
    name="EventBridge",
    fields=("minute", "hour", "day", "month", "weekday", "year"),
    weekdays=("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"),
    read_weekdays=(("2", "3", "4", "5", "6", "7", "1"),),
    day_fields="either",
    unspecified="?",
    last_day=True,
    nth_weekday=True,
    last_weekday=True,
    open_steps=True,
    two_digits=True,
    years=(1970, 2199),
    longest=_LONGEST_EXPRESSION - len("cron()"),
    # What any event bus has room for, and twice as much: nobody can look after more.
    most_lines=300,
)


def rate(seconds: int) -> str:
    """A period of whole minutes as a rate, in the greatest unit that divides it.

    Args:
        seconds: A multiple of 60, more than 0.

    Returns:
        For instance ``"rate(90 minutes)"``.
    """
    unit = next(unit for unit, length in _UNITS.items() if seconds % length == 0)
    count = seconds // _UNITS[unit]
    return f"rate({count} {unit}{'' if count == 1 else 's'})"


def read_expression(expression: ScheduleExpression | str) -> CalendarSpec | Periodic:
    """Read an expression of EventBridge or EventBridge Scheduler, so that its moments can be computed.

    Args:
        expression: With its zone; a text is read in UTC.

    Returns:
        The calendar or the period that fires when the expression does. A period counts from the moment at which
        the rule or the schedule was created.

    Raises:
        ScheduleError: It is no such expression, or no calendar fires when it does (``15W``).
    """
    timezone = "UTC" if isinstance(expression, str) else expression.timezone
    text = expression if isinstance(expression, str) else expression.expression
    if found := _CRON.fullmatch(text):
        return read_cron(found[1], EVENTBRIDGE_CRON, timezone=timezone)
    if found := _AT.fullmatch(text):
        return parse(f"{found[1]} {found[2]}", timezone=timezone)
    if found := _RATE.fullmatch(text):
        return Periodic(period=int(found[1]) * _UNITS[found[2]])
    raise ScheduleError("expected cron(...), rate(...) or at(...)", text=text)
