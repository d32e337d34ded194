"""How often a function ran, failed, and how long it took, as CloudWatch counts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from taskflows_cloud_aws.cost import estimate
from taskflows_cloud_aws.cost.prices import prices_of
from taskflows_cloud_aws.resources import function, function_access
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import CostEstimate, FunctionMetrics

_PERCENTILES = ("p50", "p95", "p99")
_DAY_SECONDS = 86400


@attrs.frozen
class _Query:
    """One series of figures.

    Args:
        name: Its name in the request.
        metric: Of Lambda.
        statistic: What is made of the figures of a period.
    """

    name: str
    metric: str
    statistic: str


# The mean is made of sum and count, so that quiet periods weigh nothing.
_DURATION = (_Query("duration_sum", "Duration", "Sum"), _Query("duration_count", "Duration", "SampleCount"))
_QUERIES = (
    _Query("invocations", "Invocations", "Sum"),
    _Query("errors", "Errors", "Sum"),
    _Query("throttles", "Throttles", "Sum"),
    *_DURATION,
)


def get_metrics(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs in a span of time.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    answer = function_access.require_ours(session, name)
    sums = _sums(session, name, _QUERIES, start_time, end_time)
    count = sums["duration_count"]
    properties = function.observed_function(session.names(name), answer).properties
    return FunctionMetrics(
        invocations=round(sums["invocations"]),
        errors=round(sums["errors"]),
        throttles=round(sums["throttles"]),
        average_duration_ms=sums["duration_sum"] / count if count else None,
        start_time=start_time,
        end_time=end_time,
        duration_percentiles_ms=_percentiles(session, name, start_time, end_time) if count else {},
        cost=_cost(session, properties, round(sums["invocations"]), sums["duration_sum"]),
    )


def measured_duration(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> tuple[int, float]:
    """How many runs of a function there were, and how many seconds one took at the mean."""
    total, count = _sums(session, name, _DURATION, start_time, end_time).values()
    return round(count), total / count / 1000 if count else 0.0


def _cost(session: AwsSession, properties: Mapping[str, Any], runs: int, milliseconds: float) -> CostEstimate | None:
    prices = prices_of(session.region, session.partition)
    return estimate.cost_of_runs(properties, runs, milliseconds, session.region, prices) if prices else None


def _percentiles(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> dict[str, float]:
    """Exact for a span in one period; over several periods their mean, each weighed by its runs.

    They are asked for apart from the sums: emulators that know no percentiles then tell the sums nevertheless.
    """
    request: Any = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "Dimensions": _dimensions(name),
        "StartTime": start_time,
        "EndTime": end_time,
        "Period": _longest_period(period_seconds(start_time, datetime.now(UTC)), end_time - start_time),
    }
    # A request takes one kind of statistics or the other.
    counted, ranked = session.side_by_side(
        lambda wanted: session.cloudwatch.get_metric_statistics(**request, **wanted)["Datapoints"],
        [{"Statistics": ["SampleCount"]}, {"ExtendedStatistics": list(_PERCENTILES)}],
    )
    weights = {point["Timestamp"]: point["SampleCount"] for point in counted}
    percentiles = {}
    for percentile in _PERCENTILES:
        found = {point["Timestamp"]: point.get("ExtendedStatistics", {}).get(percentile) for point in ranked}
        weighed = [(value, weights.get(moment, 0.0)) for moment, value in found.items() if value is not None]
        total = sum(weight for _, weight in weighed)
        if total:
            percentiles[percentile] = sum(value * weight for value, weight in weighed) / total
    return percentiles


def _sums(
    session: AwsSession, name: str, queries: Sequence[_Query], start_time: datetime, end_time: datetime
) -> dict[str, float]:
    """The sum over the span, by the name of the query."""
    period = period_seconds(start_time, datetime.now(UTC))
    sums = dict.fromkeys((query.name for query in queries), 0.0)
    pages = session.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_asked(query, name, period) for query in queries], StartTime=start_time, EndTime=end_time
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    return sums


def _asked(query: _Query, function_name: str, period: int) -> Any:
    of_metric = {"Namespace": "AWS/Lambda", "MetricName": query.metric, "Dimensions": _dimensions(function_name)}
    return {"Id": query.name, "MetricStat": {"Metric": of_metric, "Period": period, "Stat": query.statistic}}


def _dimensions(function_name: str) -> Any:
    return [{"Name": "FunctionName", "Value": function_name}]


def period_seconds(start_time: datetime, now: datetime) -> int:
    """The finest period that CloudWatch still has for data of that age.

    Source: CloudWatch API Reference, GetMetricData and MetricStat ("Period"), read on 2026-11-24.
    """
    age = now - start_time
    if age <= timedelta(days=15):
        return 60
    return 300 if age <= timedelta(days=63) else 3600


def _longest_period(finest: int, span: timedelta) -> int:
    """One period for the whole span, unless it is longer than a day."""
    whole = -(-int(span.total_seconds()) // finest) * finest
    return min(max(whole, finest), _DAY_SECONDS)
