"""Two deployers at once: one whole run inside the other, at every call of it."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, get_environment
from tests.aws.account import REGION, config

OURS = {"environment_variables": {"MODE": "ours"}, "memory_mb": 512, "schedules": ["Mon-Fri 14:00"]}
THEIRS = {
    "environment_variables": {"MODE": "theirs"},
    "memory_mb": 1024,
    "schedules": [Calendar("Sun 17:00", timezone="America/New_York")],
}
BEFORE = {"environment_variables": {"MODE": "before"}}


def ran(there):
    """What runs and when, which must all come from one deployer."""
    live = there["functions"]["job"]["Live"]
    schedules = [*there["rules"].values(), *there["schedules"].values()]
    when = sorted(one["ScheduleExpression"] for one in schedules)
    return live["Environment"]["Variables"]["MODE"], live["MemorySize"], live["CodeSha256"], when


@pytest.fixture
def other(aws):
    return get_environment("aws", region=REGION)


def during(moment, inner):
    """Let a whole run happen before the call of that number."""
    done = []

    def before(number, _call):
        if number == moment and not done:
            done.append(True)
            inner()

    return before


@pytest.mark.slow
@pytest.mark.parametrize("start", ["nothing", "a function"])
def test_one_whole_run_inside_the_other(env, other, aws, jobs, account, pauses, start):
    def prepare():
        aws.clear()
        assert env.delete_function("job")
        if start == "a function":
            assert env.deploy_function(jobs.report, config(**BEFORE), [])
        aws.clear()

    def deploy_ours():
        return env.deploy_function(jobs.report, config(**OURS), [])

    def deploy_theirs():
        return other.deploy_function(jobs.other, config(**THEIRS), [])

    prepare()
    assert deploy_theirs()
    theirs = ran(account())
    prepare()
    assert deploy_ours()
    ours, calls, told = ran(account()), len(aws.calls), 0
    for moment in range(calls):
        prepare()
        aws.before = during(moment, deploy_theirs)
        outer = deploy_ours()
        aws.clear()
        # Code and settings are never mixed, and who does not find all as planned is told.
        assert ran(account())[:3] in (ours[:3], theirs[:3]), moment
        assert outer.success is (ran(account()) == ours), (moment, outer.error)
        told += not outer.success
        assert deploy_ours().success, moment
        assert ran(account()) == ours, moment
        assert env.plan_function(jobs.report, config(**OURS), []).is_empty, moment
    assert told
