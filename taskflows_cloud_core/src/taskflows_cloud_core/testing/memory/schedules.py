"""Schedules of a place: in the calendar's own language, and when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import attrs

from taskflows_cloud_core.reconcile import Resource
from taskflows_cloud_core.schedules import (
    Calendar,
    Periodic,
    Schedule,
    ScheduleExpression,
    Translation,
    next_runs,
)
from taskflows_cloud_core.testing.expressions import read_expression
from taskflows_cloud_core.testing.memory.place import SCHEDULE, Place
from taskflows_cloud_core.testing.memory.resources import text_of

_SERVICE = "clock"


@attrs.frozen(kw_only=True, order=True)
class Due:
    """A moment at which a function runs.

    Args:
        moment: Aware, in UTC.
        function_name: The function.
        schedule: The expression that is due, as people read it.
    """

    moment: datetime
    function_name: str
    schedule: str


def translate(schedule: Schedule) -> Translation:
    """Say a schedule in its own canonical words, which is always exact.

    Raises:
        ScheduleError: The text of a calendar cannot be read.
    """
    if isinstance(schedule, Calendar):
        return _translate_calendar(schedule)
    command = ", on command" if schedule.start_on == "command" else ""
    said = ScheduleExpression(expression=f"every {schedule.period} s{command}", service=_SERVICE)
    warnings = []
    if schedule.relative_to == "finish":
        warnings = ["the period is measured from the start of a run: runs take no time on the clock of this place"]
    return Translation(schedule=schedule, expressions=[said], warnings=warnings)


def _translate_calendar(calendar: Calendar) -> Translation:
    spec = calendar.spec
    text = str(spec).removesuffix(f" {spec.timezone}")
    said = ScheduleExpression(expression=text, timezone=spec.timezone, service=_SERVICE)
    warnings = [] if next_runs(spec, 1) else ["never fires again"]
    return Translation(schedule=calendar, expressions=[said], warnings=warnings)


def next_due(place: Place, after: datetime) -> list[Due]:
    """All that is due at the next moment strictly after one; nothing when nothing ever is."""
    due = [found for found in _each_next(place, after) if found is not None]
    first = min((found.moment for found in due), default=None)
    return _once_a_function(found for found in due if found.moment == first)


def due_between(place: Place, start: datetime, end: datetime) -> Iterator[Due]:
    """All that is due from ``start``, itself included, up to but without ``end``, in the order of time."""
    after = start - timedelta(microseconds=1)
    while due := next_due(place, after):
        after = due[0].moment
        if after >= end:
            return
        yield from due


def _once_a_function(due: Iterator[Due]) -> list[Due]:
    """Schedules of one function that are due at the same moment run it once."""
    by_function: dict[str, Due] = {}
    for found in sorted(due):
        by_function.setdefault(found.function_name, found)
    return list(by_function.values())


def _each_next(place: Place, after: datetime) -> Iterator[Due | None]:
    for name, deployed in sorted(place.functions.items()):
        if deployed.paused:
            continue
        for resource in deployed.resources.values():
            if resource.kind == SCHEDULE:
                yield _next_of(name, resource, deployed.since[resource.name], after)


def _next_of(name: str, resource: Resource, since: datetime, after: datetime) -> Due | None:
    properties = resource.properties
    said = ScheduleExpression(expression=properties["expression"], timezone=properties["timezone"])
    reading = read_expression(said)
    if isinstance(reading, Periodic):
        moment = _next_of_period(reading, since, after)
    else:
        moment = next(iter(next_runs(reading, 1, after)), None)
    if moment is None:
        return None
    return Due(moment=moment.astimezone(UTC), function_name=name, schedule=text_of(resource))


def _next_of_period(periodic: Periodic, since: datetime, after: datetime) -> datetime | None:
    if periodic.start_on == "command":
        return None
    period = timedelta(seconds=periodic.period)
    passed = max(0, (after - since) // period)
    return since + period * (passed + 1)
