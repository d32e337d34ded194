"""Lambda's control plane takes fifteen requests a second: a session keeps to it."""

from __future__ import annotations

import pytest

from taskflows_cloud_aws.limits import CALLS_WITH_A_BUDGET_OF_THEIR_OWN
from taskflows_cloud_core import get_environment
from tests.aws.support.account import REGION, config


def budgeted(aws):
    """The calls that share Lambda's fifteen a second."""
    own = [f"lambda:{name}" for name in CALLS_WITH_A_BUDGET_OF_THEIR_OWN]
    return [call for call in aws.calls if call.startswith("lambda:") and call not in own]


@pytest.mark.parametrize(
    ("number", "options", "most"),
    [
        pytest.param(1, {}, 5, id="one"),
        pytest.param(1, {"shared_roles": True, "schedule_service": "scheduler"}, 4, id="one with shared roles"),
        pytest.param(10, {}, 5, id="ten"),
        pytest.param(100, {}, 5, id="a hundred", marks=pytest.mark.sweep),
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
