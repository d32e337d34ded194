"""What Lambda would refuse is refused before anything is sent, all of it at once."""

from __future__ import annotations

import re

import attrs
import pytest

from taskflows_cloud_aws import AWSLambdaEnvironment, validate_lambda_constraints
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import ConfigurationError, get_environment
from tests.aws.support.account import REGION, config

BAD = {
    "name with a dot": (config("a.b"), "function_name"),
    "name of 65": (config("x" * 65), "function_name"),
    "name with umlaut": (config("jöb"), "function_name"),
    "name with a path": (config("../job"), "function_name"),
    "name with a semicolon": (config("job;rm"), "function_name"),
    "memory": (config(memory_mb=127), "memory_mb"),
    "more memory": (config(memory_mb=10241), "memory_mb"),
    "timeout": (config(timeout_seconds=901), "timeout_seconds"),
    "storage": (config(ephemeral_storage_mb=511), "ephemeral_storage_mb"),
    "more storage": (config(ephemeral_storage_mb=10241), "ephemeral_storage_mb"),
    "old runtime": (config(runtime="python3.7"), "runtime"),
    "reserved variable": (config(environment_variables={"AWS_REGION": "x"}), "environment_variables['AWS_REGION']"),
    "short variable": (config(environment_variables={"A": "x"}), "environment_variables['A']"),
    "large environment": (config(environment_variables={"KEY": "ü" * 2047}), "environment_variables"),
    "description": (config(description="x" * 257), "description"),
    "tag of aws": (config(tags={"aws:x": "y"}), "tags['aws:x']"),
    "tag of ours": (config(tags={"taskflows-cloud:function": "y"}), "tags['taskflows-cloud:function']"),
    "long tag key": (config(tags={"k" * 129: "y"}), f"tags['{'k' * 129}']"),
    "long tag value": (config(tags={"key": "y" * 257}), "tags['key']"),
    "tag with a quote": (config(tags={"key": "it's"}), "tags['key']"),
    "tag with a line break": (config(tags={"key": "two\nlines"}), "tags['key']"),
    "many tags": (config(tags={f"key{number}": "x" for number in range(50)}), "tags"),
    "retention": (config(log_retention_days=31), "log_retention_days"),
    "retries": (config(retries=3), "retries"),
    "unknown option": (config(provider_options={"aws": {"execution_role": "x"}}), "provider_options['aws']"),
    "role": (config(provider_options={"aws": {"execution_role_arn": "admin"}}), "provider_options['aws']"),
    "event age": (config(provider_options={"aws": {"max_event_age_seconds": 59}}), "provider_options['aws']"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_setting_is_named_and_nothing_is_sent(env, aws, jobs, kind):
    settings, field = BAD[kind]

    result = env.deploy_function(jobs.report, settings, [])

    assert not result.success
    assert field in result.error
    assert aws.calls == []


def test_all_problems_are_told_together(env, jobs):
    result = env.deploy_function(jobs.report, config("a.b", memory_mb=1, timeout_seconds=901, retries=9), [])

    for field in ("function_name", "memory_mb", "timeout_seconds", "retries"):
        assert field in result.error


def test_a_misspelt_option_is_told_with_the_near_miss(env, jobs):
    settings = config(provider_options={"aws": {"execution_role": "x"}})

    assert "did you mean 'execution_role_arn'" in env.deploy_function(jobs.report, settings, []).error


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_schedule_is_refused_before_anything_is_sent(env, aws, jobs, place):
    schedules = ["Mon-Fri 14:00", "Tue 09:30", "Sun 17:00"]
    schedules[place] = "Mon-Fri 14:00:30"

    result = env.deploy_function(jobs.report, config(schedules=schedules), [])

    assert not result.success
    assert f"schedules[{place}]" in result.error
    assert "14:00:30" in result.error
    assert aws.calls == []


def test_the_edges_are_accepted(env, aws, jobs):
    name = "x" * 64
    settings = config(
        name,
        memory_mb=10240,
        timeout_seconds=900,
        ephemeral_storage_mb=10240,
        description="x" * 256,
        environment_variables={"KEY": "x" * 4093},
        tags={"k" * 128: "v" * 256},
        retries=2,
    )

    assert env.deploy_function(jobs.report, settings, []).success


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"region": "Frankfurt"}, "region"),
        ({"region": "us-east-1\n"}, "region"),
        ({"execution_role_arn": "arn:aws:iam::1:role/x"}, "execution_role_arn"),
        ({"endpoint_url": "localhost:4566"}, "endpoint_url"),
        ({"regoin": "us-east-1"}, "did you mean 'region'"),
        ({"profile": 3}, "profile"),
    ],
)
def test_bad_options_are_refused_at_once(options, field):
    with pytest.raises(ConfigurationError) as caught:
        get_environment("aws", **options)
    assert field in str(caught.value)


def test_no_region_is_told_with_the_way_out(aws, jobs):
    result = get_environment("aws").deploy_function(jobs.report, config(), [])

    assert not result.success
    assert "AWS_DEFAULT_REGION" in result.error
    assert aws.calls == []


def test_translating_needs_no_region():
    assert get_environment("aws").translate_schedule("Mon-Fri 14:00").verdict == "exact"


def test_constraints_alone():
    assert validate_lambda_constraints(60, 256, "job") is None
    with pytest.raises(ValueError, match=r"timeout.*\n.*memory_mb.*\n.*function_name"):
        validate_lambda_constraints(0, 64, "a b")


def test_regions_of_other_partitions(aws, jobs, account):
    env = get_environment("aws", region="us-gov-west-1")

    plan = env.plan_function(jobs.report, config(schedules=["Mon-Fri 14:00"]), [])

    assert plan.resource_id == "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:job"
    assert "arn:aws:" not in str(plan)
    assert REGION not in str(plan)


def test_the_environment_names_every_option():
    named = re.findall(r"- ``(\w+)``:", AWSLambdaEnvironment.__doc__)

    assert named == [field.name for field in attrs.fields(AwsOptions)]
