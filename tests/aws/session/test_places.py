"""Regions, accounts and partitions: several in one call, each with names of its own; and pruning in them."""

from __future__ import annotations

import json
import re

import boto3
import pytest

from taskflows_cloud_core import Calendar, deploy_everywhere, get_environment
from tests.aws.support.account import config, make_given_role, once, refusal

SCHEDULES = ["Mon-Fri 14:00", Calendar("Sun 17:00", timezone="America/New_York")]
OTHER = "111122223333"


@pytest.fixture
def profiles(aws, monkeypatch, tmp_path):
    """Two profiles: one of this account, one that takes on a role in another account."""
    file = tmp_path / "aws-config"
    file.write_text(
        "[profile here]\nregion = us-east-1\naws_access_key_id = testing\naws_secret_access_key = testing\n\n"
        f"[profile there]\nrole_arn = arn:aws:iam::{OTHER}:role/deployer\n"
        "credential_source = Environment\nregion = eu-west-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))
    return {"here": get_environment("aws", profile="here"), "there": get_environment("aws", profile="there")}


def functions(region, **credentials):
    lambda_ = boto3.Session(region_name=region, **credentials).client("lambda")
    return [one["FunctionArn"] for one in lambda_.list_functions()["Functions"]]


def test_two_regions_in_one_call(aws, jobs):
    places = {region: get_environment("aws", region=region) for region in ("us-east-1", "eu-central-1")}
    pairs = [(jobs.report, config(schedules=SCHEDULES)), (jobs.other, config("job-2"))]

    results = deploy_everywhere(places, pairs, [])

    assert all(one.success for found in results.values() for one in found)
    for region, found in results.items():
        assert [one.resource_id for one in found] == [
            f"arn:aws:lambda:{region}:123456789012:function:{name}" for name in ("job", "job-2")
        ]
        assert sorted(functions(region)) == [one.resource_id for one in found]
        assert found[0].metadata["role"].endswith(f"taskflows-cloud-job-{region}")
    assert all(one.plan.is_empty for found in deploy_everywhere(places, pairs, []).values() for one in found)
    assert places["us-east-1"].delete_function("job")
    assert len(functions("us-east-1")) == 1
    assert len(functions("eu-central-1")) == 2


def test_a_region_that_fails_stops_no_other(aws, jobs):
    places = {region: get_environment("aws", region=region) for region in ("us-east-1", "eu-central-1")}
    aws.before = once("lambda:CreateFunction", lambda: refusal("lambda:CreateFunction", "AccessDeniedException", 403))

    results = deploy_everywhere(places, [(jobs.report, config())], [], max_workers=1)

    assert [results[place][0].success for place in places] == [False, True]
    assert "lambda:CreateFunction" in results["us-east-1"][0].error


def test_two_accounts_through_profiles_that_take_on_roles(profiles, jobs):
    results = deploy_everywhere(profiles, [(jobs.report, config(schedules=SCHEDULES))], [])

    assert {place: found[0].resource_id for place, found in results.items()} == {
        "here": "arn:aws:lambda:us-east-1:123456789012:function:job",
        "there": f"arn:aws:lambda:eu-west-1:{OTHER}:function:job",
    }
    assert [one.name for one in profiles["there"].list_functions()] == ["job"]
    assert "job" in profiles["there"].describe_function("job").metadata["log_group"]
    profiles["there"].delete_function("job").raise_for_error()
    assert profiles["there"].list_functions() == []
    assert [one.name for one in profiles["here"].list_functions()] == ["job"]


def partitions_in(value):
    return set(re.findall(r"arn:([a-z-]*):", json.dumps(value, default=str)))


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-central-1", "aws")]
)
def test_every_arn_of_a_plan_is_of_its_partition(aws, jobs, region, partition):
    plan = get_environment("aws", region=region).plan_function(jobs.report, config(schedules=SCHEDULES), [])

    assert plan.resource_id.startswith(f"arn:{partition}:lambda:{region}:")
    assert partitions_in([plan.metadata, str(plan), [one.properties for one in plan.desired]]) == {partition}


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
    ],
)
def test_the_link_to_the_log(aws, jobs, region, host):
    env = get_environment("aws", region=region)
    assert env.deploy_function(jobs.report, config("job_1"), [])
    url = env.describe_function("job_1").metadata["log_url"]
    assert url == (
        f"https://{host}/cloudwatch/home?region={region}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fjob_1"
    )


# moto takes roles made at iam.us-gov.amazonaws.com for roles of the partition aws.
@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("eu-central-1", "aws")])
def test_every_arn_is_of_its_partition(aws, jobs, region, partition):
    env = get_environment("aws", region=region)

    result = env.deploy_function(jobs.report, config(schedules=SCHEDULES), [])

    assert result.success, result.error
    assert result.resource_id.startswith(f"arn:{partition}:lambda:{region}:")
    session = boto3.Session(region_name=region)
    seen = aws.look(
        lambda: {
            "rules": session.client("events").list_rules()["Rules"],
            "schedules": session.client("scheduler").get_schedule(
                GroupName="taskflows-cloud-job",
                Name=session.client("scheduler").list_schedules()["Schedules"][0]["Name"],
            ),
            "policy": session.client("lambda").get_policy(FunctionName="job", Qualifier="live")["Policy"],
            "roles": [
                session.client("iam").get_role_policy(RoleName=one["RoleName"], PolicyName="taskflows-cloud")
                for one in session.client("iam").list_roles()["Roles"]
            ],
            "told": {**result.metadata, **env.describe_function("job").metadata},
        }
    )
    assert partitions_in(seen) == {partition}
    assert env.delete_function("job")


def test_pruning_by_tags(env, jobs, account):
    ours = {"project": "shop", "stage": "test"}
    for name, tags in {"old": ours, "new": ours, "others": {"project": "bank", "stage": "test"}}.items():
        assert env.deploy_function(jobs.report, config(name, tags=tags, schedules=SCHEDULES), [])

    assert [one.name for one in env.plan_prune(["new"], tags=ours)] == ["old"]
    results = env.prune_functions(["new"], tags=ours, keep_logs=True)

    assert [(one.function_name, one.success) for one in results] == [("old", True)]
    assert results[0].left == (
        "log-group /aws/lambda/old, because keep_logs was asked for; delete again without it to remove it",
    )
    assert set(account()["functions"]) == {"new", "others"}
    assert "/aws/lambda/old" in account()["log groups"]
    assert {name.rpartition("-")[0] for name in account()["rules"]} == {"new", "others"}


def test_what_others_use_is_left_with_the_reason(aws, jobs):
    env = get_environment("aws", region="us-east-1", shared_roles=True)
    for name in ("job", "job-2"):
        assert env.deploy_function(jobs.report, config(name, schedules=SCHEDULES), [])

    first = env.delete_function("job")

    assert first.success
    assert any(text.startswith("role ") and "job-2 use too" in text for text in first.left)
    last = env.delete_function("job-2")
    assert last.success
    assert last.left == ()
    assert aws.look(lambda: boto3.client("iam").list_roles()["Roles"]) == []


def test_a_given_role_is_neither_made_nor_deleted(aws, jobs):
    aws.look(make_given_role)
    env = get_environment("aws", region="us-east-1", execution_role_arn="arn:aws:iam::123456789012:role/given")
    assert env.deploy_function(jobs.report, config(), [])
    assert env.delete_function("job")
    assert [role["RoleName"] for role in aws.look(lambda: boto3.client("iam").list_roles()["Roles"])] == ["given"]
