"""The hooks of the provider ``"aws"``. Thin: what they do stands in the modules that they import when called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import (
    CloudDeploymentResult,
    CloudFunctionConfig,
    CostEstimate,
    DeletionResult,
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogPage,
    LogQuery,
    Package,
    Periodic,
    Plan,
    Problem,
    ProviderInfo,
    ScheduleExpression,
    Translation,
    Trigger,
    hookimpl,
)

if TYPE_CHECKING:
    from datetime import datetime

    from taskflows_cloud_aws.session.session import AwsSession
    from taskflows_cloud_core.progress import Progress
    from taskflows_cloud_core.schedules import CalendarSpec, Schedule

_T = TypeVar("_T")


def _on(session: AwsSession, name: str, call: Callable[[], _T]) -> _T:
    """Do something with a function on AWS, and raise only errors of ours."""
    from taskflows_cloud_aws.resources.function_access import require_plain_name
    from taskflows_cloud_aws.session.errors import guard

    require_plain_name(name)
    return guard(f"function {name}", call, session.secrets)


@hookimpl
def provider_info() -> ProviderInfo:
    """Name, options and limits."""
    return ProviderInfo(
        name="aws",
        title="AWS Lambda",
        options_class=AwsOptions,
        hook_api_version=1,
        capabilities={
            "cost",
            "diagnose",
            "export",
            "failed_logs",
            "invoke",
            "keep_logs",
            "logs",
            "metrics",
            "pause",
            "permissions",
            "rollback",
            "shared",
            "timezones",
        },
        limits={
            "memory_mb": limits.MEMORY_MB[-1],
            "timeout_seconds": limits.TIMEOUT_SECONDS[-1],
            "ephemeral_storage_mb": limits.EPHEMERAL_STORAGE_MB[-1],
            "environment_bytes": limits.ENVIRONMENT_BYTES,
            "function_name_characters": limits.FUNCTION_NAME_CHARACTERS,
        },
    )


@hookimpl
def connect(options: AwsOptions) -> AwsSession:
    """Make a session; the network is first touched by the first call."""
    from taskflows_cloud_aws.session.session import AwsSession

    return AwsSession(options)


@hookimpl
def check_function(config: CloudFunctionConfig) -> Sequence[Problem]:
    """Find everything that Lambda would refuse."""
    from taskflows_cloud_aws.settings.config_checks import check_config

    return check_config(config)


@hookimpl
def package_function(
    session: AwsSession,
    function: Callable[..., Any],
    config: CloudFunctionConfig,
    dependencies: Sequence[str] | None,
    progress: Progress,
) -> Package:
    """Package for Lambda's machine."""
    from taskflows_cloud_aws.packaging.package import package_for_lambda

    return package_for_lambda(function, config, dependencies, session.options, progress)


