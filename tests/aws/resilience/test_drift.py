"""What was changed behind our back: the plan tells it without changing anything, a deployment mends it."""

from __future__ import annotations

import json

import pytest

from taskflows_cloud_core import Calendar
from tests.aws.support.account import ACCOUNT, OWNER, answer, client, config, once

ROLE = "taskflows-cloud-job-us-east-1"
SCHEDULER_ROLE = f"{ROLE}-scheduler"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"
GROUP = "taskflows-cloud-job"
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:job"
LIVE_ARN = f"{FUNCTION_ARN}:live"
STATEMENT = "taskflows-cloud-rules"


def wanted():
    return config(
        schedules=["Mon-Fri 14:00", Calendar("Sun 17:00", timezone="America/New_York")],
        environment_variables={"MODE": "fast"},
        tags={"team": "data"},
        max_concurrency=2,
    )


def the_rule():
    (rule,) = client("events").list_rules(NamePrefix="job-")["Rules"]
    return rule


def the_schedule():
    (schedule,) = client("scheduler").list_schedules(GroupName=GROUP)["Schedules"]
    scheduler = client("scheduler")
    answer = scheduler.get_schedule(GroupName=GROUP, Name=schedule["Name"])
    return {
        key: answer[key]
        for key in answer
        if key not in ("ResponseMetadata", "Arn", "CreationDate", "LastModificationDate")
    }


def no_policy():
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
    )


def other_trust():
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def delete_role(name):
    client("iam").delete_role_policy(RoleName=name, PolicyName="taskflows-cloud")
    client("iam").delete_role(RoleName=name)


def delete_rule():
    client("events").remove_targets(Rule=the_rule()["Name"], Ids=["function"])
    client("events").delete_rule(Name=the_rule()["Name"])


def put_other_permission():
    client("lambda").remove_permission(FunctionName="job", StatementId=STATEMENT, Qualifier="live")
    client("lambda").add_permission(
        FunctionName="job",
        Qualifier="live",
        StatementId=STATEMENT,
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )


def put_another_version_live():
    """Publish other settings, put them live, and set the function back."""
    lambda_ = client("lambda")
    lambda_.update_function_configuration(FunctionName="job", MemorySize=1024)
    version = lambda_.publish_version(FunctionName="job")["Version"]
    lambda_.update_alias(FunctionName="job", Name="live", FunctionVersion=version)
    lambda_.update_function_configuration(FunctionName="job", MemorySize=256)


def configuration(**changes):
    return lambda: client("lambda").update_function_configuration(FunctionName="job", **changes)


def schedule(**changes):
    def change():
        found = the_schedule()
        found["Target"] = {**found["Target"], **changes.pop("Target", {})}
        client("scheduler").update_schedule(**{**found, **changes})

    return change


