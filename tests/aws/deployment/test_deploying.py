"""Deploying to an account, looked at through boto3 as a user would."""

from __future__ import annotations

import json
from unittest.mock import ANY

import attrs
import pytest

from taskflows_cloud_aws import AWSLambdaEnvironment
from taskflows_cloud_core import Calendar, Periodic, ScheduleExpression, Translation, get_environment
from taskflows_cloud_core.schedules import make_triggers
from tests.aws.support.account import (
    ACCOUNT,
    CLAIM,
    EMPTY,
    GIVEN_ROLE,
    OWNER,
    REGION,
    RELEASE,
    client,
    config,
    make_given_role,
    refusal,
)

NEW_YORK = Calendar("Sun 17:00", timezone="America/New_York")
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:job"
LIVE_ARN = f"{FUNCTION_ARN}:live"


def only(found):
    (value,) = found.values()
    return value


def test_a_function_comes_with_a_role_of_least_privilege_and_a_log_group(env, jobs, account):
    wanted = config(environment_variables={"MODE": "fast"}, tags={"team": "data"}, description="A report")

    result = env.deploy_function(jobs.report, wanted, [])

    assert result.success
    assert result.resource_id == FUNCTION_ARN
    there = account()
    tags = {"team": "data", OWNER: "job"}
    function = there["functions"]["job"]
    assert function["Handler"] == "index.handler"
    assert function["Environment"] == {"Variables": {"MODE": "fast"}}
    assert function["Description"] == "A report"
    assert function["Tags"] == tags
    assert function["Retries"] == (0, 3600)
    assert there["log groups"] == {"/aws/lambda/job": {"Retention": 30, "Tags": tags}}
    role = there["roles"]["taskflows-cloud-job-us-east-1"]
    assert function["Role"] == f"arn:aws:iam::{ACCOUNT}:role/taskflows-cloud-job-us-east-1"
    assert role["Tags"] == tags
    assert role["Trust"]["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    ]
    assert only(role["Policies"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/job:*",
        }
    ]
    assert (there["rules"], there["schedules"], there["schedule groups"]) == ({}, {}, {})


def test_a_utc_schedule_is_a_rule_with_one_scoped_grant(env, jobs, account):
    result = env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00", Periodic(3600)]), [])

    assert result.success
    there = account()
    rules = there["rules"]
    assert {rule["ScheduleExpression"] for rule in rules.values()} == {"cron(00 14 ? * MON-FRI *)", "rate(1 hour)"}
    assert {rule["State"] for rule in rules.values()} == {"ENABLED"}
    assert all(rule["Tags"] == {OWNER: "job"} for rule in rules.values())
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["Arn"] == LIVE_ARN
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
        assert target["InputTransformer"]["InputPathsMap"] == {"due": "$.time"}
    assert {rule["Targets"][0]["InputTransformer"]["InputTemplate"] for rule in rules.values()} == {
        '{"taskflows-cloud": {"schedule": "Mon..Fri *-*-* 14:00:00", "due": <due>}}',
        '{"taskflows-cloud": {"schedule": "every 3600 s", "due": <due>}}',
    }
    (statement,) = there["functions"]["job"]["Policy"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"AWS:SourceAccount": ACCOUNT}
    pattern = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
    assert pattern == f"arn:aws:events:{REGION}:{ACCOUNT}:rule/job-??????????"
    assert all(len(rule["Arn"]) == len(pattern) and rule["Arn"][:-10] == pattern[:-10] for rule in rules.values())


def test_a_schedule_in_another_zone_goes_to_scheduler_with_a_role_of_its_own(env, jobs, account):
    result = env.deploy_function(jobs.report, config(schedules=[NEW_YORK]), [])

    assert result.success
    there = account()
    schedule = only(there["schedules"])
    assert schedule["GroupName"] == "taskflows-cloud-job"
    assert schedule["ScheduleExpression"] == "cron(00 17 ? * SUN *)"
    assert schedule["ScheduleExpressionTimezone"] == "America/New_York"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == LIVE_ARN
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}
    envelope = {"schedule": "Sun *-*-* 17:00:00 America/New_York", "due": "<aws.scheduler.scheduled-time>"}
    assert json.loads(schedule["Target"]["Input"]) == {"taskflows-cloud": envelope}
    role = there["roles"]["taskflows-cloud-job-us-east-1-scheduler"]
    assert schedule["Target"]["RoleArn"].endswith(":role/taskflows-cloud-job-us-east-1-scheduler")
    (trust,) = role["Trust"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    (right,) = only(role["Policies"])["Statement"]
    assert (right["Action"], right["Resource"]) == ("lambda:InvokeFunction", LIVE_ARN)
    assert there["functions"]["job"]["Policy"] == []


def test_a_random_delay_is_a_flexible_window(env, jobs, account):
    delayed = Calendar("Sun 17:00", randomized_delay=600)

    assert env.deploy_function(jobs.report, config(schedules=[delayed]), []).success

    assert only(account()["schedules"])["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 10}
    assert env.plan_function(jobs.report, config(schedules=[delayed]), []).is_empty
    on_time = Calendar("Sun 17:00", timezone="Europe/Berlin")
    assert env.deploy_function(jobs.report, config(schedules=[on_time]), []).success
    assert only(account()["schedules"])["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_a_single_date_is_a_schedule(env, jobs, account):
    once = config(schedules=[Calendar("2031-05-06 07:08")])

    assert env.deploy_function(jobs.report, once, []).success

    assert only(account()["schedules"])["ScheduleExpression"] == "at(2031-05-06T07:08:00)"
    assert env.plan_function(jobs.report, once, []).is_empty


def test_the_metadata_tells_what_a_program_wants_to_know(env, jobs, account):
    wanted = config(schedules=["Mon-Fri 14:00", NEW_YORK], memory_mb=512, timeout_seconds=30)

    metadata = env.deploy_function(jobs.report, wanted, []).metadata

    there = account()
    (rule,), (schedule,) = there["rules"], there["schedules"]
    assert metadata["function_name"] == "job"
    assert metadata["region"] == REGION
    assert metadata["runtime"] == f"python{wanted.python_version}"
    assert metadata["memory_mb"] == 512
    assert metadata["timeout"] == 30
    assert metadata["package_size_mb"] > 0
    assert len(metadata["package_sha256"]) == 64
    assert metadata["schedules"] == {
        rule: "cron(00 14 ? * MON-FRI *)",
        schedule: "cron(00 17 ? * SUN *) America/New_York",
    }
    assert metadata["schedule_rules"] == [there["rules"][rule]["Arn"], there["schedules"][schedule]["Arn"]]


def test_an_identical_second_deployment_makes_no_mutating_call(env, aws, jobs):
    wanted = config(
        schedules=["Mon-Fri 14:00", Periodic(300), NEW_YORK],
        environment_variables={"MODE": "fast"},
        tags={"team": "data"},
        max_concurrency=2,
        retries=1,
        log_retention_days=7,
        ephemeral_storage_mb=1024,
        architecture="arm64",
    )
    assert env.deploy_function(jobs.report, wanted, [])
    aws.clear()

    plan = get_environment("aws", region=REGION).plan_function(jobs.report, wanted, [])
    result = env.deploy_function(jobs.report, wanted, [])

    assert plan.is_empty
    assert result.success
    assert result.plan.is_empty
    assert aws.mutating == []


def test_a_second_plan_needs_few_calls(env, aws, jobs):
    wanted = config(schedules=["Mon-Fri 14:00"])
    assert env.deploy_function(jobs.report, wanted, [])
    aws.clear()

    env.plan_function(jobs.report, wanted, [])

    assert len(aws.calls) <= 15
    # The calls that share Lambda's budget of 15 a second (GetFunction and GetPolicy have their own).
    assert sorted(call for call in aws.calls if call.startswith("lambda:")) == [
        "lambda:GetFunction",
        "lambda:GetFunction",
        "lambda:GetFunctionEventInvokeConfig",
        "lambda:GetPolicy",
    ]


def test_changing_one_schedule_touches_only_that_schedule(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00", Periodic(3600)]), [])
    before = account()
    aws.clear()

    result = env.deploy_function(jobs.report, config(schedules=["Mon-Fri 15:00", Periodic(3600)]), [])

    assert result.success
    after = account()
    kept = set(before["rules"]) & set(after["rules"])
    assert [before["rules"][name]["ScheduleExpression"] for name in kept] == ["rate(1 hour)"]
    assert {key: after[key] for key in after if key != "rules"} == {
        key: before[key] for key in before if key != "rules"
    }
    # The new one works before the old one goes.
    assert aws.mutating == [
        CLAIM,
        "eventbridge:PutRule",
        "eventbridge:PutTargets",
        "eventbridge:RemoveTargets",
        "eventbridge:DeleteRule",
        RELEASE,
    ]


def test_with_a_given_role_no_right_of_iam_is_needed(aws, jobs, account):
    make_given_role()
    aws.clear()
    aws.before = lambda _number, call: refusal(call, "AccessDenied", 403) if call.startswith("iam:") else None
    env = get_environment("aws", region=REGION, execution_role_arn=GIVEN_ROLE)

    result = env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00"]), [])

    assert result.success
    assert account()["functions"]["job"]["Role"] == GIVEN_ROLE
    assert env.update_function_code("job", jobs.other, [])
    assert env.delete_function("job")
    assert not [call for call in aws.mutating if call.startswith("iam:")]
    assert account() == {**EMPTY, "roles": {"given": ANY}}


def test_a_role_of_ours_goes_when_another_is_given(env, jobs, account):
    make_given_role()
    assert env.deploy_function(jobs.report, config(), [])

    with_role = config(provider_options={"aws": {"execution_role_arn": GIVEN_ROLE}})
    assert env.deploy_function(jobs.report, with_role, [])

    there = account()
    assert there["functions"]["job"]["Role"] == GIVEN_ROLE
    assert list(there["roles"]) == ["given"]


def test_updating_the_code_leaves_all_else(env, aws, jobs, account):
    wanted = config(schedules=["Mon-Fri 14:00", NEW_YORK], environment_variables={"MODE": "fast"}, memory_mb=512)
    assert env.deploy_function(jobs.report, wanted, [])
    before = account()
    aws.clear()

    result = env.update_function_code("job", jobs.other, [])

    assert result.success
    changes = ["lambda:UpdateFunctionCode", "lambda:PublishVersion", "lambda:UpdateAlias"]
    assert aws.mutating == [CLAIM, *changes, RELEASE]
    after = account()
    old, new = before["functions"].pop("job"), after["functions"].pop("job")
    assert old["CodeSha256"] != new["CodeSha256"]
    assert {key for key in old if old[key] != new[key]} <= {"CodeSha256", "CodeSize", "Live"}
    assert new["Live"]["CodeSha256"] == new["CodeSha256"]
    assert before == after


def test_updating_the_configuration_leaves_the_code(env, aws, jobs, account):
    wanted = config(schedules=["Mon-Fri 14:00"], memory_mb=512)
    assert env.deploy_function(jobs.report, wanted, [])
    before = account()["functions"]["job"]
    aws.clear()

    result = env.update_function_configuration("job", attrs.evolve(wanted, memory_mb=1024, tags={"team": "data"}))

    assert result.success
    there = account()
    assert there["functions"]["job"]["MemorySize"] == 1024
    assert there["functions"]["job"]["CodeSha256"] == before["CodeSha256"]
    assert all(rule["Tags"] == {"team": "data", OWNER: "job"} for rule in there["rules"].values())
    assert "lambda:UpdateFunctionCode" not in aws.calls


def test_updating_what_is_not_there_names_the_function(env, aws, jobs):
    code = env.update_function_code("job", jobs.other, [])
    configuration = env.update_function_configuration("job", config())

    assert "'job'" in code.error
    assert "'job'" in configuration.error
    assert code.resource_id is None
    assert aws.mutating == []


def test_deleting_leaves_nothing(env, jobs, account):
    assert env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00", NEW_YORK], max_concurrency=1), [])

    result = env.delete_function("job")

    assert result.success
    assert account() == EMPTY
    assert "function job" in result.deleted
    again = env.delete_function("job")
    assert again.success
    assert again.deleted == ()


def test_logs_can_be_kept_and_are_used_again(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, config(), [])

    result = env.delete_function("job", keep_logs=True)

    assert account() == {**EMPTY, "log groups": {"/aws/lambda/job": {"Retention": 30, "Tags": {OWNER: "job"}}}}
    assert result.left == (
        "log-group /aws/lambda/job, because keep_logs was asked for; delete again without it to remove it",
    )
    aws.clear()
    assert env.deploy_function(jobs.report, config(), [])
    assert [call for call in aws.mutating if "LogGroup" in call] == [CLAIM, RELEASE]
    assert env.delete_function("job")
    assert account() == EMPTY


def test_a_role_with_policies_added_by_hand_can_be_deleted(env, jobs, account):
    assert env.deploy_function(jobs.report, config(), [])
    iam, role = client("iam"), "taskflows-cloud-job-us-east-1"
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
    )
    policy = iam.create_policy(PolicyName="by-hand", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    iam.put_role_policy(RoleName=role, PolicyName="extra", PolicyDocument=document)

    assert env.plan_function(jobs.report, config(), []).is_empty
    assert env.delete_function("job").success

    assert account() == EMPTY


@pytest.mark.slow
def test_three_hundred_schedules_fit_one_grant(env, jobs, account):
    times = [f"{hour:02}:{minute:02}" for hour in range(20) for minute in range(0, 60, 4)]

    result = env.deploy_function(jobs.report, config(schedules=times), [])

    assert result.success
    there = account()
    assert len(there["rules"]) == 300
    assert len(there["functions"]["job"]["Policy"]) == 1
    assert env.plan_function(jobs.report, config(schedules=times), []).is_empty


def test_the_environment_has_a_name_of_its_own():
    assert AWSLambdaEnvironment(region=REGION, execution_role_arn=GIVEN_ROLE) == get_environment(
        "aws", region=REGION, execution_role_arn=GIVEN_ROLE
    )


def test_a_date_that_has_passed_meanwhile_neither_fails_nor_leaves_an_orphan(env, jobs, account, aws):
    past = Calendar("2020-01-01 10:00")
    env.deploy_function(jobs.report, config(schedules=[Calendar("2199-01-01 10:00"), "daily"]), [])
    let_the_date_pass(past)
    assert [each["ScheduleExpression"] for each in account()["schedules"].values()] == ["at(2020-01-01T10:00:00)"]

    again = config(schedules=[past, "daily"])
    result = env.deploy_function(jobs.report, again, [])

    assert result.success
    ended = "this never fires again: it ended at 2020-01-01 10:00 UTC; nothing is scheduled for it"
    assert f"schedule '2020-01-01 10:00': {ended}" in result.warnings
    there = account()
    assert [rule["ScheduleExpression"] for rule in there["rules"].values()] == ["cron(00 00 ? * * *)"]
    assert (there["schedules"], there["schedule groups"]) == ({}, {})
    aws.clear()
    assert env.deploy_function(jobs.report, again, []).plan.is_empty
    assert aws.mutating == []


def let_the_date_pass(calendar):
    """Put the one schedule there is where it would be, had it been deployed for that date."""
    scheduler = client("scheduler")
    (listed,) = scheduler.list_schedules()["Schedules"]
    place = {"GroupName": listed["GroupName"], "Name": listed["Name"]}
    found = scheduler.get_schedule(**place)
    expression = ScheduleExpression(expression="at(2020-01-01T10:00:00)", service="scheduler")
    (trigger,) = make_triggers([Translation(schedule=calendar, expressions=[expression])])
    kept = ("Description", "FlexibleTimeWindow", "GroupName", "ScheduleExpressionTimezone", "State", "Target")
    scheduler.delete_schedule(**place)
    scheduler.create_schedule(
        **{name: found[name] for name in kept},
        Name=listed["Name"].replace(listed["Name"][-10:], trigger.name),
        ScheduleExpression=expression.expression,
    )


def test_a_first_deployment_of_a_date_that_has_passed_is_told_of_and_one_that_never_comes_is_refused(
    env, jobs, account
):
    result = env.deploy_function(jobs.report, config(schedules=["2020-01-01 10:00"]), [])
    assert result.success
    assert "2020-01-01 10:00" in result.warnings[0]
    assert (account()["rules"], account()["schedules"]) == ({}, {})

    refused = env.deploy_function(jobs.report, config(schedules=["2020-01-01 10:00", "2027-02-29 10:00"]), [])
    assert not refused.success
    assert "schedules[1]: '2027-02-29 10:00': this never fires" in refused.error
    assert "schedules[0]" not in refused.error
