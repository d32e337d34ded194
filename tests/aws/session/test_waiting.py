"""What is waited for is told, what can never come is refused at once, and Ctrl-C says what is there."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, get_environment
from tests.aws.support.account import EMPTY, GIVEN_ROLE, REGION, config, make_given_role, once, refusal

NO_ROLE = "The role defined for the function cannot be assumed by Lambda."
BERLIN = Calendar("Mon-Fri 07:00", timezone="Europe/Berlin")


def told_by(deploy):
    events = []
    result = deploy(events.append)
    return result, [str(event) for event in events]


def test_waiting_for_a_new_role_is_told_once(env, aws, jobs, pauses):
    aws.before = once(
        "lambda:CreateFunction",
        lambda: refusal("lambda:CreateFunction", "InvalidParameterValueException", 400, NO_ROLE),
        times=5,
    )
    result, told = told_by(lambda progress: env.deploy_function(jobs.report, config(), [], progress=progress))

    assert result.success, result.error
    waits = [text for text in told if "waiting" in text]
    assert len(waits) == 1
    assert "create function job: waiting up to 300 seconds until Lambda can use the role" in waits[0]


def test_waiting_for_schedulers_role_is_told(env, aws, jobs, pauses):
    words = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    aws.before = once(
        "scheduler:CreateSchedule", lambda: refusal("scheduler:CreateSchedule", "ValidationException", 400, words)
    )
    wanted = config(schedules=[BERLIN])
    result, told = told_by(lambda progress: env.deploy_function(jobs.report, wanted, [], progress=progress))

    assert result.success, result.error
    assert any("until EventBridge Scheduler can use the role" in text for text in told)


@pytest.mark.parametrize("field", ["execution_role_arn", "scheduler_role_arn"])
def test_a_given_role_that_does_not_exist_is_refused_at_once(aws, jobs, account, pauses, field):
    env = get_environment("aws", region=REGION, **{field: GIVEN_ROLE})

    result = env.deploy_function(jobs.report, config(schedules=[BERLIN]), [])

    assert not result.success
    assert f"{field}: there is no role '{GIVEN_ROLE}'" in result.error
    assert aws.mutating == []
    assert pauses == []
    assert account() == EMPTY


def test_a_given_role_is_asked_for_once(aws, jobs):
    make_given_role()
    env = get_environment("aws", region=REGION, execution_role_arn=GIVEN_ROLE)
    aws.clear()
    for name in ("one", "two", "three"):
        assert env.deploy_function(jobs.report, config(name), [])

    # One for the given role, and two a function for a role of ours that may be left from before: for the plan, and
    # again when nobody else can deploy.
    assert aws.calls.count("iam:GetRole") == 1 + 3 * 2


@pytest.mark.parametrize("moment", ["create log-group", "create function", "create rule", "create live"])
def test_an_interrupt_says_what_is_there_and_running_again_goes_on(env, aws, jobs, account, moment):
    told = []

    def listen(event):
        told.append(event)
        if event.status == "succeeded" and event.message.startswith(moment):
            raise KeyboardInterrupt

    wanted = config(schedules=["Mon-Fri 14:00"])
    with pytest.raises(KeyboardInterrupt):
        env.deploy_function(jobs.report, wanted, [], progress=listen)

    last = told[-1]
    assert last.status == "failed"
    assert last.message.startswith("interrupted; done: ")
    assert moment in last.message
    assert "Running again is safe" in last.message
    there = account()
    assert ("job" in there["functions"]) == ("create function" in last.message)
    assert env.deploy_function(jobs.report, wanted, []).success
    assert env.plan_function(jobs.report, wanted, []).is_empty


def test_an_interrupt_ends_what_only_waits(env, aws, jobs, pauses):
    aws.before = lambda _number, call: (
        refusal(call, "InvalidParameterValueException", 400, NO_ROLE) if call == "lambda:CreateFunction" else None
    )

    def listen(event):
        if "waiting up to" in event.message:
            raise KeyboardInterrupt

    # The interrupt meets the thread that waits; the run ends long before the 300 seconds have passed.
    with pytest.raises(KeyboardInterrupt):
        env.deploy_function(jobs.report, config(), [], progress=listen)
    assert sum(pauses) < 300
    aws.clear()
    assert env.deploy_function(jobs.report, config(), []).success


def test_the_plan_shows_low_retries_event_age_and_the_endpoint(aws, jobs):
    env = get_environment("aws", region=REGION, endpoint_url="http://127.0.0.1:1")
    plan = get_environment("aws", region=REGION).plan_function(jobs.report, config(schedules=["Mon-Fri 14:00"]), [])

    assert "retries: 0" in str(plan)
    assert "max_event_age_seconds: 3600" in str(plan)
    assert "delivery_retries" in str(plan)
    assert "not to AWS" not in str(plan)
    assert "127.0.0.1" in repr(env)
