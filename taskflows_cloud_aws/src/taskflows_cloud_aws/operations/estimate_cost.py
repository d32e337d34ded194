"""Estimates from a plan, with what was measured of the function so far."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from taskflows_cloud_aws.cost.estimate import ASSUMED_LOG_BYTES, estimate
from taskflows_cloud_aws.cost.prices import prices_of
from taskflows_cloud_aws.operations.metrics import measured_duration
from taskflows_cloud_aws.resources import function
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import (
    ConfigurationError,
    CostEstimate,
    OperationUnsupported,
    PermissionDeniedError,
    Plan,
    Problem,
)
from taskflows_cloud_core.kit import ASSUMED_SECONDS, Usage

_LOOK_BACK = timedelta(days=14)


def estimate_cost(session: AwsSession, plan: Plan, runs_per_month: float) -> CostEstimate:
    """Estimate what a plan's resources cost in thirty days.

    Raises:
        OperationUnsupported: No prices of the region are known.
        ConfigurationError: The plan deletes, so that there is nothing to estimate.
    """
    prices = prices_of(session.region, session.partition)
    if prices is None:
        message = f"no prices of the partition {session.partition!r} are known here; see the price list of AWS there"
        raise OperationUnsupported(message, provider="aws", distribution="taskflows-cloud-aws")
    wanted = next((resource for resource in plan.desired if resource.kind == function.KIND), None)
    if wanted is None:
        problem = Problem(field="plan", message="deploys nothing; estimate one of plan_function")
        raise ConfigurationError([problem], subject=f"function {plan.function_name!r}")
    usage = _usage(session, plan, runs_per_month, wanted.properties["timeout_seconds"])
    return estimate(plan.desired, usage, session.region, prices)


def _usage(session: AwsSession, plan: Plan, runs: float, timeout_seconds: int) -> Usage:
    count, seconds = _measured(session, plan.function_name)
    if count:
        days = _LOOK_BACK.days
        return Usage(runs=runs, seconds=seconds, log_bytes=ASSUMED_LOG_BYTES, measured_runs=count, measured_days=days)
    return Usage(runs=runs, seconds=min(ASSUMED_SECONDS, timeout_seconds), log_bytes=ASSUMED_LOG_BYTES)


def _measured(session: AwsSession, name: str) -> tuple[int, float]:
    now = datetime.now(UTC)
    try:
        return guard(
            f"function {name}", lambda: measured_duration(session, name, now - _LOOK_BACK, now), session.secrets
        )
    except PermissionDeniedError:
        # Who may not see metrics may still have an estimate, which says that nothing was measured.
        return 0, 0.0
