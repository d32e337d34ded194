"""What there is of a function under a root, and what there should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.kit import schedule_text
from taskflows_cloud_core.local.deployment import resources
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, logs, runs
from taskflows_cloud_core.local.store.records import Code, Function
from taskflows_cloud_core.local.system import packages
from taskflows_cloud_core.local.system.interpreters import machine_architecture
from taskflows_cloud_core.local.system.paths import is_name
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Observation, ReadScope, Resource

if TYPE_CHECKING:
    import sqlite3

PROVIDER = "local"


def observe(session: Session, name: str, scope: ReadScope) -> Observation:
    """Read rows and folders; for a deletion also the log, and what a function that is gone left behind."""
    if not is_name(name):
        return Observation(exists=False)
    with session.database.reading() as connection:
        function = functions.find_function(connection, name)
        schedules = resources.observed_schedules(functions.timers_of(connection, name))
        log = _log(connection, name) if scope.removing else None
    found = [*_packages(session, name, scope), *schedules, *([log] if log is not None else [])]
    if function is not None:
        live = resources.observed_function(function)
        # Runs of older versions end with the function, before any code goes.
        code = [one.key for one in found if one.kind == resources.PACKAGE]
        found.append(attrs.evolve(live, depends_on=[*live.depends_on, *code]))
    return Observation(exists=function is not None, resources=found)


def _packages(session: Session, name: str, scope: ReadScope) -> list[Resource]:
    """All of them for a deletion; else the wanted one, since older ones are history and no part of a plan."""
    if scope.removing:
        unpacked = [resources.package_resource(name, sha256) for sha256 in packages.unpacked(name, session.paths)]
        if not packages.has_leftovers(name, session.paths):
            return unpacked
        folder = Resource(kind=resources.FOLDER, name=name)
        return [folder, *(attrs.evolve(package, depends_on=[folder.key]) for package in unpacked)]
    package = scope.request.package if scope.request is not None else None
    if package is None or not session.paths.package(name, package.sha256).exists():
        return []
    return [resources.package_resource(name, package.sha256)]


def _log(connection: sqlite3.Connection, name: str) -> Resource | None:
    count = runs.count_runs(connection, name)
    if count == 0:
        return None
    return resources.log_resource(name, runs=count, lines=logs.count_lines(connection, name))


def desired(session: Session, request: DeploymentRequest, observation: Observation) -> DesiredState:
    """The package, the function and its schedules."""
    found = observation.only(resources.FUNCTION)
    wanted = _function(request, found)
    schedules = observation.of_kind(resources.SCHEDULE)
    if request.triggers is not None:
        schedules = resources.schedule_resources(request.name, request.triggers)
    package = [] if request.package is None else [resources.package_resource(request.name, request.package.sha256)]
    return DesiredState(
        resources=[*package, wanted, *schedules],
        resource_id=resource_id(session, request.name),
        metadata=_metadata(session, wanted, schedules),
    )


def resource_id(session: Session, name: str) -> str:
    """What identifies a function: its folder."""
    return str(session.paths.function(name))


def _function(request: DeploymentRequest, found: Resource | None) -> Resource:
    kept = resources.read_function(found) if found is not None else None
    if request.config is not None:
        settings = resources.settings_of(request.config)
        environment, tags = request.config.environment_variables, request.config.tags
    else:
        settings, environment, tags, _ = _surely(kept)
    if request.package is not None:
        architecture = machine_architecture() if request.config is not None else _surely(kept)[3].architecture
        code = resources.code_of(request.package, architecture=architecture)
    else:
        code = _surely(kept)[3]
    return resources.function_resource(request.name, settings=settings, environment=environment, tags=tags, code=code)


def _surely(kept: resources.FunctionParts | None) -> resources.FunctionParts:
    if kept is None:
        raise AssertionError("a function that is not there was refused before")
    return kept


def _metadata(session: Session, function: Resource, schedules: Sequence[Resource]) -> dict[str, Any]:
    code: Code = resources.read_function(function)[3]
    return {
        "function_name": function.name,
        "root": str(session.paths.root),
        "runtime": code.runtime,
        "package_size_mb": round(code.size / 2**20, 3),
        "package_sha256": code.sha256,
        "schedules": {
            one.name: schedule_text(one.properties["expression"], one.properties["timezone"]) for one in schedules
        },
    }


def live_version(session: Session, name: str) -> dict[str, str]:
    """The number of the version that is live, for the metadata of a result."""
    with session.database.reading() as connection:
        function: Function | None = functions.find_function(connection, name)
    return {} if function is None else {"version": str(function.live.number)}
