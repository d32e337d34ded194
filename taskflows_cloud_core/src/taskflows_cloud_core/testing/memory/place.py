"""What a place in memory holds. Only the methods here change it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import attrs

from taskflows_cloud_core.errors import FunctionNotFoundError, OperationError
from taskflows_cloud_core.kit import version_to_restore
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import Claim, Plan, Resource, ResourceKey
from taskflows_cloud_core.results import FunctionVersion, LogEvent

FUNCTION, SCHEDULE, LOG = "function", "schedule", "log"


@attrs.frozen(kw_only=True)
class MemoryRun:
    """One run of a function.

    Args:
        function_name: The function.
        at: When it began, by the clock of the place.
        event: What it was called with.
        schedule: The expression that was due; ``None`` when somebody asked for the run.
        ok: Whether it returned.
        value: What it returned, as JSON gives it back.
        error: Type, message and traceback of its exception; ``None`` when it returned.
        request_id: Identifies the run in the logs.
        duration_ms: How long it really took, in milliseconds.
    """

    function_name: str
    at: datetime
    event: Any = attrs.field(default=None, repr=False)
    schedule: str | None = None
    ok: bool
    value: Any = None
    error: str | None = None
    request_id: str
    duration_ms: float = attrs.field(default=0.0, repr=False)


@attrs.frozen(kw_only=True)
class MemoryDeployment:
    """One call of ``deploy_function``, also one that found nothing to do.

    Args:
        function_name: The function.
        at: When, by the clock of the place.
        plan: What was to be done.
        success: Whether it was done.
    """

    function_name: str
    at: datetime
    plan: Plan = attrs.field(repr=False)
    success: bool


@attrs.define
class Deployed:
    """One function with all that was made for it."""

    resources: dict[ResourceKey, Resource] = attrs.field(factory=dict)
    since: dict[str, datetime] = attrs.field(factory=dict)
    versions: list[FunctionVersion] = attrs.field(factory=list)
    paused: bool = False
    updated_at: datetime | None = None


@attrs.define(eq=False)
class Place:
    """A cloud for a test: it lives as long as the process, and its clock stands still until it is moved.

    ``others`` is what another owner has here, by the key of a resource that would take its place.
    """

    name: str
    now: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    functions: dict[str, Deployed] = attrs.field(factory=dict)
    callables: dict[str, Callable[..., Any]] = attrs.field(factory=dict)
    runs: list[MemoryRun] = attrs.field(factory=list)
    logs: dict[str, list[LogEvent]] = attrs.field(factory=dict)
    deployments: list[MemoryDeployment] = attrs.field(factory=list)
    others: dict[ResourceKey, str] = attrs.field(factory=dict)
    claims: dict[str, Claim] = attrs.field(factory=dict)
    changing: threading.RLock = attrs.field(factory=threading.RLock)

    def get(self, name: str) -> Deployed:
        """A deployed function.

        Raises:
            FunctionNotFoundError: There is none of that name.
        """
        found = self.functions.get(name)
        if found is None or ResourceKey(FUNCTION, name) not in found.resources:
            there = ", ".join(sorted(self.functions)) or "none"
            raise FunctionNotFoundError(f"no function {name!r} in the place {self.name!r}; there are: {there}")
        return found

    def resources_of(self, name: str) -> list[Resource]:
        """All that was made for a function, apart from its log."""
        found = self.functions.get(name)
        return [] if found is None else list(found.resources.values())

    def remember(self, package: Package, function: Callable[..., Any]) -> None:
        """Keep the callable that a package was made of, so that it can be run in this process."""
        self.callables[package.sha256] = function

    def put(self, function_name: str, resource: Resource) -> None:
        """Make a resource, or change it.

        Raises:
            OperationError: The function that a schedule is for is gone.
        """
        with self.changing:
            self._put(function_name, resource)

    def delete(self, function_name: str, resource: Resource) -> None:
        """Remove a resource; one that is gone already is fine."""
        with self.changing:
            self._delete(function_name, resource)

    def _put(self, function_name: str, resource: Resource) -> None:
        self.others.pop(resource.key, None)
        if resource.kind == FUNCTION:
            deployed = self.functions.setdefault(function_name, Deployed())
            self._make_live(deployed, resource.properties["sha256"])
        elif function_name not in self.functions:
            raise OperationError(f"the function {function_name!r} was deleted meanwhile; deploy it again")
        else:
            deployed = self.functions[function_name]
            deployed.since.setdefault(resource.name, self.now)
        deployed.resources[resource.key] = resource
        deployed.updated_at = self.now

    def _make_live(self, deployed: Deployed, sha256: str) -> None:
        if any(version.is_live and version.package_sha256 == sha256 for version in deployed.versions):
            return
        retired = [attrs.evolve(version, is_live=False) for version in deployed.versions]
        number = str(len(retired) + 1)
        live = FunctionVersion(version=number, created_at=self.now, package_sha256=sha256, is_live=True)
        deployed.versions = [*retired, live]

    def roll_back(self, name: str, wanted: str | None) -> FunctionVersion:
        """Make an older version live.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: There is no such version.
        """
        with self.changing:
            deployed = self.get(name)
            chosen = version_to_restore(name, deployed.versions[::-1], wanted)
            deployed.versions = [
                attrs.evolve(version, is_live=version.version == chosen.version) for version in deployed.versions
            ]
            key = ResourceKey(FUNCTION, name)
            properties = {**deployed.resources[key].properties, "sha256": chosen.package_sha256}
            deployed.resources[key] = attrs.evolve(deployed.resources[key], properties=properties)
            return attrs.evolve(chosen, is_live=True)

    def _delete(self, function_name: str, resource: Resource) -> None:
        self.others.pop(resource.key, None)
        if resource.kind == LOG:
            self.logs.pop(function_name, None)
            self.runs = [run for run in self.runs if run.function_name != function_name]
            return
        deployed = self.functions.get(function_name)
        if deployed is None:
            return
        deployed.resources.pop(resource.key, None)
        deployed.since.pop(resource.name, None)
        if not deployed.resources:
            del self.functions[function_name]

    def write(self, name: str, events: Iterator[LogEvent]) -> None:
        """Append lines to a function's log."""
        with self.changing:
            self.logs.setdefault(name, []).extend(events)


_PLACES: dict[str, Place] = {}
_OPENING = threading.Lock()


def open_place(name: str) -> Place:
    """The place of that name, made when it is first asked for."""
    with _OPENING:
        return _PLACES.setdefault(name, Place(name))


def forget_place(name: str) -> None:
    """Let a place go with all that is in it."""
    with _OPENING:
        _PLACES.pop(name, None)
