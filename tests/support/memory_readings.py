"""What the fixtures of a harness read in a place in memory, past its provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import attrs

from taskflows_cloud_core import CloudEnvironment
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.testing import DeployedSchedule, FiredRun, MemoryCloud
from taskflows_cloud_core.testing.memory.place import FUNCTION, SCHEDULE, MemoryRun, Place, open_place

INSTANT = timedelta(microseconds=1)


def fire(place_name: str, name: str, moment: datetime) -> list[FiredRun]:
    """Move the clock of a place to a timestamp and read what that starts."""
    place = open_place(place_name)
    place.now = moment - INSTANT
    begun = [run for run in MemoryCloud(place=place_name).advance_to(moment) if run.function_name == name]
    return [fired_run(place, list(runs)) for _, runs in groupby(begun, lambda run: (run.at, run.schedule))]


def fired_run(place: Place, attempts: Sequence[MemoryRun]) -> FiredRun:
    """The attempts for one due time."""
    last, ids = attempts[-1], {run.request_id for run in attempts}
    return FiredRun(
        occurrence=f"{last.schedule}@{last.at.isoformat()}",
        attempts=len(attempts),
        event=last.event,
        value=last.value,
        error=last.error,
        lines=[event.message for event in place.logs.get(last.function_name, []) if event.request_id in ids],
    )


def deployed_schedules(place: Place, name: str) -> list[DeployedSchedule]:
    """The schedules of a function, with what they would run."""
    deployed = place.functions.get(name)
    if deployed is None:
        return []
    settings = deployed.resources[ResourceKey(FUNCTION, name)].properties
    return [
        DeployedSchedule(
            expression=resource.properties["expression"],
            timezone=resource.properties["timezone"],
            enabled=not deployed.paused,
            code=settings["sha256"],
            memory_mb=settings["memory_mb"],
            timeout_seconds=settings["timeout_seconds"],
            retries=settings["retries"],
        )
        for key, resource in sorted(deployed.resources.items())
        if key.kind == SCHEDULE
    ]


def foreign(place: Place, key: ResourceKey) -> Any:
    """Put something of another owner under a key; the reader of it."""
    place.others[key] = "of another owner"
    return lambda: place.others.get(key)


def texts_others_can_read(place: Place, name: str) -> list[str]:
    """All of a function but its variables, which are hidden in the text of its resources, and its log."""
    log = [event.message for event in place.logs.get(name, [])]
    return [*log, *(str(attrs.asdict(one, recurse=False)) for one in place.resources_of(name))]


def many(place: Place, environment: CloudEnvironment, function: Any, config: Any, count: int) -> list[str]:
    """One deployed function, and copies of it."""
    environment.deploy_function(function, config, []).raise_for_error()
    first = place.functions.pop(config.function_name)
    (resource,) = first.resources.values()
    names = [f"many-{number:03}" for number in range(count)]
    for name in names:
        place.put(name, attrs.evolve(resource, name=name))
    return names