DRIFTS = {
    "memory": configuration(MemorySize=1024),
    "timeout": configuration(Timeout=5),
    "environment value": configuration(Environment={"Variables": {"MODE": "slow"}}),
    "environment added to": configuration(Environment={"Variables": {"MODE": "fast", "DEBUG": "1"}}),
    "description": configuration(Description="by hand"),
    "handler": configuration(Handler="other.handler"),
    "code": lambda: client("lambda").update_function_code(FunctionName="job", ZipFile=b"other"),
    "alias deleted": lambda: client("lambda").delete_alias(FunctionName="job", Name="live"),
    "another version live": put_another_version_live,
    "concurrency": lambda: client("lambda").put_function_concurrency(
        FunctionName="job", ReservedConcurrentExecutions=7
    ),
    "concurrency deleted": lambda: client("lambda").delete_function_concurrency(FunctionName="job"),
    "retries": lambda: client("lambda").update_function_event_invoke_config(FunctionName="job", MaximumRetryAttempts=2),
    "retries deleted": lambda: client("lambda").delete_function_event_invoke_config(FunctionName="job"),
    "function tag added": lambda: client("lambda").tag_resource(Resource=FUNCTION_ARN, Tags={"more": "x"}),
    "function tag changed": lambda: client("lambda").tag_resource(Resource=FUNCTION_ARN, Tags={"team": "x"}),
    "function tag removed": lambda: client("lambda").untag_resource(Resource=FUNCTION_ARN, TagKeys=["team"]),
    "permission removed": lambda: client("lambda").remove_permission(
        FunctionName="job", StatementId=STATEMENT, Qualifier="live"
    ),
    "permission widened": put_other_permission,
    "retention": lambda: client("logs").put_retention_policy(logGroupName="/aws/lambda/job", retentionInDays=1),
    "retention removed": lambda: client("logs").delete_retention_policy(logGroupName="/aws/lambda/job"),
    "log group deleted": lambda: client("logs").delete_log_group(logGroupName="/aws/lambda/job"),
    "role policy": lambda: client("iam").put_role_policy(
        RoleName=ROLE, PolicyName="taskflows-cloud", PolicyDocument=no_policy()
    ),
    "role policy deleted": lambda: client("iam").delete_role_policy(RoleName=ROLE, PolicyName="taskflows-cloud"),
    "trust policy": lambda: client("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=other_trust()),
    "role tag": lambda: client("iam").untag_role(RoleName=ROLE, TagKeys=["team"]),
    "role deleted": lambda: delete_role(ROLE),
    "scheduler role deleted": lambda: delete_role(SCHEDULER_ROLE),
    "scheduler trust": lambda: client("iam").update_assume_role_policy(
        RoleName=SCHEDULER_ROLE, PolicyDocument=other_trust()
    ),
    "rule deleted": delete_rule,
    "rule switched off": lambda: client("events").disable_rule(Name=the_rule()["Name"]),
    "rule expression": lambda: client("events").put_rule(
        Name=the_rule()["Name"], ScheduleExpression="rate(1 day)", State="ENABLED"
    ),
    "rule with a role": lambda: client("events").put_rule(
        Name=the_rule()["Name"], ScheduleExpression=the_rule()["ScheduleExpression"], RoleArn=OTHER_ROLE
    ),
    "target removed": lambda: client("events").remove_targets(Rule=the_rule()["Name"], Ids=["function"]),
    "target redirected": lambda: client("events").put_targets(
        Rule=the_rule()["Name"], Targets=[{"Id": "function", "Arn": f"{FUNCTION_ARN}-2"}]
    ),
    "target added": lambda: client("events").put_targets(
        Rule=the_rule()["Name"], Targets=[{"Id": "another", "Arn": f"{FUNCTION_ARN}-2"}]
    ),
    "target event": lambda: client("events").put_targets(
        Rule=the_rule()["Name"], Targets=[{"Id": "function", "Arn": LIVE_ARN, "Input": "{}"}]
    ),
    "rule tag": lambda: client("events").untag_resource(ResourceARN=the_rule()["Arn"], TagKeys=["team"]),
    "schedule deleted": lambda: client("scheduler").delete_schedule(GroupName=GROUP, Name=the_schedule()["Name"]),
    "schedule switched off": schedule(State="DISABLED"),
    "schedule expression": schedule(ScheduleExpression="rate(1 day)"),
    "schedule zone": schedule(ScheduleExpressionTimezone="Europe/Berlin"),
    "schedule window": schedule(FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5}),
    "schedule target": schedule(Target={"Arn": f"{FUNCTION_ARN}-2"}),
    "schedule retries": schedule(Target={"RetryPolicy": {"MaximumRetryAttempts": 185}}),
    "schedule group deleted": lambda: client("scheduler").delete_schedule_group(Name=GROUP),
}


@pytest.mark.parametrize("kind", DRIFTS)
def test_drift_is_told_by_the_plan_and_mended_by_a_deployment(env, aws, jobs, account, kind):
    assert env.deploy_function(jobs.report, wanted(), [])
    before = account()
    aws.look(DRIFTS[kind])
    drifted = account()
    assert drifted != before
    aws.clear()

    plan = env.plan_function(jobs.report, wanted(), [])
    assert not plan.is_empty
    assert aws.mutating == []

    assert env.deploy_function(jobs.report, wanted(), []).success
    after = account()
    if kind == "permission widened":
        # The right statement stands under the other name, so that it was there before the wrong one went.
        before["functions"]["job"]["Policy"][0]["Sid"] = f"{STATEMENT}-2"
    assert after == before
    assert env.plan_function(jobs.report, wanted(), []).is_empty


def test_what_others_added_to_the_function_and_its_role_is_left_alone(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, wanted(), [])

    def add():
        client("lambda").add_permission(
            FunctionName="job",
            Qualifier="live",
            StatementId="theirs",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
        )
        client("iam").put_role_policy(RoleName=ROLE, PolicyName="theirs", PolicyDocument=no_policy())

    aws.look(add)
    before = account()

    assert env.plan_function(jobs.report, wanted(), []).is_empty
    assert env.deploy_function(jobs.other, wanted(), []).success

    after = account()
    assert after["functions"]["job"]["Policy"] == before["functions"]["job"]["Policy"]
    assert after["roles"] == before["roles"]


def test_a_rule_of_an_older_deployment_goes(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, wanted(), [])

    def add():
        client("events").put_rule(
            Name="job-0123456789", ScheduleExpression="rate(1 day)", Tags=[{"Key": OWNER, "Value": "job"}]
        )

    aws.look(add)

    plan = env.plan_function(jobs.report, wanted(), [])

    assert [str(action.key) for action in plan.actions] == ["rule job-0123456789"]
    assert env.deploy_function(jobs.report, wanted(), [])
    assert "job-0123456789" not in account()["rules"]


def test_a_grant_that_stands_twice_is_one_grant(env, aws, jobs):
    assert env.deploy_function(jobs.report, wanted(), [])
    policy = aws.look(lambda: client("lambda").get_policy(FunctionName="job", Qualifier="live")["Policy"])
    document = json.loads(policy)
    twice = json.dumps({**document, "Statement": document["Statement"] * 2})
    aws.before = once("lambda:GetPolicy", lambda: answer({"Policy": twice}))

    assert env.plan_function(jobs.report, wanted(), []).is_empty
