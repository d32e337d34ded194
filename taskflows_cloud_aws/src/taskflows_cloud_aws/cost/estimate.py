"""What a planned function costs in a month, and what runs have cost. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taskflows_cloud_aws.cost.prices import SOURCE, Prices
from taskflows_cloud_aws.schedules.read import read_expression
from taskflows_cloud_core import CostEstimate, ScheduleExpression, runs_per_month
from taskflows_cloud_core.kit import Usage, properties_of_kind, resources_of_kind
from taskflows_cloud_core.reconcile import Resource

_MONTH_SECONDS = 30 * 86400
_FREE_STORAGE_MB = 512
ASSUMED_LOG_BYTES = 4096
"""How much a run writes to its log: some lines of its own, and three of Lambda."""
NOT_COUNTED = (
    "not counted: the free tier, retries, data transfer, S3, VPC, EFS, KMS, and messages of SQS and SNS, which cost "
    "only when used"
)


def estimate(resources: Sequence[Resource], usage: Usage, region: str, prices: Prices) -> CostEstimate:
    """Estimate what resources cost in thirty days.

    Args:
        resources: All of a function.
        usage: How it is used.
        region: Where.
        prices: Of the region.

    Returns:
        The sum, its parts, and what was assumed.
    """
    function = properties_of_kind(resources, "function")
    parts = {
        **_runs(function, usage, prices, is_warm=bool(properties_of_kind(resources, "provisioned-concurrency"))),
        **_scheduling(resources, usage.runs, prices),
        **_logging(properties_of_kind(resources, "log-group"), usage, prices),
        **_standing(resources, function, prices),
    }
    if function.get("tracing") == "Active":
        parts["X-Ray traces"] = usage.runs * prices.trace
    return CostEstimate(
        currency=prices.currency,
        monthly=sum(parts.values()),
        parts=parts,
        assumptions=[*usage.assumptions(), SOURCE.assumption(region), NOT_COUNTED],
    )


def cost_of_runs(
    properties: Mapping[str, Any], runs: int, milliseconds: float, region: str, prices: Prices
) -> CostEstimate:
    """What runs have cost: requests and seconds, nothing else.

    Args:
        properties: Of the function as it is now.
        runs: How many.
        milliseconds: Of all together.
        region: Where.
        prices: Of the region.
    """
    seconds = milliseconds / 1000 / runs if runs else 0.0
    parts = _runs(properties, Usage(runs=runs, seconds=seconds), prices, is_warm=False)
    memory, architecture = properties["memory_mb"], properties["architecture"]
    assumptions = [
        f"all runs had the {memory} MiB and the architecture {architecture} that the function has now",
        "durations as CloudWatch counts them; AWS bills the start of an environment too, and whole milliseconds",
        SOURCE.assumption(region),
        "not counted: logs, schedules, alarms, provisioned concurrency and the free tier",
    ]
    return CostEstimate(currency=prices.currency, monthly=sum(parts.values()), parts=parts, assumptions=assumptions)


def _runs(properties: Mapping[str, Any], usage: Usage, prices: Prices, *, is_warm: bool) -> dict[str, float]:
    by_architecture = prices.provisioned_run_gb_second if is_warm else prices.gb_second
    seconds = usage.runs * usage.seconds
    parts = {
        "Lambda requests": usage.runs * prices.request,
        "Lambda duration": seconds * properties["memory_mb"] / 1024 * by_architecture[properties["architecture"]],
    }
    extra_mb = properties["ephemeral_storage_mb"] - _FREE_STORAGE_MB
    if extra_mb > 0:
        parts["Lambda ephemeral storage"] = seconds * extra_mb / 1024 * prices.storage_gb_second
    return parts


def _scheduling(resources: Sequence[Resource], runs: float, prices: Prices) -> dict[str, float]:
    """The part of the runs that EventBridge Scheduler starts; rules cost nothing."""
    often = {kind: _firings(resources_of_kind(resources, kind)) for kind in ("rule", "schedule")}
    total = sum(often.values())
    if not often["schedule"]:
        return {}
    return {"EventBridge Scheduler": runs * often["schedule"] / total * prices.scheduler_invocation}


def _firings(triggering: Iterable[Resource]) -> float:
    expressions = (
        ScheduleExpression(
            expression=one.properties["expression"], timezone=one.properties.get("timezone", "UTC"), service=one.kind
        )
        for one in triggering
    )
    return sum(runs_per_month([read_expression(expression)]) for expression in expressions)


def _logging(properties: Mapping[str, Any], usage: Usage, prices: Prices) -> dict[str, float]:
    gigabytes = usage.runs * usage.log_bytes / 10**9
    months = (properties.get("retention_days") or 30) / 30
    return {"CloudWatch logs": gigabytes * (prices.log_gb + months * prices.log_gb_month)}


def _standing(resources: Sequence[Resource], function: Mapping[str, Any], prices: Prices) -> dict[str, float]:
    """What costs the same however often the function runs."""
    parts = {}
    alarms = len(resources_of_kind(resources, "alarm"))
    if alarms:
        parts["CloudWatch alarms"] = alarms * prices.alarm_month
    warm = properties_of_kind(resources, "provisioned-concurrency").get("environments", 0)
    if warm:
        price = prices.provisioned_gb_second[function["architecture"]]
        parts["Lambda provisioned concurrency"] = warm * _MONTH_SECONDS * function["memory_mb"] / 1024 * price
    return parts
