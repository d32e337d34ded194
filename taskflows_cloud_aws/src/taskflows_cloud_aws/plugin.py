"""The hooks of the provider ``"aws"``. Thin: each imports its implementation when it is called."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
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
    hookimpl,
)

if TYPE_CHECKING:
    from datetime import datetime

    from taskflows_cloud_aws.resources.claim import LogGroupClaims
    from taskflows_cloud_aws.session.session import AwsSession
    from taskflows_cloud_core.progress import Progress
    from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Handler, Observation, ReadScope
    from taskflows_cloud_core.schedules import CalendarSpec, Schedule

_T = TypeVar("_T")


def _on(session: AwsSession, name: str, call: Callable[[], _T]) -> _T:
    """Call AWS about a function, and raise only `CloudError`."""
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
            "adopt",
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
        defaults={
            "memory_mb": 256,
            "timeout_seconds": 60,
            "ephemeral_storage_mb": limits.EPHEMERAL_STORAGE_MB[0],
            "architecture": limits.DEFAULT_ARCHITECTURE,
        },
        export_formats=("cloudformation", "terraform"),
    )


@hookimpl
def connect(options: AwsOptions) -> AwsSession:
    """Make a session; the network is first touched by the first call."""
    from taskflows_cloud_aws.session.session import AwsSession

    return AwsSession(options)


@hookimpl
def describe_place(session: AwsSession) -> str:
    """Name the account and the region."""
    from taskflows_cloud_aws.session.errors import guard

    account = guard("the credentials", lambda: session.account, session.secrets)
    return f"account {account}, region {session.region}"


@hookimpl
def check_function(config: CloudFunctionConfig) -> Sequence[Problem]:
    """Find everything that Lambda would reject."""
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
    """Package for Lambda."""
    from taskflows_cloud_aws.packaging.package import package_for_lambda

    return package_for_lambda(function, config, dependencies, session.options, progress)


@hookimpl
def translate_schedule(session: AwsSession, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
    """Translate a schedule into EventBridge rules, or EventBridge Scheduler schedules for time zones other than UTC."""
    from taskflows_cloud_aws.schedules.translate import by_scheduler, translate

    translation = translate(schedule, allow_approximate=config is not None and config.allow_approximate)
    return by_scheduler(translation) if session.options.schedule_service == "scheduler" else translation


@hookimpl
def read_expression(expression: ScheduleExpression) -> CalendarSpec | Periodic:
    """Read an expression of EventBridge."""
    from taskflows_cloud_aws.schedules.read import read_expression as parse_expression

    return parse_expression(expression)


@hookimpl
def observe(session: AwsSession, name: str, scope: ReadScope) -> Observation:
    """Read what there is of a function."""
    from taskflows_cloud_aws.deployment.state import observe as observe_function
    from taskflows_cloud_aws.resources.function_access import require_plain_name, require_unqualified
    from taskflows_cloud_aws.session.errors import guard

    if scope.removing:
        require_unqualified(name)
    else:
        require_plain_name(name)
    config = scope.request.config if scope.request is not None else None
    session.secrets.update(config.environment_variables.values() if config is not None else ())
    return guard(f"function {name}", lambda: observe_function(session, name, scope), session.secrets)


@hookimpl
def desired_resources(session: AwsSession, request: DeploymentRequest, observation: Observation) -> DesiredState:
    """Name the resources of a function."""
    from taskflows_cloud_aws.deployment.state import desired

    return desired(session, request, observation)


@hookimpl
def resource_handlers(session: AwsSession) -> Mapping[str, Handler]:
    """How each kind of resource is created, changed and deleted."""
    from taskflows_cloud_aws.deployment.apply import resource_handlers as make_handlers

    return make_handlers(session)


@hookimpl
def claim_store(session: AwsSession) -> LogGroupClaims:
    """The claims, each a log group of its own."""
    from taskflows_cloud_aws.resources.claim import LogGroupClaims

    return LogGroupClaims(session=session)


@hookimpl(wrapper=True)
def deploy_function(session: AwsSession) -> Generator[None, CloudDeploymentResult, CloudDeploymentResult]:
    """Release what the function shared, when core has carried out a plan."""
    from taskflows_cloud_aws.deployment.apply import finish_deployment

    return finish_deployment(session, (yield))


@hookimpl(wrapper=True)
def delete_function(session: AwsSession) -> Generator[None, DeletionResult, DeletionResult]:
    """Release what the function shared, when core has deleted all of its own."""
    from taskflows_cloud_aws.deployment.apply import finish_deletion

    return finish_deletion(session, (yield))


@hookimpl
def plan_unused(session: AwsSession) -> Plan:
    """Find layers and shared roles that no function uses."""
    from taskflows_cloud_aws.deployment.shared_resources import SUBJECT
    from taskflows_cloud_aws.deployment.shared_resources import plan_unused as plan_unused_resources
    from taskflows_cloud_aws.session.errors import guard

    return guard(SUBJECT, lambda: plan_unused_resources(session), session.secrets)


@hookimpl
def list_functions(session: AwsSession) -> Sequence[DeployedFunction]:
    """List our functions."""
    from taskflows_cloud_aws.operations.describe import list_functions as list_lambda_functions
    from taskflows_cloud_aws.session.errors import guard

    return guard("all functions", lambda: list_lambda_functions(session), session.secrets)


@hookimpl
def describe_function(session: AwsSession, name: str) -> FunctionDescription:
    """Describe one function."""
    from taskflows_cloud_aws.operations.describe import describe

    return _on(session, name, lambda: describe(session, name))


@hookimpl
def invoke_function(
    session: AwsSession,
    name: str,
    payload: Any,
    wait: bool,  # noqa: FBT001 - the hook's signature
) -> InvocationResult:
    """Run a function now."""
    from taskflows_cloud_aws.operations.invoke import invoke

    return _on(session, name, lambda: invoke(session, name, payload, wait=wait))


@hookimpl
def get_logs(session: AwsSession, name: str, query: LogQuery, token: str | None) -> LogPage:
    """Read one page of a function's log, newest first."""
    from taskflows_cloud_aws.operations.logs import get_logs as read_log_page

    return _on(session, name, lambda: read_log_page(session, name, query, token))


