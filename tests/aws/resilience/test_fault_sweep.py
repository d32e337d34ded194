"""One fault at each call of a deployment in turn: it heals by itself and ends as without the fault."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.support.account import EMPTY, REGION, connection_lost, is_mutating, refusal
from tests.aws.support.forked_accounts import in_a_copy
from tests.aws.support.moto_additions import add_calls
from tests.aws.support.scenarios import SCENARIOS, write_wheels

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


def can_conflict(call):
    return call.split(":")[0] in CONFLICTS and is_mutating(call) and "Tag" not in call


def conflict(call):
    code, message = CONFLICTS[call.split(":")[0]]
    return refusal(call, code, 409, message)


def reset(_call):
    connection_lost()


def is_any(_call):
    return True


# What happens, how often in a row, and at which calls it can.
FAULTS = {
    "one throttle": (throttle, 1, is_any),
    "eight throttles": (throttle, 8, is_any),
    "one error 500": (broken, 1, is_any),
    "eight errors 500": (broken, 8, is_any),
    "connection reset": (reset, 1, is_any),
    "one conflict": (conflict, 1, can_conflict),
}


def meeting(moment, fault, times, can_meet):
    """The call of that number among those that can meet the fault does, so often as it is tried again."""
    left, name, seen = [times], [], count()

    def before(_number, call):
        if can_meet(call) and next(seen) == moment:
            name.append(call)
        if name != [call] or not left[0]:
            return None
        left[0] -= 1
        return fault(call)

    return before


DEPLOYMENTS = (
    "first deployment",
    "unchanged",
    "code and schedules changed",
    "deletion",
    "with layer, queue and alarms",
    "layer, queue and alarms deleted",
)


@pytest.fixture(autouse=True)
def wheels(monkeypatch, tmp_path):
    add_calls(monkeypatch)
    # The wheels are all that there is of distributions.
    monkeypatch.setenv("UV_FIND_LINKS", str(write_wheels(tmp_path / "wheels")))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))


@pytest.mark.slow
def test_a_conflict_at_every_call_of_a_change_heals(warmed, aws, jobs, account, pauses):
    assert_heals(aws, jobs, account, "code and schedules changed", "one conflict")


@pytest.mark.sweep
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_fault_at_every_call_heals(warmed, aws, jobs, account, pauses, deployment, kind):
    assert_heals(aws, jobs, account, deployment, kind)


def assert_heals(aws, jobs, account, deployment, kind):
    (fault, times, can_meet), scenario = FAULTS[kind], SCENARIOS[deployment]

    def act():
        # A process has one burst of faults: botocore allows a client a limited number of retries altogether.
        return scenario.act(get_environment("aws", region=REGION), jobs)

    def undisturbed():
        assert act()
        return [call for call in aws.calls if can_meet(call)], account()

    def disturbed(moment):
        aws.before = meeting(moment, fault, times, can_meet)
        result = act()
        return result.success, result.error, account()

    scenario.prepare(get_environment("aws", region=REGION), jobs)
    aws.clear()
    calls, wanted = in_a_copy(undisturbed)
    assert calls or deployment == "unchanged"
    assert "delet" not in deployment or wanted == EMPTY
    for moment, call in enumerate(calls):
        success, error, found = in_a_copy(partial(disturbed, moment))
        assert success, (moment, call, error)
        assert found == wanted, (moment, call)
