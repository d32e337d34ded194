"""Schedules of other packages, recognised by their shape."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.translation import Schedule

# What taskflows gives a schedule when its user said nothing about accuracy.
_UNSAID_ACCURACY = "1ms"


def as_schedule(value: Any) -> Schedule:
    """Take a schedule of ours, a text, or an object with the attributes of the published taskflows classes.

    Args:
        value: `Calendar`, `Periodic`, a ``str`` (read as a calendar), ``taskflows.Calendar`` or
            ``taskflows.Periodic``.

    Returns:
        One of our own classes, with nothing lost.

    Raises:
        TypeError: ``value`` has the shape of no schedule.
        ValueError: ``value`` has the shape, but not the values.
    """
    if isinstance(value, Calendar | Periodic):
        return value
    if isinstance(value, str):
        return Calendar(value)
    if hasattr(value, "period") and hasattr(value, "relative_to"):
        return Periodic(
            period=value.period,
            start_on=getattr(value, "start_on", "boot"),
            relative_to=value.relative_to,
            accuracy=_said_accuracy(value),
            randomized_delay=getattr(value, "randomized_delay", None),
        )
    if hasattr(value, "schedule") and hasattr(value, "persistent"):
        return Calendar(
            value.schedule,
            persistent=value.persistent,
            accuracy=_said_accuracy(value),
            randomized_delay=getattr(value, "randomized_delay", None),
        )
    raise TypeError(f"{type(value).__name__} is no schedule; use Calendar('Mon-Fri 09:00') or Periodic(period=3600)")


def _said_accuracy(value: Any) -> str | None:
    accuracy = getattr(value, "accuracy", None)
    return None if accuracy == _UNSAID_ACCURACY else accuracy