@hookimpl
def get_metrics(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs of a function."""
    from taskflows_cloud_aws.operations.metrics import get_metrics as read_metrics

    return _on(session, name, lambda: read_metrics(session, name, start_time, end_time))


@hookimpl
def estimate_cost(session: AwsSession, plan: Plan, runs_per_month: float) -> CostEstimate:
    """Estimate what a plan costs at list prices."""
    from taskflows_cloud_aws.operations.estimate_cost import estimate_cost as estimate_lambda_cost
    from taskflows_cloud_aws.session.errors import guard

    return guard(
        f"function {plan.function_name}",
        lambda: estimate_lambda_cost(session, plan, runs_per_month),
        session.secrets,
    )


@hookimpl
def export_plan(
    session: AwsSession,
    plan: Plan,
    format: str,  # noqa: A002 - the hook's signature
) -> Mapping[str, str]:
    """Write a plan's resources for CloudFormation or Terraform."""
    from taskflows_cloud_aws.exporting import export_plan as write_export
    from taskflows_cloud_aws.session.errors import guard

    return guard(f"function {plan.function_name}", lambda: write_export(session, plan, format), session.secrets)


@hookimpl
def list_versions(session: AwsSession, name: str) -> Sequence[FunctionVersion]:
    """List the versions of a function, newest first."""
    from taskflows_cloud_aws.operations.versions import list_versions as list_lambda_versions

    return _on(session, name, lambda: list_lambda_versions(session, name))


@hookimpl
def rollback_function(session: AwsSession, name: str, version: str | None) -> FunctionVersion:
    """Make an older version live."""
    from taskflows_cloud_aws.operations.versions import rollback

    return _on(session, name, lambda: rollback(session, name, version))


@hookimpl
def set_schedules_enabled(
    session: AwsSession,
    name: str,
    enabled: bool,  # noqa: FBT001 - the hook's signature
) -> int:
    """Pause or resume all schedules of a function."""
    from taskflows_cloud_aws.deployment.pause import set_schedules_enabled as switch_schedules

    return _on(session, name, lambda: switch_schedules(session, name, enabled=enabled))


@hookimpl
def diagnose(session: AwsSession) -> Sequence[Finding]:
    """Check region, endpoint, credentials, clock, permissions and runtime."""
    from taskflows_cloud_aws.operations.diagnose import diagnose as diagnose_environment

    return diagnose_environment(session)


@hookimpl
def required_permissions(session: AwsSession) -> Mapping[str, str]:
    """The least IAM policy that deploying needs."""
    from taskflows_cloud_aws.permissions.deployer_policy import required_permissions as write_policy

    return write_policy(session)
