"""The clock of the broken providers: what their place would start, apart from what their hooks say.

``MemoryCloud`` runs what is live. A cloud may hold something else for its schedules; these providers break that.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import attrs

from broken_providers.base import MEMORY, Broken
from taskflows_cloud_core import Problem, ScheduleExpression, hookimpl
from taskflows_cloud_core.packaging.runtime.occurrence import Occurrence
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.results import LogEvent
from taskflows_cloud_core.schedules import Periodic, next_runs
from taskflows_cloud_core.testing import DeployedSchedule, FiredRun
from taskflows_cloud_core.testing.conformance.reaching_schedules import ReachingScheduleChecks
from taskflows_cloud_core.testing.conformance.scheduled_runs import ScheduledRunChecks
from taskflows_cloud_core.testing.expressions import read_expression
from taskflows_cloud_core.testing.memory.place import FUNCTION, SCHEDULE, MemoryRun, Place
from taskflows_cloud_core.testing.memory.resources import text_of
from taskflows_cloud_core.testing.memory.running import Ending, RunContext, run

_INSTANT = timedelta(microseconds=1)
RUN_CHECKS = tuple(
    name for kind in (ScheduledRunChecks, ReachingScheduleChecks) for name in vars(kind) if name.startswith("test_")
)
"""All checks that need a run at a due time."""


@attrs.define(kw_only=True)
class Held:
    """A schedule as the clock holds it."""

    text: str
    expression: str
    timezone: str
    enabled: bool
    settings: dict[str, Any]
    has_files: bool = True


class BrokenClock(Broken):
    """A provider whose hooks are those of the one in memory, and whose clock has steps to break."""

    def held(self, session: Place, name: str) -> list[Held]:
        """What the clock holds for a function."""
        deployed = session.functions.get(name)
        if deployed is None:
            return []
        settings = dict(deployed.resources[ResourceKey(FUNCTION, name)].properties)
        settings["environment"] = {key: hidden.value for key, hidden in settings["environment"].items()}
        return [
            Held(
                text=text_of(resource),
                expression=resource.properties["expression"],
                timezone=resource.properties["timezone"],
                enabled=not deployed.paused,
                settings=copy.copy(settings),
            )
            for key, resource in sorted(deployed.resources.items())
            if key.kind == SCHEDULE
        ]

    def due(self, held: Held, moment: datetime) -> int:
        """How many runs a schedule starts at a timestamp."""
        said = ScheduleExpression(expression=held.expression, timezone=held.timezone)
        reading = read_expression(said)
        if isinstance(reading, Periodic):
            return 0
        return int(next_runs(reading, 1, moment - _INSTANT)[0] == moment)

    def occurrence(self, held: Held, moment: datetime, attempt: int) -> Occurrence | None:
        """Which due time an attempt is for."""
        return Occurrence(held.text, moment.isoformat())

    def event(self, occurrence: Occurrence | None) -> Any:
        """What the function is called with."""
        return {} if occurrence is None else occurrence.event

    def repeats(self, held: Held, ending: Ending, attempt: int) -> bool:
        """Whether there is another attempt."""
        return not ending.ok and attempt <= (held.settings["retries"] or 0)

    def start(self, session: Place, name: str, held: Held, event: Any, occurrence: Occurrence | None) -> Ending:
        """Call the function."""
        context = RunContext(
            function_name=name,
            memory_mb=held.settings["memory_mb"],
            request_id="run",
            timeout_seconds=held.settings["timeout_seconds"],
            now=session.now,
            occurrence=occurrence,
        )
        return run(session.callables[held.settings["sha256"]], event, context, held.settings["environment"])

    def log(self, session: Place, name: str, lines: list[str]) -> None:
        """Keep the lines of an attempt."""
        events = [LogEvent(timestamp=session.now, message=line, request_id="run") for line in lines]
        session.write(name, iter(events))

    def count(self, session: Place, done: MemoryRun) -> None:
        """Keep an attempt for the metrics."""
        session.runs.append(done)

    def fire(self, session: Place, name: str, moment: datetime) -> Iterator[FiredRun]:
        """Start what is due."""
        session.now = moment
        for held in self.held(session, name):
            for _ in range(self.due(held, moment) if held.enabled else 0):
                yield self._run(session, name, held, moment)

    def _run(self, session: Place, name: str, held: Held, moment: datetime) -> FiredRun:
        lines: list[str] = []
        attempt = 1
        while True:
            occurrence = self.occurrence(held, moment, attempt)
            event = self.event(occurrence)
            try:
                ending = self.start(session, name, held, event, occurrence)
            except LookupError:
                ending = Ending(ok=False, error=traceback.format_exc(), lines=(), duration_ms=0.0)
            new = [*ending.lines, *(ending.error or "").splitlines()]
            lines += new
            self.log(session, name, new)
            facts = {"ok": ending.ok, "value": ending.value, "error": ending.error}
            self.count(session, MemoryRun(function_name=name, at=moment, request_id="run", **facts))
            if not self.repeats(held, ending, attempt):
                break
            attempt += 1
        return FiredRun(
            occurrence=None if occurrence is None else str(occurrence),
            attempts=attempt,
            event=event,
            value=ending.value,
            error=ending.error,
            lines=lines,
        )

    def schedules(self, session: Place, name: str) -> list[DeployedSchedule]:
        """What is in the place for the clock."""
        return [
            DeployedSchedule(
                expression=held.expression,
                timezone=held.timezone,
                enabled=held.enabled,
                code=held.settings["sha256"],
                memory_mb=held.settings["memory_mb"],
                timeout_seconds=held.settings["timeout_seconds"],
                retries=held.settings["retries"],
            )
            for held in self.held(session, name)
        ]

    def memory(self, session: Place, name: str) -> SimpleNamespace:
        """What a provider remembers of a function in a place."""
        found: SimpleNamespace = MEMORY.setdefault((session.name, name, "clock"), SimpleNamespace(held=None))
        return found


class Sound(BrokenClock):
    """Nothing is broken: no check may fail."""


class TakesNoUnderscores(BrokenClock):
    """Refuses names as most clouds do: nothing is broken either."""

    @hookimpl
    def check_function(self, config):
        if "_" in config.function_name:
            return [Problem(field="function_name", message="has an underscore")]
        return super().check_function(config)
