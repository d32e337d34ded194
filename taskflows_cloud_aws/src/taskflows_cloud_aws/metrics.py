"""How often a function ran, failed, and how long it took, as CloudWatch counts it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from taskflows_cloud_aws import function_access
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_core import FunctionMetrics

# Query → metric and statistic. The mean is made of sum and count, so that quiet periods weigh nothing.
_QUERIES: Mapping[str, tuple[str, str]] = {
    "invocations": ("Invocations", "Sum"),
    "errors": ("Errors", "Sum"),
    "duration_sum": ("Duration", "Sum"),
    "duration_count": ("Duration", "SampleCount"),
}


def get_metrics(session: AwsSession, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
    """Count the runs in a span of time.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    function_access.require_known(session, name)
    period = period_seconds(start_time, datetime.now(UTC))
    sums = dict.fromkeys(_QUERIES, 0.0)
    pages = session.cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(query, name, period) for query in _QUERIES],
        StartTime=start_time,
        EndTime=end_time,
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            sums[result["Id"]] += sum(result["Values"])
    count = sums["duration_count"]
    return FunctionMetrics(
        invocations=round(sums["invocations"]),
        errors=round(sums["errors"]),
        average_duration_ms=sums["duration_sum"] / count if count else None,
        start_time=start_time,
        end_time=end_time,
    )


def _query(query: str, function: str, period: int) -> dict[str, Any]:
    metric, statistic = _QUERIES[query]
    dimensions = [{"Name": "FunctionName", "Value": function}]
    of_metric = {"Namespace": "AWS/Lambda", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": query, "MetricStat": {"Metric": of_metric, "Period": period, "Stat": statistic}}


def period_seconds(start_time: datetime, now: datetime) -> int:
    """The finest period that CloudWatch still has for data of that age.

    Source: CloudWatch API Reference, GetMetricData and MetricStat ("Period"), read on 2026-11-24.
    """
    age = now - start_time
    if age <= timedelta(days=15):
        return 60
    return 300 if age <= timedelta(days=63) else 3600
