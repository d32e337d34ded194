"""The embedded provider's hooks. Each finds its work elsewhere, so that loading the provider costs nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Handler, Observation, Plan, ReadScope
from taskflows_cloud_core.results import (
    CloudDeploymentResult,
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogPage,
    LogQuery,
)
from taskflows_cloud_core.schedules import CalendarSpec, Periodic, Schedule, ScheduleExpression, Translation

if TYPE_CHECKING:
    from taskflows_cloud_core.kit import FileClaims
    from taskflows_cloud_core.local.options import LocalOptions
    from taskflows_cloud_core.local.session import Session


@hookimpl
def provider_info() -> ProviderInfo:
    """The embedded provider."""
    from taskflows_cloud_core.local.options import LocalOptions
    from taskflows_cloud_core.local.system.paths import NAME_CHARACTERS

    return ProviderInfo(
        name="local",
        title="This machine",
        options_class=LocalOptions,
        hook_api_version=1,
        capabilities=[
            "catch_up",
            "diagnose",
            "failed_logs",
            "invoke",
            "keep_logs",
            "logs",
            "metrics",
            "overlap",
            "pause",
            "rollback",
            "seconds",
            "timezones",
        ],
        limits={"function_name_characters": NAME_CHARACTERS, "least_memory_mb": 32, "result_bytes": 6 * 2**20},
        defaults={"memory_mb": 256, "timeout_seconds": 60, "ephemeral_storage_mb": 512},
        # Runs share the disk of the machine.
        unsupported={"ephemeral_storage_mb": "warn"},
    )


@hookimpl
def connect(options: LocalOptions) -> Session:
    """A session over the root; nothing is made yet."""
    from taskflows_cloud_core.local.session import Session

    return Session.at(options.folder)


@hookimpl
def check_function(config: CloudFunctionConfig) -> Sequence[Problem]:
    """Name, runtime, architecture, memory and this provider's options."""
    from taskflows_cloud_core.local.deployment.checks import find_problems

    return find_problems(config)


@hookimpl
def translate_schedule(schedule: Schedule) -> Translation:
    """The schedule in its canonical spelling."""
    from taskflows_cloud_core.local.deployment.translate import translate

    return translate(schedule)


@hookimpl
def read_expression(expression: ScheduleExpression) -> CalendarSpec | Periodic:
    """The way back from the canonical spelling."""
    from taskflows_cloud_core.local.deployment.translate import read_expression

    return read_expression(expression)


@hookimpl
def observe(session: Session, name: str, scope: ReadScope) -> Observation:
    """Read the state of the root."""
    from taskflows_cloud_core.local.deployment.state import observe

    return observe(session, name, scope)


@hookimpl
def desired_resources(session: Session, request: DeploymentRequest, observation: Observation) -> DesiredState:
    """The package, the function and its schedules."""
    from taskflows_cloud_core.local.deployment.state import desired

    return desired(session, request, observation)


@hookimpl
def resource_handlers(session: Session) -> Mapping[str, Handler]:
    """How rows and folders are changed."""
    from taskflows_cloud_core.local.deployment.handlers import handlers

    return handlers(session)


@hookimpl
def claim_store(session: Session) -> FileClaims:
    """Files beside the state."""
    from taskflows_cloud_core.kit import FileClaims

    return FileClaims(session.paths.claims)


@hookimpl(wrapper=True)
def deploy_function(session: Session, plan: Plan) -> Generator[None, CloudDeploymentResult, CloudDeploymentResult]:
    """Name the version that is live now."""
    from taskflows_cloud_core.local.deployment.state import live_version

    result = yield
    return attrs.evolve(result, metadata={**result.metadata, **live_version(session, plan.function_name)})


@hookimpl
def list_functions(session: Session) -> Sequence[DeployedFunction]:
    """Every function of the root."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.list_functions(session)


@hookimpl
def describe_function(session: Session, name: str) -> FunctionDescription:
    """One function, with its next due times and its last run."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.describe(session, name)


@hookimpl
def invoke_function(
    session: Session,
    name: str,
    payload: Any,
    wait: bool,  # noqa: FBT001 - passed by name
) -> InvocationResult:
    """Run it here and wait, or leave it to the scheduler, which has to be running then."""
    from taskflows_cloud_core.local.runs.invoke import invoke

    return invoke(session, name, payload, wait=wait)


@hookimpl
def get_logs(session: Session, name: str, query: LogQuery, token: str | None) -> LogPage:
    """A page of what its runs wrote."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.read_logs(session, name, query, token)


@hookimpl
def set_schedules_enabled(session: Session, name: str, enabled: bool) -> int:  # noqa: FBT001 - passed by name
    """Pause or resume the function; what was due in a pause is not made up for."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.set_enabled(session, name, enabled=enabled)


@hookimpl
def list_versions(session: Session, name: str) -> Sequence[FunctionVersion]:
    """The versions whose code is still there."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.list_versions(session, name)


@hookimpl
def rollback_function(session: Session, name: str, version: str | None) -> FunctionVersion:
    """Make another version live; configuration and schedules stay."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.roll_back(session, name, version)


@hookimpl
def get_metrics(session: Session, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count runs."""
    from taskflows_cloud_core.local.deployment import operations

    return operations.measure(session, name, start_time, end_time)


@hookimpl
def diagnose(session: Session) -> Sequence[Finding]:
    """Look at the folder, the state, the scheduler and the interpreters."""
    from taskflows_cloud_core.local.deployment import diagnose as diagnosing

    return diagnosing.diagnose(session)
