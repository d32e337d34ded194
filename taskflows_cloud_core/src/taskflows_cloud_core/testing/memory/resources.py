"""What is in a place, what should be, and how one thing in it is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.kit import schedule_text
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import (
    Claim,
    DeploymentRequest,
    DesiredState,
    Handler,
    Hidden,
    Observation,
    ReadScope,
    Resource,
    Step,
)
from taskflows_cloud_core.schedules import Trigger
from taskflows_cloud_core.testing.memory.place import FUNCTION, LOG, SCHEDULE, Place

_SETTINGS = (
    "memory_mb",
    "timeout_seconds",
    "ephemeral_storage_mb",
    "description",
    "max_concurrency",
    "retries",
    "log_retention_days",
)


def observe(place: Place, name: str, scope: ReadScope) -> Observation:
    """The function and its schedules; its log too when it is about to be deleted."""
    resources = place.resources_of(name)
    exists = any(resource.kind == FUNCTION for resource in resources)
    if scope.removing:
        lines, runs = place.logs.get(name, []), [run for run in place.runs if run.function_name == name]
        if lines or runs:
            amount = f"{len(lines)} lines of {len(runs)} runs"
            resources.append(Resource(kind=LOG, name=name, properties={"amount": amount}))
    not_ours = [key for key in place.others if key.name.partition("/")[0] == name]
    return Observation(exists=exists, resources=resources, not_ours=not_ours)


def desired(place: Place, request: DeploymentRequest, observation: Observation) -> DesiredState:
    """What a request wants."""
    found = observation.only(FUNCTION)
    properties: dict[str, Any] = dict(found.properties) if found is not None and request.keeps_something else {}
    properties |= {} if request.config is None else _of_config(request.config)
    properties |= {} if request.package is None else _of_package(request.package)
    if request.triggers is None:
        schedules = observation.of_kind(SCHEDULE)
    else:
        schedules = [_schedule(request.name, trigger) for trigger in request.triggers]
    return DesiredState(
        resources=[Resource(kind=FUNCTION, name=request.name, properties=properties), *schedules],
        resource_id=resource_id(place, request.name),
        metadata={
            "function_name": request.name,
            "runtime": properties["runtime"],
            "package_sha256": properties["sha256"],
            "schedules": {resource.name: text_of(resource) for resource in schedules},
        },
    )


def _of_config(config: CloudFunctionConfig) -> dict[str, Any]:
    return {
        **{name: getattr(config, name) for name in _SETTINGS},
        "architecture": config.architecture,
        "tags": dict(config.tags),
        "environment": {name: Hidden(value) for name, value in config.environment_variables.items()},
    }


def _of_package(package: Package) -> dict[str, Any]:
    return {
        "runtime": f"python{package.python_version}",
        "sha256": package.sha256,
        "entry": package.entry,
        "include_files": list(package.include_files),
    }


def _schedule(name: str, trigger: Trigger) -> Resource:
    expression = trigger.expression
    return Resource(
        kind=SCHEDULE,
        name=f"{name}/{trigger.name}",
        properties={"expression": expression.expression, "timezone": expression.timezone},
        depends_on=[(FUNCTION, name)],
    )


def text_of(schedule: Resource) -> str:
    """A schedule as people read it."""
    return schedule_text(schedule.properties["expression"], schedule.properties["timezone"])


def handlers(place: Place) -> Mapping[str, Handler]:
    """How functions, schedules and logs are changed."""

    def put(step: Step) -> None:
        place.put(step.function_name, step.resource)

    def delete(step: Step) -> None:
        place.delete(step.function_name, step.resource)

    handler = Handler(create=put, update=put, delete=delete)
    return {FUNCTION: handler, SCHEDULE: handler, LOG: attrs.evolve(handler, holds_logs=True)}


@attrs.frozen
class PlaceClaims:
    """The claims of a place."""

    place: Place

    def read(self, function_name: str) -> Claim | None:
        """The claim on a function."""
        return self.place.claims.get(function_name)

    def write(self, function_name: str, claim: Claim, *, replacing: Claim | None) -> bool:
        """Put a claim where another one, or none, was."""
        with self.place.changing:
            if self.place.claims.get(function_name) != replacing:
                return False
            self.place.claims[function_name] = claim
            return True

    def clear(self, function_name: str, claim: Claim) -> None:
        """Remove a claim that is still the same."""
        with self.place.changing:
            if self.place.claims.get(function_name) == claim:
                del self.place.claims[function_name]


def resource_id(place: Place, name: str) -> str:
    """What identifies a function."""
    return f"memory/{place.name}/{name}"
