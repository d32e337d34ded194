"""Reading back the expressions of providers whose schedule language is a calendar's own, or cron."""

from __future__ import annotations

import re

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules import (
    UNIX_CRON,
    CalendarSpec,
    Periodic,
    ScheduleExpression,
    parse,
    read_cron,
)

_PERIOD = re.compile(r"every (?P<seconds>\d+) s(?P<finish> after the finish)?(?P<command>,? on command)?")
_FIELDS_OF_CRON = re.compile(r"[\d*/,-]+( [\d*/,-]+){4}")


def read_expression(expression: ScheduleExpression) -> CalendarSpec | Periodic:
    """Read an expression in OnCalendar text, in UNIX cron, or in the words that a `Periodic` prints.

    Args:
        expression: What a provider made of a schedule.

    Returns:
        When it fires.

    Raises:
        ScheduleError: It is written in another language.
    """
    text = expression.expression
    period = _PERIOD.fullmatch(text)
    if period is not None:
        return Periodic(
            period=int(period["seconds"]),
            start_on="command" if period["command"] else "boot",
            relative_to="finish" if period["finish"] else "start",
        )
    if _FIELDS_OF_CRON.fullmatch(text):
        return read_cron(text, UNIX_CRON, timezone=expression.timezone)
    try:
        return parse(text, timezone=expression.timezone)
    except ScheduleError as error:
        raise ScheduleError(
            f"is neither OnCalendar text, nor UNIX cron, nor 'every 60 s' ({error.message}); a provider with a "
            "language of its own reads it by itself",
            text=text,
        ) from error
