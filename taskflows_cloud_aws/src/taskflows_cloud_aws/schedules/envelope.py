"""What a rule or a schedule sends to the function: the envelope that the adapter ``aws_lambda`` takes off."""

from __future__ import annotations

import json

from taskflows_cloud_core import Calendar, Trigger

_KEY = "taskflows-cloud"


def envelope(trigger: Trigger, due: str) -> str:
    """The event as JSON, with a placeholder that the service fills in.

    Args:
        trigger: What the rule or schedule is for.
        due: The placeholder of the due time, with quotes where the service adds none.
    """
    schedule = json.dumps(_text(trigger))
    return f'{{"{_KEY}": {{"schedule": {schedule}, "due": {due}}}}}'


def _text(trigger: Trigger) -> str:
    """The schedule in its canonical spelling, as every provider gives it to the function."""
    schedule = trigger.schedule
    return str(schedule.spec).removesuffix(" UTC") if isinstance(schedule, Calendar) else str(schedule)
