"""Living with the functions of a place."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import FunctionNotFoundError
from taskflows_cloud_core.packaging.runtime.occurrence import Occurrence
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.results import (
    DeployedFunction,
    FunctionDescription,
    FunctionMetrics,
    InvocationResult,
    LogEvent,
    LogPage,
    LogQuery,
)
from taskflows_cloud_core.testing.memory.place import FUNCTION, SCHEDULE, MemoryRun, Place
from taskflows_cloud_core.testing.memory.resources import resource_id, text_of
from taskflows_cloud_core.testing.memory.running import Ending, RunContext, run

# A page is short, so that whoever reads logs here has to read several.
_EVENTS_OF_PAGE = 20


def _settings(place: Place, name: str) -> dict[str, Any]:
    return dict(place.get(name).resources[ResourceKey(FUNCTION, name)].properties)


def listed(place: Place, provider: str, name: str) -> DeployedFunction:
    """One line of the list."""
    deployed, settings = place.get(name), _settings(place, name)
    schedules = [resource for resource in deployed.resources.values() if resource.kind == SCHEDULE]
    return DeployedFunction(
        name=name,
        resource_id=resource_id(place, name),
        provider=provider,
        schedules=sorted(map(text_of, schedules)),
        tags=settings["tags"],
        updated_at=deployed.updated_at,
        runtime=settings["runtime"],
        memory_mb=settings["memory_mb"],
    )


def describe(place: Place, provider: str, name: str) -> FunctionDescription:
    """All about one function."""
    settings = _settings(place, name)
    environment, sha256, entry = (settings.pop(key) for key in ("environment", "sha256", "entry"))
    return FunctionDescription(
        function=listed(place, provider, name),
        config=CloudFunctionConfig(function_name=name, **settings),
        environment_names=sorted(environment),
        metadata={"package_sha256": sha256, "entry": entry, "paused": place.get(name).paused},
    )


def invoke(place: Place, name: str, payload: Any, *, wait: bool) -> InvocationResult:
    """Run a function now, and wait for it in any case."""
    place.get(name)
    done, lines = run_once(place, name, {} if payload is None else payload)
    if not wait:
        return InvocationResult(ok=True, request_id=done.request_id, started_only=True)
    return InvocationResult(
        ok=done.ok,
        value=done.value,
        error=done.error,
        logs=lines,
        request_id=done.request_id,
        duration_ms=done.duration_ms,
    )


def retries_of(place: Place, name: str) -> int:
    """How many times a scheduled run of a function is repeated when it fails."""
    return _settings(place, name)["retries"] or 0


def run_once(
    place: Place, name: str, event: Any, *, schedule: str | None = None, request_id: str | None = None
) -> tuple[MemoryRun, list[LogEvent]]:
    """Run the live code of a function, and note the run and what it printed."""
    settings, request_id = _settings(place, name), request_id or str(uuid.uuid4())
    context = RunContext(
        function_name=name,
        memory_mb=settings["memory_mb"],
        request_id=request_id,
        timeout_seconds=settings["timeout_seconds"],
        now=place.now,
        occurrence=None if schedule is None else Occurrence(schedule, place.now.isoformat()),
    )
    environment = {variable: hidden.value for variable, hidden in settings["environment"].items()}
    function = place.callables.get(settings["sha256"])
    if function is None:
        ending = Ending(ok=False, error=f"the code of {name!r} is not in this process", lines=(), duration_ms=0.0)
    else:
        ending = run(function, event, context, environment)
    done = MemoryRun(
        function_name=name,
        at=place.now,
        event=event,
        schedule=schedule,
        ok=ending.ok,
        value=ending.value,
        error=ending.error,
        request_id=request_id,
        duration_ms=ending.duration_ms,
    )
    place.runs.append(done)
    lines = list(_events(place, name, request_id, ending))
    place.write(name, iter(lines))
    return done, lines


def _events(place: Place, name: str, request_id: str, ending: Ending) -> Iterator[LogEvent]:
    first = len(place.logs.get(name, []))
    told = (ending.error or "").splitlines()
    for number, message in enumerate([*ending.lines, *told]):
        yield LogEvent(
            timestamp=place.now,
            message=message,
            request_id=request_id,
            level="ERROR" if number >= len(ending.lines) else None,
            event_id=str(first + number),
        )


def read_logs(place: Place, name: str, query: LogQuery, token: str | None) -> LogPage:
    """One page, newest first; also of a deleted function whose log was kept."""
    if name not in place.logs:
        place.get(name)
    failed = {run.request_id for run in place.runs if not run.ok}
    lines = place.logs.get(name, [])
    end = len(lines) if token is None else int(token)
    first = max(0, end - min(query.limit, _EVENTS_OF_PAGE))
    events = [
        event
        for event in reversed(lines[first:end])
        if (query.start_time is None or event.timestamp >= query.start_time)
        and (query.end_time is None or event.timestamp < query.end_time)
        and query.request_id in (None, event.request_id)
        and (not query.failed_only or event.request_id in failed)
    ]
    return LogPage(events=events, token=str(first) if first else None)


def set_enabled(place: Place, name: str, *, enabled: bool) -> int:
    """Pause or resume a function; how many schedules that concerns."""
    deployed = place.get(name)
    deployed.paused = not enabled
    return sum(key.kind == SCHEDULE for key in deployed.resources)


def measure(place: Place, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs of a span of time."""
    if name not in place.functions:
        raise FunctionNotFoundError(f"no function {name!r} in the place {place.name!r}")
    runs = [run for run in place.runs if run.function_name == name and start_time <= run.at < end_time]
    lengths = [run.duration_ms for run in runs]
    return FunctionMetrics(
        invocations=len(runs),
        errors=sum(not run.ok for run in runs),
        average_duration_ms=sum(lengths) / len(lengths) if lengths else None,
        start_time=start_time,
        end_time=end_time,
    )
