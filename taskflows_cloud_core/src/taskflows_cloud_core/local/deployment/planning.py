"""What is wanted against what is there. Reads, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.local.deployment import resources
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, logs, runs
from taskflows_cloud_core.local.store.records import Function
from taskflows_cloud_core.local.system import packages
from taskflows_cloud_core.local.system.interpreters import machine_architecture
from taskflows_cloud_core.local.system.paths import is_name
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import Action, Plan, Resource, diff, field_changes
from taskflows_cloud_core.schedules import Trigger

if TYPE_CHECKING:
    import sqlite3

PROVIDER = "local"
# What the names of the resources and the expressions of the schedules say, or what is nearly always the same.
_SAID_OTHERWISE = frozenset(
    {
        "code.architecture",
        "code.handler",
        "code.sha256",
        "code.size",
        "ephemeral_storage_mb",
        "keep_versions",
        "period",
        "relative_to",
        "sha256",
        "start_on",
    }
)


@attrs.frozen(kw_only=True)
class DeploymentPlan(Plan):
    """A plan that also says which schedules there are to be in the end.

    Args:
        schedules: The names of all of them, so that one which another process made after the plan does not
            stay; ``None`` when schedules stay as they are.
    """

    schedules: frozenset[str] | None = None


def plan_deployment(
    session: Session,
    name: str,
    config: CloudFunctionConfig | None,
    package: Package | None,
    triggers: Sequence[Trigger] | None,
) -> Plan:
    """Plan a deployment; ``None`` for a part leaves it as it is.

    Raises:
        FunctionNotFoundError: A part is to stay, and there is no such function.
    """
    with session.database.reading() as connection:
        function = functions.find_function(connection, name)
        if function is None and (config is None or package is None):
            raise functions.not_found(connection, name)
        timers = functions.timers_of(connection, name)
    wanted = _wanted_function(name, config, package, function)
    observed = [] if function is None else [resources.observed_function(function)]
    schedules = resources.observed_schedules(timers)
    desired_schedules = schedules if triggers is None else resources.schedule_resources(name, triggers)
    desired_packages, observed_packages = _packages(session, name, package)
    desired = [*desired_packages, wanted, *desired_schedules]
    difference = diff(desired, [*observed_packages, *observed, *schedules])
    return DeploymentPlan(
        function_name=name,
        provider=PROVIDER,
        actions=[_explained(action) for action in difference.actions],
        unchanged=difference.unchanged,
        package=package,
        resource_id=resource_id(session, name),
        metadata=_metadata(session, wanted, desired_schedules),
        schedules=None if triggers is None else frozenset(resource.name for resource in desired_schedules),
        warnings=[] if config is None else _warnings(config),
        desired=desired,
    )


def _warnings(config: CloudFunctionConfig) -> list[str]:
    if config.ephemeral_storage_mb == attrs.fields(CloudFunctionConfig).ephemeral_storage_mb.default:
        return []
    return [f"ephemeral_storage_mb={config.ephemeral_storage_mb} is no limit here: runs share the disk of the machine"]


def _explained(action: Action) -> Action:
    """Let a creation show what it creates, as a change shows what it changes."""
    if action.verb != "create":
        return action
    nothing: dict[str, dict[str, object]] = {
        name: {} for name, value in action.resource.properties.items() if isinstance(value, Mapping)
    }
    shown = [
        change
        for change in field_changes(nothing, action.resource.properties)
        if change.field not in _SAID_OTHERWISE and _is_said(change.after)
    ]
    return attrs.evolve(action, changes=shown)


def _is_said(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", (), [])


def resource_id(session: Session, name: str) -> str:
    """What identifies a function: its folder."""
    return str(session.paths.function(name))


def _wanted_function(
    name: str, config: CloudFunctionConfig | None, package: Package | None, there: Function | None
) -> Resource:
    if config is not None:
        settings = resources.settings_of(config)
        environment, tags = config.environment_variables, config.tags
    else:
        found = _surely(there)
        settings, environment, tags = found.settings, found.environment, found.tags
    if package is not None:
        architecture = machine_architecture() if config is not None else _surely(there).live.code.architecture
        code = resources.code_of(package, architecture=architecture)
    else:
        code = _surely(there).live.code
    return resources.function_resource(name, settings=settings, environment=environment, tags=tags, code=code)


def _surely(function: Function | None) -> Function:
    if function is None:
        raise AssertionError("a function that is not there was refused before")
    return function


def _packages(session: Session, name: str, package: Package | None) -> tuple[list[Resource], list[Resource]]:
    """The package that is wanted, twice when it is there already; older ones are history and no part of it."""
    if package is None:
        return [], []
    wanted = [resources.package_resource(name, package.sha256)]
    return wanted, wanted if session.paths.package(name, package.sha256).exists() else []


def _metadata(session: Session, function: Resource, schedules: Sequence[Resource]) -> dict[str, Any]:
    code = function.properties["code"]
    return {
        "function_name": function.name,
        "root": str(session.paths.root),
        "runtime": code["runtime"],
        "package_size_mb": round(code["size"] / 2**20, 3),
        "package_sha256": code["sha256"],
        "schedules": {resource.name: _text(resource) for resource in schedules},
    }


def _text(schedule: Resource) -> str:
    expression, timezone = schedule.properties["expression"], schedule.properties["timezone"]
    return str(expression) if timezone == "UTC" else f"{expression} {timezone}"


def plan_removal(session: Session, name: str, *, keep_logs: bool) -> Plan:
    """Find everything of a function, also what a deleted one left."""
    if not is_name(name):
        return Plan(function_name=name, provider=PROVIDER)
    with session.database.reading() as connection:
        function = functions.find_function(connection, name)
        timers = functions.timers_of(connection, name)
        log = _log(connection, name)
    observed = [resources.package_resource(name, sha256) for sha256 in packages.unpacked(name, session.paths)]
    if function is not None:
        live = resources.observed_function(function)
        # Runs of older versions end with the function, before any code goes.
        observed.append(attrs.evolve(live, depends_on=[*live.depends_on, *(package.key for package in observed)]))
    observed += resources.observed_schedules(timers)
    keeps = []
    if log is not None and keep_logs:
        keeps = [f"log {name}, because keep_logs was asked for: {_amount(log)}; delete again without it to remove them"]
    elif log is not None:
        observed.append(log)
    return Plan(
        function_name=name,
        provider=PROVIDER,
        actions=diff([], observed).actions,
        resource_id=resource_id(session, name),
        keeps=keeps,
    )


def _log(connection: sqlite3.Connection, name: str) -> Resource | None:
    count = runs.count_runs(connection, name)
    if count == 0:
        return None
    return resources.log_resource(name, runs=count, lines=logs.count_lines(connection, name))


def _amount(log: Resource) -> str:
    return f"{log.properties['runs']} runs with {log.properties['lines']} lines"
