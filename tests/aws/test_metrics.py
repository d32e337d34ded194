"""Runs, failures and lengths as CloudWatch counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core import FunctionNotFoundError
from tests.aws.account import client, config


def put(name, metric, *values):
    data = [
        {
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": name}],
            "Timestamp": datetime.now(UTC) - timedelta(hours=1, minutes=minute),
            "Value": value,
        }
        for minute, value in enumerate(values)
    ]
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=data)


def test_the_figures_of_a_span(env, jobs):
    assert env.deploy_function(jobs.report, config(), [])
    put("job", "Invocations", 1, 1, 2)
    put("job", "Errors", 0, 1, 0)
    put("job", "Duration", 100, 200, 600)
    put("job-2", "Invocations", 50)

    metrics = env.get_metrics("job")

    assert (metrics.invocations, metrics.errors, metrics.average_duration_ms) == (4, 1, 300)
    assert metrics.end_time - metrics.start_time == timedelta(days=1)


def test_a_function_that_never_ran(env, jobs):
    assert env.deploy_function(jobs.report, config(), [])

    metrics = env.get_metrics("job")

    assert (metrics.invocations, metrics.errors, metrics.average_duration_ms) == (0, 0, None)


def test_a_function_that_is_not_there(env):
    with pytest.raises(FunctionNotFoundError, match="'nothing'"):
        env.get_metrics("nothing")
