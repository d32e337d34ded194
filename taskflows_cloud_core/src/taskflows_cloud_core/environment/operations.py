"""Calls that are one call of a hook: invoke, describe, measure, versions, schedules, costs, exports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from taskflows_cloud_core.environment.arguments import as_span, require_name
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import (
    CostEstimate,
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
)

_WAITS = {"RequestResponse": True, "Event": False}


def list_functions(connection: Connection) -> list[DeployedFunction]:
    """List the deployed functions; see `CloudEnvironment.list_functions`."""
    return list(connection.call("list_functions"))


def describe_function(connection: Connection, name: str) -> FunctionDescription:
    """Describe one function; see `CloudEnvironment.describe_function`."""
    require_name(name)
    description: FunctionDescription = connection.call("describe_function", name=name)
    return description


def invoke_function(
    connection: Connection, name: str, payload: Any, invocation_type: str | None, *, wait: bool | None
) -> InvocationResult:
    """Invoke a function; see `CloudEnvironment.invoke_function`."""
    require_name(name)
    waits = _whether_to_wait(invocation_type, wait=wait)
    json.dumps(payload, allow_nan=False)
    result: InvocationResult = connection.call("invoke_function", name=name, payload=payload, wait=waits)
    return result


def _whether_to_wait(invocation_type: str | None, *, wait: bool | None) -> bool:
    if invocation_type is None:
        return wait is None or bool(wait)
    if invocation_type not in _WAITS:
        raise ValueError(f"invocation_type is {invocation_type!r}; it must be 'RequestResponse' or 'Event'")
    if wait is not None and wait is not _WAITS[invocation_type]:
        raise ValueError(f"wait={wait!r} and invocation_type={invocation_type!r} contradict each other; leave one out")
    return _WAITS[invocation_type]


def get_metrics(
    connection: Connection, name: str, start_time: datetime | None, end_time: datetime | None
) -> FunctionMetrics:
    """Measure the runs of a function; see `CloudEnvironment.get_metrics`."""
    require_name(name)
    first, last = as_span(start_time, end_time)
    end = last or datetime.now(UTC)
    begin = first or end - timedelta(days=1)
    metrics: FunctionMetrics = connection.call("get_metrics", name=name, start_time=begin, end_time=end)
    return metrics


def list_versions(connection: Connection, name: str) -> list[FunctionVersion]:
    """List the versions of a function; see `CloudEnvironment.list_versions`."""
    require_name(name)
    return list(connection.call("list_versions", name=name))


def rollback_function(connection: Connection, name: str, version: str | None) -> FunctionVersion:
    """Make an older version live; see `CloudEnvironment.rollback_function`."""
    require_name(name)
    live: FunctionVersion = connection.call("rollback_function", name=name, version=version)
    return live


def set_schedules_enabled(connection: Connection, name: str, *, enabled: bool) -> int:
    """Pause or resume the schedules of a function, and count them."""
    require_name(name)
    count: int = connection.call("set_schedules_enabled", name=name, enabled=enabled)
    return count


def estimate_cost(connection: Connection, plan: Plan, *, runs_per_month: float) -> CostEstimate:
    """Estimate the cost of a plan; see `CloudEnvironment.estimate_cost`."""
    estimate: CostEstimate = connection.call("estimate_cost", plan=plan, runs_per_month=runs_per_month)
    return estimate


def export_plan(connection: Connection, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the hook's word
    """Write a plan in another tool's language; see `CloudEnvironment.export_plan`."""
    files: Mapping[str, str] = connection.call("export_plan", plan=plan, format=format)
    return files


def describe_place(connection: Connection) -> str:
    """Describe the place; see `CloudEnvironment.describe_place`."""
    return str(connection.call("describe_place")) if connection.provider.has("describe_place") else ""


def diagnose(connection: Connection) -> list[Finding]:
    """Check whether the place can be used; see `CloudEnvironment.diagnose`."""
    return list(connection.call("diagnose"))


def required_permissions(connection: Connection) -> Mapping[str, str]:
    """List the permissions that a deployer needs; see `CloudEnvironment.required_permissions`."""
    permissions: Mapping[str, str] = connection.call("required_permissions")
    return permissions
