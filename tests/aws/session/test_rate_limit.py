"""Lambda's control plane takes fifteen requests a second: a session keeps to it."""

from __future__ import annotations

import pytest

from taskflows_cloud_aws.budget import Budget
from taskflows_cloud_aws.limits import CALLS_WITH_A_BUDGET_OF_THEIR_OWN
from taskflows_cloud_core import get_environment
from tests.aws.support.account import REGION, config


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_a_second_of_calls_goes_at_once_and_the_rest_at_the_rate():
    time = Time()
    budget = Budget(per_second=15, sleep=time.sleep, clock=time.clock)
    moments = []
    for _ in range(60):
        budget.take()
        moments.append(time.now)

    assert moments[14] == 100.0
    assert 2.9 <= moments[-1] - moments[0] <= 3.1
    for start in range(15, 45):
        assert moments[start + 15] - moments[start] >= 0.99


def test_a_pause_does_not_save_up_more_than_a_second():
    time = Time()
    budget = Budget(per_second=15, sleep=time.sleep, clock=time.clock)
    time.now += 3600
    begin = time.now
    for _ in range(30):
        budget.take()

    assert 0.9 <= time.now - begin <= 1.1


def budgeted(aws):
    """The calls that share Lambda's fifteen a second."""
    own = [f"lambda:{name}" for name in CALLS_WITH_A_BUDGET_OF_THEIR_OWN]
    return [call for call in aws.calls if call.startswith("lambda:") and call not in own]


@pytest.mark.parametrize(
    ("number", "options", "most"),
    [
        pytest.param(1, {}, 4, id="one"),
        pytest.param(1, {"shared_roles": True, "schedule_service": "scheduler"}, 3, id="one with shared roles"),
        pytest.param(10, {}, 4, id="ten"),
        pytest.param(100, {}, 4, id="a hundred", marks=pytest.mark.sweep),
    ],
)
def test_calls_of_a_first_and_of_an_identical_deployment(aws, jobs, number, options, most):
    env = get_environment("aws", region=REGION, **options)
    wanted = [(jobs.report, config(f"job-{index}", schedules=["Mon-Fri 14:00"])) for index in range(number)]

    assert [result.error for result in env.deploy_many(wanted, []) if not result.success] == []
    assert len(budgeted(aws)) <= most * number
    aws.clear()
    assert [result.error for result in env.deploy_many(wanted, []) if not result.success] == []

    assert aws.mutating == []
    # The retries of a function are listed nowhere else.
    assert budgeted(aws) == ["lambda:GetFunctionEventInvokeConfig"] * number
