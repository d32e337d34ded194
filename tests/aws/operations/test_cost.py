"""What a plan is estimated to cost."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, OperationUnsupported, Periodic, get_environment
from tests.aws.operations.test_metrics import put
from tests.aws.support.account import config


def estimate(env, jobs, runs, **settings):
    plan = env.plan_function(jobs.report, config(**settings), [])
    return env.estimate_cost(plan, runs_per_month=runs)


def test_requests_and_seconds_by_memory_and_architecture(env, jobs):
    found = estimate(env, jobs, 3_000_000, memory_mb=512)
    # The first example of AWS Lambda's own price page: 3 million runs of 1 second with 512 MB, free tier aside.
    assert found.parts["Lambda requests"] == pytest.approx(0.60)
    assert found.parts["Lambda duration"] == pytest.approx(1_500_000 * 0.0000166667)
    assert found.monthly == pytest.approx(sum(found.parts.values()))
    assert found.currency == "USD"
    arm = estimate(env, jobs, 3_000_000, memory_mb=512, architecture="arm64")
    assert arm.parts["Lambda duration"] == pytest.approx(1_500_000 * 0.0000133334)
    assert "3,000,000 runs in 30 days" in str(found)
    assert any("free tier" in assumption for assumption in found.assumptions)
    assert any("2026-11-25" in assumption for assumption in found.assumptions)


def test_an_unchanged_function_costs_what_a_new_one_costs(env, jobs):
    settings = {"schedules": [Calendar("Mon-Fri 09:00", timezone="Europe/Berlin")], "memory_mb": 1024}
    before = estimate(env, jobs, 1000, **settings)
    assert env.deploy_function(jobs.report, config(**settings), [])
    again = env.plan_function(jobs.report, config(**settings), [])
    assert again.is_empty
    assert env.estimate_cost(again, runs_per_month=1000).parts == before.parts


def test_only_schedules_in_other_zones_cost_something(env, jobs):
    rules = estimate(env, jobs, 1_000_000, schedules=[Periodic(period=3600)])
    assert "EventBridge Scheduler" not in rules.parts
    mixed = [Periodic(period=3600), Calendar("*-*-* *:30", timezone="Asia/Tokyo")]
    assert estimate(env, jobs, 1_000_000, schedules=mixed).parts["EventBridge Scheduler"] == pytest.approx(0.5)


def test_logs_storage_and_traces(env, jobs):
    found = estimate(
        env,
        jobs,
        1_000_000,
        log_retention_days=60,
        ephemeral_storage_mb=1536,
        provider_options={"aws": {"tracing": "Active"}},
    )
    assert found.parts["CloudWatch logs"] == pytest.approx(4.096 * (0.50 + 2 * 0.03))
    assert found.parts["Lambda ephemeral storage"] == pytest.approx(1_000_000 * 0.0000000309)
    assert found.parts["X-Ray traces"] == pytest.approx(5.0)


def test_what_costs_the_same_however_often_it_runs(env, jobs):
    options = {"alarms": {"errors": 1, "duration_percent": 90}, "provisioned_concurrency": 2}
    found = estimate(env, jobs, 1000, memory_mb=1024, provider_options={"aws": options})
    assert found.parts["CloudWatch alarms"] == pytest.approx(0.20)
    assert found.parts["Lambda provisioned concurrency"] == pytest.approx(2 * 30 * 86400 * 0.0000041667)
    assert found.parts["Lambda duration"] == pytest.approx(1000 * 0.0000097222)


def test_the_mean_of_what_was_measured(env, jobs):
    assert env.deploy_function(jobs.report, config(memory_mb=1024), [])
    put("job", "Duration", 2000, 4000)

    found = estimate(env, jobs, 1000, memory_mb=1024)

    assert found.parts["Lambda duration"] == pytest.approx(3000 * 0.0000166667)
    assert any("the mean of 2 runs" in assumption for assumption in found.assumptions)


def test_no_longer_than_the_timeout(env, jobs):
    found = estimate(env, jobs, 1000, memory_mb=1024, timeout_seconds=1)
    assert any(assumption.startswith("1 seconds a run") for assumption in found.assumptions)


def test_regions(aws, jobs):
    milan = estimate(get_environment("aws", region="eu-south-1"), jobs, 1_000_000, memory_mb=1024)
    assert milan.parts["Lambda duration"] == pytest.approx(19.2)
    assert any("runs as in eu-south-1" in assumption for assumption in milan.assumptions)
    dublin = estimate(get_environment("aws", region="eu-west-1"), jobs, 1_000_000, memory_mb=1024)
    assert any("those of eu-west-1 may differ" in assumption for assumption in dublin.assumptions)
    china = get_environment("aws", region="cn-north-1")
    with pytest.raises(OperationUnsupported, match="aws-cn"):
        estimate(china, jobs, 1)
    assert china.deploy_function(jobs.report, config(), [])
    assert china.get_metrics("job").cost is None


def test_a_plan_that_deletes_cannot_be_estimated(env, jobs):
    with pytest.raises(ValueError, match="deploys nothing"):
        env.estimate_cost(env.plan_removal("job"), runs_per_month=1)
