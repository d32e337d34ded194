"""What is wanted in a place against what is there. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import Hidden, Plan, Resource, ResourceKey, diff
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


@attrs.frozen(kw_only=True)
class MemoryPlan(Plan):
    """A plan that also knows where it leads to, so that it still does after somebody else deployed.

    Args:
        desired: Every resource of the function as it should be in the end.
    """

    desired: tuple[Resource, ...] = attrs.field(default=(), converter=to_tuple, repr=False)


def plan_deployment(
    place: Place,
    provider: str,
    name: str,
    config: CloudFunctionConfig | None,
    package: Package | None,
    triggers: Sequence[Trigger] | None,
) -> MemoryPlan:
    """Plan a deployment; ``None`` for a part leaves it as it is.

    Raises:
        FunctionNotFoundError: A part is to stay, and there is no such function.
    """
    observed = place.resources_of(name)
    properties: dict[str, Any] = {}
    if config is None or package is None:
        properties |= place.get(name).resources[ResourceKey(FUNCTION, name)].properties
    properties |= {} if config is None else _of_config(config)
    properties |= {} if package is None else _of_package(package)
    if triggers is None:
        schedules = [resource for resource in observed if resource.kind == SCHEDULE]
    else:
        schedules = [_schedule(name, trigger) for trigger in triggers]
    desired = [Resource(kind=FUNCTION, name=name, properties=properties), *schedules]
    difference = diff(desired, observed)
    return MemoryPlan(
        function_name=name,
        provider=provider,
        actions=difference.actions,
        unchanged=difference.unchanged,
        package=package,
        resource_id=resource_id(place, name),
        metadata={
            "function_name": name,
            "runtime": properties["runtime"],
            "package_sha256": properties["sha256"],
            "schedules": {resource.name: schedule_text(resource) for resource in schedules},
        },
        desired=desired,
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
    said = trigger.expression
    return Resource(
        kind=SCHEDULE,
        name=f"{name}/{trigger.name}",
        properties={"expression": said.expression, "timezone": said.timezone},
        depends_on=[(FUNCTION, name)],
    )


def schedule_text(schedule: Resource) -> str:
    """A schedule as people read it: the zone stands behind it when it is not UTC."""
    expression, timezone = schedule.properties["expression"], schedule.properties["timezone"]
    return str(expression) if timezone == "UTC" else f"{expression} {timezone}"


def plan_removal(place: Place, provider: str, name: str, *, keep_logs: bool) -> Plan:
    """Find everything of a function, also the log that a deleted one left."""
    observed = place.resources_of(name)
    keeps = []
    lines, runs = place.logs.get(name, []), [run for run in place.runs if run.function_name == name]
    if keep_logs and (lines or runs):
        keeps = [f"log {name}, because keep_logs was asked for: {len(lines)} lines of {len(runs)} runs"]
    elif lines or runs:
        observed.append(Resource(kind=LOG, name=name, properties={"lines": len(lines), "runs": len(runs)}))
    return Plan(
        function_name=name,
        provider=provider,
        actions=diff([], observed).actions,
        resource_id=resource_id(place, name),
        keeps=keeps,
    )


def resource_id(place: Place, name: str) -> str:
    """What identifies a function."""
    return f"memory/{place.name}/{name}"
