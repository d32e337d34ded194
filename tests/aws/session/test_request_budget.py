"""Lambda's control plane takes 15 requests a second together: how many of them a function costs, counted on the wire.

GetFunction, GetPolicy and Invoke have budgets of their own (AWS Lambda, "Lambda quotas").
"""

from __future__ import annotations

from collections import Counter

import pytest

from taskflows_cloud_aws import limits
from taskflows_cloud_core import get_environment
from tests.aws.support.account import REGION, config

FUNCTIONS = 5
ACCEPTING_LAMBDAS_DEFAULTS = {"max_event_age_seconds": 21600}


def counted(calls):
    """The calls that share the budget."""
    own = limits.CALLS_WITH_A_BUDGET_OF_THEIR_OWN
    return Counter(
        operation
        for service, operation in (call.split(":") for call in calls)
        if service == "lambda" and operation not in own
    )


def sharing(**options):
    return get_environment("aws", region=REGION, shared_roles=True, **options)


def many(jobs, number, **settings):
    return [
        (jobs.report, config(f"job-{index}", schedules=[f"Mon-Fri 14:{index % 60:02}"], **settings))
        for index in range(number)
    ]


def deploy_fresh(aws, env, functions):
    aws.clear()
    assert all(env.deploy_many(functions, []))
    return counted(aws.calls)


def test_by_rules_a_fresh_function_costs_four_and_a_look_whether_it_holds(aws, jobs):
    calls = deploy_fresh(aws, sharing(), many(jobs, FUNCTIONS))

    assert calls == {
        "CreateFunction": FUNCTIONS,
        "CreateAlias": FUNCTIONS,
        "PutFunctionEventInvokeConfig": FUNCTIONS,
        "AddPermission": FUNCTIONS,
        "GetFunctionEventInvokeConfig": FUNCTIONS,
    }


def test_by_scheduler_it_costs_three_and_that_look(aws, jobs):
    calls = deploy_fresh(aws, sharing(schedule_service="scheduler"), many(jobs, FUNCTIONS))

    assert calls == {
        "CreateFunction": FUNCTIONS,
        "CreateAlias": FUNCTIONS,
        "PutFunctionEventInvokeConfig": FUNCTIONS,
        "GetFunctionEventInvokeConfig": FUNCTIONS,
    }


def test_by_scheduler_with_lambdas_own_retries_it_costs_two(aws, jobs, account):
    functions = many(jobs, FUNCTIONS, retries=2, provider_options={"aws": ACCEPTING_LAMBDAS_DEFAULTS})
    env = sharing(schedule_service="scheduler")

    calls = deploy_fresh(aws, env, functions)

    assert calls == {"CreateFunction": FUNCTIONS, "CreateAlias": FUNCTIONS}
    assert env.plan_function(*functions[0], []).is_empty
    # Other settings are made, and the way back is made too.
    name = functions[0][1].function_name
    other = config(name, schedules=["Mon-Fri 14:00"], retries=1)
    assert env.deploy_function(jobs.report, other, []).success
    assert account()["functions"][name]["Retries"] == (1, 3600)
    assert env.deploy_function(*functions[0], []).success
    assert account()["functions"][name]["Retries"] == (2, 21600)
    assert env.plan_function(*functions[0], []).is_empty


@pytest.mark.parametrize(
    "number", [1, pytest.param(20, marks=pytest.mark.slow)], ids=["one function", "twenty functions"]
)
def test_an_identical_redeployment_changes_nothing_and_reads_one_setting(aws, jobs, number):
    functions = many(jobs, number)
    deploy_fresh(aws, sharing(), functions)
    aws.clear()

    assert all(sharing().deploy_many(functions, []))

    assert aws.mutating == []
    # Nothing but this call tells how often a failed run is repeated.
    assert counted(aws.calls) == {"GetFunctionEventInvokeConfig": number}


def test_new_code_costs_few(aws, jobs):
    env = sharing()
    deploy_fresh(aws, env, many(jobs, 1))
    aws.clear()

    assert env.deploy_function(jobs.other, many(jobs, 1)[0][1], []).success

    assert counted(aws.calls) == {
        # For the plan, and once more when nobody else can deploy.
        "GetFunctionEventInvokeConfig": 2,
        "UpdateFunctionCode": 1,
        "GetAlias": 2,
        "PublishVersion": 1,
        "UpdateAlias": 1,
        "ListVersionsByFunction": 1,
    }
