"""What we did not make is never touched, and neighbours with like names keep apart."""

from __future__ import annotations

import json

import pytest

from taskflows_cloud_core import Calendar, FunctionNotFoundError, NotManagedError
from tests.aws.support.account import CLAIM, EMPTY, GIVEN_ROLE, OWNER, RELEASE, client, config, make_given_role

NEW_YORK = Calendar("Sun 17:00", timezone="America/New_York")
SCHEDULES = ["Mon-Fri 14:00", NEW_YORK]
RULE = "job-ab117e81cd"  # what the first of the schedules is called


def trust():
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_function():
    make_given_role()
    client("lambda").create_function(
        FunctionName="job", Runtime="python3.12", Role=GIVEN_ROLE, Handler="index.handler", Code={"ZipFile": b"theirs"}
    )


FOREIGN = {
    "function": make_function,
    "role": lambda: client("iam").create_role(
        RoleName="taskflows-cloud-job-us-east-1", AssumeRolePolicyDocument=trust()
    ),
    "role of another function": lambda: client("iam").create_role(
        RoleName="taskflows-cloud-job-us-east-1",
        AssumeRolePolicyDocument=trust(),
        Tags=[{"Key": OWNER, "Value": "job-2"}],
    ),
    "rule": lambda: client("events").put_rule(Name=RULE, ScheduleExpression="rate(1 day)"),
    "schedule group": lambda: client("scheduler").create_schedule_group(Name="taskflows-cloud-job"),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_resource_of_a_wanted_name_is_refused_and_untouched(env, aws, jobs, account, kind):
    aws.look(FOREIGN[kind])
    before = account()

    result = env.deploy_function(jobs.report, config(schedules=SCHEDULES), [])

    assert not result.success
    assert result.resource_id is None
    assert "not made by taskflows-cloud" in result.error
    assert aws.mutating == []
    assert account() == before
    with pytest.raises(NotManagedError):
        env.plan_function(jobs.report, config(schedules=SCHEDULES), [])


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_resource_survives_a_deletion(env, aws, account, kind):
    aws.look(FOREIGN[kind])
    before = account()

    result = env.delete_function("job")

    assert result.success is (kind != "function")
    assert aws.mutating == []
    assert account() == before


def test_a_foreign_function_is_not_run_described_listed_or_paused(env, aws, account):
    aws.look(make_function)
    before = account()

    for call in (env.invoke_function, env.describe_function, env.pause_schedules):
        with pytest.raises(NotManagedError, match="'job'"):
            call("job")
    assert env.list_functions() == []
    # Whose it is, is looked at when nobody else can deploy.
    assert aws.mutating == [CLAIM, RELEASE]
    assert account() == before


def test_a_foreign_log_group_is_used_but_kept(env, aws, jobs, account):
    aws.look(lambda: client("logs").create_log_group(logGroupName="/aws/lambda/job"))

    result = env.deploy_function(jobs.report, config(), [])

    assert result.success
    assert any("/aws/lambda/job" in warning for warning in result.warnings)
    assert account()["log groups"] == {"/aws/lambda/job": {"Retention": None, "Tags": {}}}
    assert env.plan_function(jobs.report, config(), []).is_empty
    removal = env.delete_function("job")
    assert removal.left == ("log-group /aws/lambda/job, which taskflows-cloud did not make",)
    assert account() == {**EMPTY, "log groups": {"/aws/lambda/job": {"Retention": None, "Tags": {}}}}


def test_schedules_of_others_in_our_group_stay(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, config(schedules=[NEW_YORK]), [])

    def add():
        client("scheduler").create_schedule(
            Name="theirs",
            GroupName="taskflows-cloud-job",
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:sqs:us-east-1:123456789012:queue", "RoleArn": GIVEN_ROLE},
        )

    aws.look(add)

    assert env.deploy_function(jobs.report, config(schedules=[]), []).success
    assert list(account()["schedules"]) == ["theirs"]
    result = env.delete_function("job")

    assert result.success
    assert "theirs" in result.left[0]
    assert list(account()["schedules"]) == ["theirs"]


@pytest.mark.parametrize("second", ["job-2", "job-ab117e81cd", "job_"])
def test_neighbours_keep_apart(env, aws, jobs, account, second):
    assert env.deploy_function(jobs.report, config("job", schedules=SCHEDULES), [])
    assert env.deploy_function(jobs.other, config(second, schedules=SCHEDULES), [])
    before = account()

    assert env.plan_function(jobs.report, config("job", schedules=SCHEDULES), []).is_empty
    assert env.delete_function("job").success

    after = account()
    assert list(after["functions"]) == [second]
    assert after["functions"][second] == before["functions"][second]
    assert env.plan_function(jobs.other, config(second, schedules=SCHEDULES), []).is_empty
    assert env.delete_function(second).success
    assert account() == EMPTY


def test_long_names_that_begin_alike_keep_apart(env, jobs, account):
    first, second = "x" * 40 + "a" * 24, "x" * 40 + "b" * 24
    for name in (first, second):
        assert env.deploy_function(jobs.report, config(name, schedules=SCHEDULES), []).success
    there = account()
    assert [len(there[kind]) for kind in ("functions", "roles", "rules", "schedule groups")] == [2, 4, 2, 2]
    assert all(len(name) <= 64 for kind in ("roles", "rules", "schedule groups") for name in there[kind])

    assert env.delete_function(first).success
    assert env.plan_function(jobs.report, config(second, schedules=SCHEDULES), []).is_empty
    assert env.delete_function(second).success
    assert account() == EMPTY


def test_what_is_not_there_is_named(env):
    for call in (env.invoke_function, env.describe_function, env.pause_schedules, env.get_function_logs):
        with pytest.raises(FunctionNotFoundError, match="'nothing'"):
            call("nothing")
