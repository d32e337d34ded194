"""The hooks of the provider."""

from __future__ import annotations

import attrs

from starlight.sky import sky
from taskflows_cloud_core import (
    CloudDeploymentResult,
    CloudFunctionConfig,
    DeletionResult,
    DeployedFunction,
    FunctionDescription,
    FunctionNotFoundError,
    InvocationResult,
    LogEvent,
    LogPage,
    Periodic,
    Problem,
    ProviderInfo,
    ScheduleExpression,
    Translation,
    hookimpl,
)
from taskflows_cloud_core.reconcile import Hidden, Plan, Resource, apply, diff


@attrs.frozen(kw_only=True)
class Options:
    sky: str = "default"
    token: str = attrs.field(default="", repr=False)


@hookimpl
def provider_info():
    return ProviderInfo(
        name="starlight",
        title="Starlight",
        options_class=Options,
        hook_api_version=1,
        defaults={"memory_mb": 256},
        unsupported={"ephemeral_storage_mb": "warn", "max_concurrency": "refuse"},
    )


@hookimpl
def connect(options):
    return sky(options.sky)


@hookimpl
def check_function(config):
    if config.memory_mb <= 1024:
        return []
    return [Problem(field="memory_mb", message=f"is {config.memory_mb}; Starlight has at most 1024")]


@hookimpl
def translate_schedule(schedule, config):
    if isinstance(schedule, Periodic):
        line = ScheduleExpression(expression=f"every {schedule.period}s", service="timer")
        return Translation(schedule=schedule, expressions=[line])
    spec = schedule.spec
    if spec.timezone != "UTC":
        return Translation.refused(schedule, f"Starlight knows no zone but UTC, not {spec.timezone}")
    return Translation(
        schedule=schedule,
        expressions=[ScheduleExpression(expression=str(schedule), service="timer")],
        exact=False,
        reason="stars drift",
        warnings=["at night only"],
    )


@hookimpl
def plan_deployment(session, name, config, package, triggers):
    before = session.function(name)
    if before is None and (config is None or package is None):
        raise FunctionNotFoundError(f"no function {name!r} in this sky")
    properties = dict(before or {})
    if config is not None:
        environment = {key: Hidden(value) for key, value in config.environment_variables.items()}
        properties |= {"memory_mb": config.memory_mb, "runtime": config.runtime, "environment": environment}
    if package is not None:
        properties |= {"sha256": package.sha256, "files": list(package.include_files)}
    desired = [Resource(kind="function", name=name, properties=properties)]
    observed = session.owned_by(name)
    if triggers is None:
        desired += [resource for resource in observed if resource.kind == "timer"]
    else:
        desired += [
            Resource(
                kind="timer",
                name=f"{name}/{trigger.name}",
                properties={"expression": trigger.expression.expression},
                depends_on=[("function", name)],
            )
            for trigger in triggers
        ]
    difference = diff(desired, observed)
    return Plan(
        function_name=name,
        provider="starlight",
        actions=difference.actions,
        unchanged=difference.unchanged,
        package=package,
        resource_id=f"star/{name}",
    )


@hookimpl
def deploy_function(session, plan, progress):
    report = apply(plan, session.execute, progress=progress)
    return CloudDeploymentResult(
        success=report.success,
        function_name=plan.function_name,
        provider=plan.provider,
        resource_id=plan.resource_id,
        error=report.error,
        error_code=report.error_code,
        warnings=plan.warnings,
        plan=plan,
    )


@hookimpl
def plan_removal(session, name):
    return Plan(function_name=name, provider="starlight", actions=diff([], session.owned_by(name)).actions)


@hookimpl
def delete_function(session, plan, progress):
    report = apply(plan, session.execute, progress=progress)
    return DeletionResult(
        success=report.success,
        function_name=plan.function_name,
        provider=plan.provider,
        deleted=[str(action.key) for action in report.done],
        error=report.error,
        error_code=report.error_code,
        plan=plan,
    )


@hookimpl
def list_functions(session):
    return [_listed(session, key.name) for key in sorted(session.resources) if key.kind == "function"]


@hookimpl
def describe_function(session, name):
    properties = session.function(name)
    if properties is None:
        raise FunctionNotFoundError(f"no function {name!r} in this sky")
    return FunctionDescription(
        function=_listed(session, name),
        config=CloudFunctionConfig(
            function_name=name,
            runtime=properties["runtime"],
            memory_mb=properties["memory_mb"],
            include_files=properties["files"],
        ),
        unreadable=["include_files"] if session.forgets_files else [],
        environment_names=sorted(properties["environment"]),
    )


@hookimpl
def invoke_function(session, name, payload):
    if session.function(name) is None:
        raise FunctionNotFoundError(f"no function {name!r} in this sky")
    return InvocationResult(ok=True, value={"echo": payload})


@hookimpl
def get_logs(session, query, token):
    end = len(session.log) if token is None else int(token)
    size = max(2, query.limit // 50)
    first = max(0, end - size)
    page = list(enumerate(session.log[first:end], first))
    events = [
        LogEvent(timestamp=moment, message=line, event_id=str(number))
        for number, (moment, line) in reversed(page)
        if (query.start_time is None or moment >= query.start_time)
        and (query.end_time is None or moment < query.end_time)
    ]
    return LogPage(events=events, token=str(first) if first else None)


def _listed(session, name):
    return DeployedFunction(
        name=name,
        resource_id=f"star/{name}",
        provider="starlight",
        schedules=[
            str(resource.properties["expression"]) for resource in session.owned_by(name) if resource.kind == "timer"
        ],
    )
