"""Runs, failures and lengths as CloudWatch counts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core import FunctionNotFoundError
from tests.aws.support.account import client, config


def put(name, metric, *values, ago=timedelta(hours=1)):
    data = [
        {
            "MetricName": metric,
            "Dimensions": [{"Name": "FunctionName", "Value": name}],
            "Timestamp": datetime.now(UTC) - ago - timedelta(minutes=minute),
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


def test_percentiles_throttles_and_costs(env, jobs):
    assert env.deploy_function(jobs.report, config(memory_mb=512), [])
    lengths = [float(length) for length in range(100, 300, 10)]
    put("job", "Duration", *lengths)
    put("job", "Invocations", *[1] * 20)
    put("job", "Throttles", 1, 2)

    metrics = env.get_metrics("job")

    assert metrics.throttles == 3
    assert metrics.duration_percentiles_ms == {"p50": 190, "p95": 280, "p99": 290}
    assert metrics.cost.parts["Lambda requests"] == pytest.approx(20 * 0.20 / 1e6)
    assert metrics.cost.parts["Lambda duration"] == pytest.approx(sum(lengths) / 1000 * 0.5 * 0.0000166667)
    assert metrics.cost.total == pytest.approx(sum(metrics.cost.parts.values()))
    assert any("512 MiB and the architecture x86_64" in assumption for assumption in metrics.cost.assumptions)
    assert "20 runs, 0 failed, 3 throttled" in str(metrics)
    assert "p95 280 ms" in str(metrics)


def test_percentiles_over_several_days_weigh_the_runs(env, jobs):
    assert env.deploy_function(jobs.report, config(), [])
    put("job", "Duration", *[100] * 9, ago=timedelta(days=1, hours=1))
    put("job", "Duration", 1100, ago=timedelta(hours=1))
    start = datetime.now(UTC) - timedelta(days=2)

    assert env.get_metrics("job", start).duration_percentiles_ms["p50"] == pytest.approx(200)


def test_a_function_that_never_ran(env, jobs):
    assert env.deploy_function(jobs.report, config(), [])

    metrics = env.get_metrics("job")

    assert (metrics.invocations, metrics.errors, metrics.average_duration_ms) == (0, 0, None)
    assert (dict(metrics.duration_percentiles_ms), metrics.throttles, metrics.cost.total) == ({}, 0, 0)


def test_a_function_that_is_not_there(env):
    with pytest.raises(FunctionNotFoundError, match="'nothing'"):
        env.get_metrics("nothing")
