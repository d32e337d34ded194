"""One fault at each call of a deployment in turn: it heals by itself and ends as without the fault."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.account import EMPTY, REGION, connection_lost, is_mutating, refusal
from tests.aws.moto_additions import add_calls
from tests.aws.scenarios import SCENARIOS, write_wheels

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
def test_a_conflict_at_every_call_of_a_change_heals(aws, jobs, account, pauses):
    assert_heals(aws, jobs, account, "code and schedules changed", "one conflict")


@pytest.mark.sweep
@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("deployment", DEPLOYMENTS)
def test_a_fault_at_every_call_heals(aws, jobs, account, pauses, deployment, kind):
    assert_heals(aws, jobs, account, deployment, kind)


def assert_heals(aws, jobs, account, deployment, kind):
    (fault, times), scenario = FAULTS[kind], SCENARIOS[deployment]

    def new_process():
        # A process has one burst of faults: botocore allows a client a limited number of retries altogether.
        return get_environment("aws", region=REGION)

    def prepare():
        aws.clear()
        assert new_process().delete_function("job")
        scenario.prepare(new_process(), jobs)
        aws.clear()

    prepare()
    assert scenario.act(new_process(), jobs)
    calls, wanted = len(aws.calls), account()
    for moment in range(calls):
        prepare()
        aws.before = meeting(moment, fault, times)
        result = scenario.act(new_process(), jobs)
        assert result.success, (moment, aws.calls[moment], result.error)
        assert account() == wanted, (moment, aws.calls[moment])
    assert "delet" not in deployment or wanted == EMPTY