@hookimpl
def translate_schedule(session: AwsSession, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
    """Say a schedule as EventBridge rules, or as EventBridge Scheduler schedules in other zones than UTC."""
    from taskflows_cloud_aws.schedules.translate import by_scheduler, translate

    translation = translate(schedule, allow_approximate=config is not None and config.allow_approximate)
    return by_scheduler(translation) if session.options.schedule_service == "scheduler" else translation


@hookimpl
def read_expression(expression: ScheduleExpression) -> CalendarSpec | Periodic:
    """Read an expression of EventBridge."""
    from taskflows_cloud_aws.schedules import read

    return read.read_expression(expression)


@hookimpl
def plan_deployment(
    session: AwsSession,
    name: str,
    config: CloudFunctionConfig | None,
    package: Package | None,
    triggers: Sequence[Trigger] | None,
) -> Plan:
    """Compare what is wanted with what AWS has."""
    from taskflows_cloud_aws.deployment import plan as planning

    session.secrets.update(config.environment_variables.values() if config is not None else ())
    return _on(session, name, lambda: planning.plan_deployment(session, name, config, package, triggers))


@hookimpl
def deploy_function(session: AwsSession, plan: Plan, progress: Progress) -> CloudDeploymentResult:
    """Carry out a plan."""
    from taskflows_cloud_aws.deployment import apply

    return apply.deploy(session, plan, progress)


@hookimpl
def plan_removal(session: AwsSession, name: str, keep_logs: bool) -> Plan:  # noqa: FBT001 - the hook's signature
    """Find all that was made for a function."""
    from taskflows_cloud_aws.deployment import plan as planning
    from taskflows_cloud_aws.resources.function_access import require_unqualified
    from taskflows_cloud_aws.session.errors import guard

    require_unqualified(name)
    return guard(f"function {name}", lambda: planning.plan_removal(session, name, keep_logs=keep_logs), session.secrets)


@hookimpl
def delete_function(session: AwsSession, plan: Plan, progress: Progress) -> DeletionResult:
    """Carry out a plan of removal, or of what no function uses."""
    from taskflows_cloud_aws.deployment import apply

    return apply.delete(session, plan, progress)


@hookimpl
def plan_unused(session: AwsSession) -> Plan:
    """Find layers and shared roles that no function uses."""
    from taskflows_cloud_aws.deployment import garbage_collection
    from taskflows_cloud_aws.session.errors import guard

    return guard(garbage_collection.SUBJECT, lambda: garbage_collection.plan_unused(session), session.secrets)


@hookimpl
def list_functions(session: AwsSession) -> Sequence[DeployedFunction]:
    """List our functions."""
    from taskflows_cloud_aws.operations import describe
    from taskflows_cloud_aws.session.errors import guard

    return guard("all functions", lambda: describe.list_functions(session), session.secrets)


@hookimpl
def describe_function(session: AwsSession, name: str) -> FunctionDescription:
    """Tell all about one function."""
    from taskflows_cloud_aws.operations import describe

    return _on(session, name, lambda: describe.describe(session, name))


@hookimpl
def invoke_function(
    session: AwsSession,
    name: str,
    payload: Any,
    wait: bool,  # noqa: FBT001 - the hook's signature
) -> InvocationResult:
    """Run a function now."""
    from taskflows_cloud_aws.operations import invoke

    return _on(session, name, lambda: invoke.invoke(session, name, payload, wait=wait))


@hookimpl
def get_logs(session: AwsSession, name: str, query: LogQuery, token: str | None) -> LogPage:
    """Read one page of a function's log, newest first."""
    from taskflows_cloud_aws.operations import logs

    return _on(session, name, lambda: logs.get_logs(session, name, query, token))


@hookimpl
def get_metrics(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs of a function."""
    from taskflows_cloud_aws.operations import metrics

    return _on(session, name, lambda: metrics.get_metrics(session, name, start_time, end_time))


@hookimpl
def estimate_cost(session: AwsSession, plan: Plan, runs_per_month: float) -> CostEstimate:
    """Estimate what a plan costs at list prices."""
    from taskflows_cloud_aws.operations import estimate_cost as estimating
    from taskflows_cloud_aws.session.errors import guard

    return guard(
        f"function {plan.function_name}",
        lambda: estimating.estimate_cost(session, plan, runs_per_month),
        session.secrets,
    )


@hookimpl
def export_plan(
    session: AwsSession,
    plan: Plan,
    format: str,  # noqa: A002 - the hook's signature
) -> Mapping[str, str]:
    """Write a plan's resources for CloudFormation or Terraform."""
    from taskflows_cloud_aws import exporting
    from taskflows_cloud_aws.session.errors import guard

    return guard(
        f"function {plan.function_name}", lambda: exporting.export_plan(session, plan, format), session.secrets
    )


@hookimpl
def list_versions(session: AwsSession, name: str) -> Sequence[FunctionVersion]:
    """List the versions of a function, newest first."""
    from taskflows_cloud_aws.operations import versions

    return _on(session, name, lambda: versions.list_versions(session, name))


@hookimpl
def rollback_function(session: AwsSession, name: str, version: str | None) -> FunctionVersion:
    """Put an older version live."""
    from taskflows_cloud_aws.operations import versions

    return _on(session, name, lambda: versions.rollback(session, name, version))


@hookimpl
def set_schedules_enabled(
    session: AwsSession,
    name: str,
    enabled: bool,  # noqa: FBT001 - the hook's signature
) -> int:
    """Pause or resume all schedules of a function."""
    from taskflows_cloud_aws.deployment import pause

    return _on(session, name, lambda: pause.set_schedules_enabled(session, name, enabled=enabled))


@hookimpl
def diagnose(session: AwsSession) -> Sequence[Finding]:
    """Look at region, endpoint, credentials, clock, rights and runtime."""
    from taskflows_cloud_aws.operations import diagnose as diagnosing

    return diagnosing.diagnose(session)


@hookimpl
def required_permissions(session: AwsSession) -> Mapping[str, str]:
    """The least IAM policy for whoever deploys."""
    from taskflows_cloud_aws.permissions import deployer_policy

    return deployer_policy.required_permissions(session)
