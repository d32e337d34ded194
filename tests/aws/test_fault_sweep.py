"""One fault at each call of a deployment in turn: it heals by itself and ends as without the fault."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, get_environment
from tests.aws.account import EMPTY, REGION, config, connection_lost, is_mutating, refusal

NEW_YORK = Calendar("Sun 17:00", timezone="America/New_York")
FIRST = {"schedules": ["Mon-Fri 14:00", NEW_YORK], "environment_variables": {"MODE": "fast"}, "max_concurrency": 2}
SECOND = {
    "schedules": ["Mon-Fri 15:00", NEW_YORK],
    "environment_variables": {"MODE": "slow"},
    "tags": {"team": "data"},
    "log_retention_days": 7,
}
THROTTLES = {"iam": "Throttling", "sts": "Throttling", "lambda": "TooManyRequestsException"}
CONFLICTS = {
    "lambda": ("ResourceConflictException", "The operation cannot be performed at this time. An update is in progress"),
    "eventbridge": ("ConcurrentModificationException", "busy"),
    "scheduler": ("ConflictException", "being changed"),
}


def throttle(call):
    return refusal(call, THROTTLES.get(call.split(":")[0], "ThrottlingException"), 429, "Rate exceeded")


def broken(call):
    return refusal(call, "InternalFailure", 500, "sorry")


def conflict(call):
    service = call.split(":")[0]
    if service not in CONFLICTS or not is_mutating(call) or "Tag" in call:
        return None
    return refusal(call, CONFLICTS[service][0], 409, CONFLICTS[service][1])


def reset(_call):
    connection_lost()


FAULTS = {
    "one throttle": (throttle, 1),
    "eight throttles": (throttle, 8),
    "one error 500": (broken, 1),
    "eight errors 500": (broken, 8),
    "connection reset": (reset, 1),
    "one conflict": (conflict, 1),
}


def meeting(moment, fault, times):
    """The call of that number meets the fault, so often as it is tried again."""
    left, name = [times], []

    def before(number, call):
        if number == moment:
            name.append(call)
        if name != [call] or not left[0]:
            return None
        left[0] -= 1
        return fault(call)

    return before


@pytest.mark.slow
def test_a_conflict_at_every_call_of_a_change_heals(env, aws, jobs, account, pauses):
    assert_heals(env, aws, jobs, account, "changed", "one conflict")


@pytest.mark.sweep
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("deployment", ["first", "changed", "deletion"])
def test_a_fault_at_every_call_heals(env, aws, jobs, account, pauses, deployment, kind):
    assert_heals(env, aws, jobs, account, deployment, kind)


def assert_heals(env, aws, jobs, account, deployment, kind):
    fault, times = FAULTS[kind]
    acts = {
        "first": lambda env: env.deploy_function(jobs.report, config(**FIRST), []),
        "changed": lambda env: env.deploy_function(jobs.other, config(**SECOND), []),
        "deletion": lambda env: env.delete_function("job"),
    }
    act = acts[deployment]

    def prepare():
        aws.clear()
        assert env.delete_function("job")
        if deployment != "first":
            assert env.deploy_function(jobs.report, config(**FIRST), [])
        aws.clear()

    prepare()
    assert act(get_environment("aws", region=REGION))
    calls, wanted = len(aws.calls), account()
    for moment in range(calls):
        prepare()
        aws.before = meeting(moment, fault, times)
        # A process has one burst of faults: botocore allows a client a limited number of retries altogether.
        result = act(get_environment("aws", region=REGION))
        assert result.success, (moment, aws.calls[moment], result.error)
        assert account() == wanted, (moment, aws.calls[moment])
    if deployment == "deletion":
        assert wanted == EMPTY
