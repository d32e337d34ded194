"""What is deployed, and how it did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.kit import version_to_restore
from taskflows_cloud_core.local.deployment.state import PROVIDER, resource_id
from taskflows_cloud_core.local.scheduler.claims import timing_of
from taskflows_cloud_core.local.scheduler.due import next_due
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, logs, runs
from taskflows_cloud_core.local.store.records import Function, Timer
from taskflows_cloud_core.local.store.timestamps import now, to_number
from taskflows_cloud_core.results import (
    DeployedFunction,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    LogPage,
    LogQuery,
)

if TYPE_CHECKING:
    import sqlite3


_PERCENTS = (50, 95, 99)


def list_functions(session: Session) -> list[DeployedFunction]:
    """All functions, sorted by name."""
    with session.database.reading() as connection:
        return [
            _line(session, function, functions.timers_of(connection, function.name))
            for function in functions.all_functions(connection)
        ]


def describe(session: Session, name: str) -> FunctionDescription:
    """All about one function.

    Raises:
        FunctionNotFoundError: There is no such function.
    """
    with session.database.reading() as connection:
        function = functions.get_function(connection, name)
        timers = functions.timers_of(connection, name)
        metadata = {
            **_facts(session, function, timers),
            "next_runs": {timer.name: _next(connection, function, timer) for timer in timers},
            "last_run": _last_run(connection, name),
        }
    return FunctionDescription(
        function=_line(session, function, timers),
        config=_config(function),
        environment_names=sorted(function.environment),
        metadata=metadata,
    )


def _line(session: Session, function: Function, timers: list[Timer]) -> DeployedFunction:
    return DeployedFunction(
        name=function.name,
        resource_id=resource_id(session, function.name),
        provider=PROVIDER,
        schedules=[timer.text for timer in timers],
        tags=function.tags,
        updated_at=function.updated_at,
        runtime=function.live.code.runtime,
        memory_mb=function.settings.memory_mb,
    )


def _config(function: Function) -> CloudFunctionConfig:
    settings = function.settings
    options = {"overlap": settings.overlap, "catch_up": settings.catch_up, "keep_versions": settings.keep_versions}
    return CloudFunctionConfig(
        function_name=function.name,
        runtime=function.live.code.runtime,
        architecture=function.live.code.architecture,
        memory_mb=settings.memory_mb,
        timeout_seconds=settings.timeout_seconds,
        ephemeral_storage_mb=settings.ephemeral_storage_mb,
        description=settings.description,
        tags=function.tags,
        max_concurrency=settings.max_concurrency,
        retries=settings.retries,
        log_retention_days=settings.log_retention_days,
        include_files=function.live.code.include_files,
        provider_options={PROVIDER: options},
    )


def _facts(session: Session, function: Function, timers: list[Timer]) -> dict[str, Any]:
    code = function.live.code
    return {
        "function_name": function.name,
        "root": str(session.paths.root),
        "runtime": code.runtime,
        "package_size_mb": round(code.size / 2**20, 3),
        "package_sha256": code.sha256,
        "entry": code.entry,
        "dependencies": code.dependencies,
        "schedules": {timer.name: timer.text for timer in timers},
        "version": str(function.live.number),
        "paused": function.paused,
    }


def _next(connection: sqlite3.Connection, function: Function, timer: Timer) -> datetime | None:
    timing = timing_of(connection, timer)
    if function.paused or timing is None:
        return None
    return next_due(timing, max(timer.cursor, now()))


def _last_run(connection: sqlite3.Connection, name: str) -> str | None:
    newest = runs.newest_runs(connection, name, 1)
    return str(newest[0]) if newest else None


def read_logs(session: Session, name: str, query: LogQuery, token: str | None) -> LogPage:
    """One page of a function's log, newest first; also of a deleted function whose log was kept.

    Raises:
        FunctionNotFoundError: There is neither such a function nor a log of one.
    """
    with session.database.reading() as connection:
        if functions.find_function(connection, name) is None and not runs.count_runs(connection, name):
            raise functions.not_found(connection, name)
        return logs.read_page(connection, name, query, token)


def set_enabled(session: Session, name: str, *, enabled: bool) -> int:
    """Pause or resume a function; how many schedules that concerns.

    Raises:
        FunctionNotFoundError: There is no such function.
    """
    with session.database.reading() as connection:
        functions.get_function(connection, name)
    with session.database.writing() as connection:
        functions.set_paused(connection, name, now(), paused=not enabled)
        return len(functions.timers_of(connection, name))


def list_versions(session: Session, name: str) -> list[FunctionVersion]:
    """The versions that can be returned to, newest first.

    Raises:
        FunctionNotFoundError: There is no such function.
    """
    with session.database.reading() as connection:
        function = functions.get_function(connection, name)
        return [functions.version_for_users(version, function) for version in functions.versions_of(connection, name)]


def roll_back(session: Session, name: str, wanted: str | None) -> FunctionVersion:
    """Make an older version live; configuration and schedules stay.

    Raises:
        FunctionNotFoundError: There is no such function.
        OperationError: There is no such version.
    """
    with session.database.reading() as connection:
        functions.get_function(connection, name)
    with session.database.writing() as connection:
        function = functions.get_function(connection, name)
        kept = [functions.version_for_users(version, function) for version in functions.versions_of(connection, name)]
        version = version_to_restore(name, kept, wanted)
        functions.set_live(connection, name, int(version.version), now())
        return attrs.evolve(version, is_live=True)


def measure(session: Session, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs that began in a span of time; skipped due times are none.

    Raises:
        FunctionNotFoundError: There is no such function.
    """
    with session.database.reading() as connection:
        functions.get_function(connection, name)
        figures = runs.figures(connection, name, to_number(start_time), to_number(end_time), _PERCENTS)
    return FunctionMetrics(
        invocations=figures.runs,
        errors=figures.failed,
        average_duration_ms=figures.average_ms,
        start_time=start_time,
        end_time=end_time,
        duration_percentiles_ms={f"p{percent}": length for percent, length in figures.percentiles_ms.items()},
    )
