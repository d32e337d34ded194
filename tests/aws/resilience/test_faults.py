"""What AWS throws at a deployment: it heals by itself, or says what mends it. Never a false success."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar
from tests.aws.support.account import EMPTY, answer, client, config, connection_lost, is_mutating, once, refusal

NEW_YORK = Calendar("Sun 17:00", timezone="America/New_York")
WANTED = {"schedules": ["Mon-Fri 14:00", NEW_YORK], "environment_variables": {"MODE": "fast"}, "max_concurrency": 2}
CHANGED = {
    "schedules": ["Mon-Fri 15:00", NEW_YORK],
    "environment_variables": {"MODE": "slow"},
    "tags": {"team": "data"},
    "log_retention_days": 7,
}

NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."
IN_PROGRESS = "The operation cannot be performed at this time. An update is in progress for resource: job"
TOO_NEW = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."

PASSING = {
    "role not yet assumable": (
        "lambda:CreateFunction",
        "InvalidParameterValueException",
        400,
        NOT_ASSUMABLE,
        6,
    ),
    "grant during an update": ("lambda:AddPermission", "ResourceConflictException", 409, IN_PROGRESS, 4),
    "concurrency during an update": ("lambda:PutFunctionConcurrency", "ResourceConflictException", 409, IN_PROGRESS, 4),
    "rule being modified": ("eventbridge:PutRule", "ConcurrentModificationException", 400, "busy", 3),
    "target being modified": ("eventbridge:PutTargets", "ConcurrentModificationException", 400, "busy", 3),
    "scheduler role too new": ("scheduler:CreateSchedule", "ValidationException", 400, TOO_NEW, 6),
    "throttled creation": ("lambda:CreateFunction", "TooManyRequestsException", 429, "Rate exceeded", 8),
    "throttled iam": ("iam:CreateRole", "Throttling", 400, "Rate exceeded", 8),
    "throttled logs": ("cloudwatch-logs:CreateLogGroup", "ThrottlingException", 400, "Rate exceeded", 8),
    "server error": ("eventbridge:PutRule", "InternalFailure", 500, "sorry", 8),
}


@pytest.mark.parametrize("kind", PASSING)
def test_what_passes_is_waited_for(env, aws, jobs, pauses, kind):
    call, code, status, message, times = PASSING[kind]
    aws.before = once(call, lambda: refusal(call, code, status, message), times=times)

    result = env.deploy_function(jobs.report, config(**WANTED), [])

    assert result.success, result.error
    assert aws.calls.count(call) > times
    assert pauses
    aws.clear()
    assert env.plan_function(jobs.report, config(**WANTED), []).is_empty


CONFLICTS = {
    "lambda:TagResource": "ResourceConflictException",
    "eventbridge:PutRule": "ConcurrentModificationException",
    "lambda:UntagResource": "ResourceConflictException",
    "lambda:UpdateAlias": "ResourceConflictException",
    "cloudwatch-logs:DeleteLogGroup": "OperationAbortedException",
    "iam:DeleteRolePolicy": "ConcurrentModification",
    "iam:DeleteRole": "DeleteConflict",
}


def test_one_conflict_at_each_call_of_operating_and_deleting_heals(env, aws, jobs, account, pauses):
    assert env.deploy_function(jobs.report, config(**WANTED), [])
    assert env.deploy_function(jobs.other, config(**WANTED), [])
    met = []

    def conflict(_number, call):
        if call in CONFLICTS and call not in met:
            met.append(call)
            return refusal(call, CONFLICTS[call], 409, IN_PROGRESS)
        return None

    aws.before = conflict
    assert env.pause_schedules("job") == 2
    assert env.resume_schedules("job") == 2
    env.rollback_function("job")
    deletion = env.delete_function("job")

    assert deletion.success, deletion.error
    assert sorted(met) == sorted(CONFLICTS)
    assert account() == EMPTY


@pytest.mark.parametrize("times", [1, 8])
@pytest.mark.parametrize(
    "spelling", ["Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"]
)
def test_every_spelling_of_a_throttle_heals(env, aws, jobs, pauses, spelling, times):
    call = "lambda:CreateFunction"
    aws.before = once(call, lambda: refusal(call, spelling, 400, "Rate exceeded"), times=times)

    assert env.deploy_function(jobs.report, config(**WANTED), []).success

    assert aws.calls.count(call) == times + 1


@pytest.mark.parametrize("call", ["lambda:UpdateFunctionConfiguration", "lambda:UpdateFunctionCode"])
def test_an_update_waits_for_another_one_to_end(env, aws, jobs, pauses, call):
    assert env.deploy_function(jobs.report, config(**WANTED), [])
    aws.before = once(call, lambda: refusal(call, "ResourceConflictException", 409, IN_PROGRESS), times=5)

    assert env.deploy_function(jobs.other, config(**CHANGED), []).success

    assert env.plan_function(jobs.other, config(**CHANGED), []).is_empty


@pytest.mark.parametrize("call", ["lambda:CreateFunction", "lambda:AddPermission", "lambda:CreateAlias"])
def test_more_throttles_than_one_call_is_tried(env, aws, jobs, pauses, call):
    aws.before = once(call, lambda: refusal(call, "TooManyRequestsException", 429), times=15)

    assert env.deploy_function(jobs.report, config(**WANTED), []).success

    aws.clear()
    assert env.plan_function(jobs.report, config(**WANTED), []).is_empty


def lost_at(moment):
    def after(number, _call):
        if number == moment:
            connection_lost()

    return after


@pytest.mark.slow
@pytest.mark.parametrize("deployment", ["first", "changed", "deletion"])
def test_the_effect_is_there_but_the_answer_is_lost(env, aws, jobs, account, pauses, deployment):
    def prepare():
        aws.clear()
        assert env.delete_function("job")
        if deployment != "first":
            assert env.deploy_function(jobs.report, config(**WANTED), [])
        aws.clear()

    acts = {
        "first": lambda: env.deploy_function(jobs.report, config(**WANTED), []),
        "changed": lambda: env.deploy_function(jobs.other, config(**CHANGED), []),
        "deletion": lambda: env.delete_function("job"),
    }
    act = acts[deployment]
    prepare()
    assert act()
    calls, wanted = list(aws.calls), account()
    for moment in (number for number, call in enumerate(calls) if is_mutating(call)):
        prepare()
        aws.after = lost_at(moment)
        result = act()
        assert result.success, (moment, result.error)
        assert account() == wanted, moment
    if deployment == "deletion":
        assert wanted == EMPTY


def test_failed_entries_of_an_answer_that_says_200_are_tried_again(env, aws, jobs, account, pauses):
    entry = {"TargetId": "function", "ErrorCode": "ConcurrentModificationException", "ErrorMessage": "busy"}
    aws.before = once("eventbridge:PutTargets", lambda: answer({"FailedEntryCount": 1, "FailedEntries": [entry]}), 2)

    assert env.deploy_function(jobs.report, config(**WANTED), []).success

    (rule,) = account()["rules"].values()
    assert len(rule["Targets"]) == 1


def test_failed_entries_that_stay_failed_are_no_success(env, aws, jobs, pauses):
    entry = {"TargetId": "function", "ErrorCode": "LimitExceededException", "ErrorMessage": "too many targets"}
    failing = answer({"FailedEntryCount": 1, "FailedEntries": [entry]})
    aws.before = lambda _number, call: failing if call == "eventbridge:PutTargets" else None

    result = env.deploy_function(jobs.report, config(**WANTED), [])

    assert not result.success
    assert result.resource_id is not None
    assert "LimitExceededException: too many targets" in result.error


def test_a_role_that_never_becomes_assumable_is_told(env, aws, jobs, pauses):
    call = "lambda:CreateFunction"
    aws.before = lambda _number, name: (
        refusal(call, "InvalidParameterValueException", 400, NOT_ASSUMABLE) if name == call else None
    )

    result = env.deploy_function(jobs.report, config(**WANTED), [])

    assert not result.success
    assert NOT_ASSUMABLE in result.error
    assert 290 <= sum(pauses) <= 310


def test_a_function_of_somebody_faster_is_not_taken_over(env, aws, jobs, pauses):
    def make_theirs():
        aws.look(
            lambda: client("lambda").create_function(
                FunctionName="job",
                Runtime="python3.12",
                Role="arn:aws:iam::123456789012:role/taskflows-cloud-job-us-east-1",
                Handler="theirs.handler",
                Code={"ZipFile": b"theirs"},
            )
        )

    aws.before = once("lambda:CreateFunction", make_theirs)

    result = env.deploy_function(jobs.report, config(), [])

    assert not result.success
    assert "not made by taskflows-cloud" in result.error
    assert aws.look(lambda: client("lambda").get_function(FunctionName="job"))["Configuration"]["Handler"] == (
        "theirs.handler"
    )
