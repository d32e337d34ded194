"""Two deployers at once: one whole run inside the other, at every call of it."""

from __future__ import annotations

from functools import partial

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.support.account import EMPTY, REGION, config, during
from tests.aws.support.forked_accounts import TOLD, in_a_copy
from tests.aws.support.scenarios import BEFORE, OURS, THEIRS, ran, write_jobs
from tests.aws.support.subprocess_programs import told_by


@pytest.fixture
def other(aws):
    return get_environment("aws", region=REGION)


@pytest.mark.slow
@pytest.mark.parametrize("start", ["nothing", "a function"])
def test_one_whole_run_inside_the_other_at_some_calls(warmed, other, aws, jobs, account, pauses, start):
    assert_never_mixed(warmed, other, aws, jobs, account, start, every=4)


@pytest.mark.sweep
@pytest.mark.parametrize("start", ["nothing", "a function"])
def test_one_whole_run_inside_the_other(warmed, other, aws, jobs, account, pauses, start):
    assert_never_mixed(warmed, other, aws, jobs, account, start, every=1)


def assert_never_mixed(env, other, aws, jobs, account, start, *, every):
    def deploy_ours():
        return env.deploy_function(jobs.report, config(**OURS), [])

    def deploy_theirs():
        return other.deploy_function(jobs.other, config(**THEIRS), [])

    def alone(deploy):
        assert deploy()
        return ran(account()), len(aws.calls)

    def together(moment):
        aws.before = during(moment, deploy_theirs)
        outer = deploy_ours()
        aws.clear()
        found = ran(account())
        # Code and settings are never mixed, and who does not find all as planned is told.
        assert found[:3] in (ours[:3], theirs[:3]), moment
        assert outer.success is (found == ours), (moment, outer.error)
        assert deploy_ours().success, moment
        assert ran(account()) == ours, moment
        assert env.plan_function(jobs.report, config(**OURS), []).is_empty, moment
        return outer.success

    if start == "a function":
        assert env.deploy_function(jobs.report, config(**BEFORE), [])
    aws.clear()
    theirs, _ = in_a_copy(partial(alone, deploy_theirs))
    ours, calls = in_a_copy(partial(alone, deploy_ours))
    succeeded = [in_a_copy(partial(together, moment)) for moment in range(0, calls, every)]
    assert not all(succeeded)


@pytest.mark.parametrize("is_paused", [True, False])
def test_schedules_that_somebody_switches_during_a_deployment_stay_so(env, other, aws, jobs, account, is_paused):
    switch = other.pause_schedules if is_paused else other.resume_schedules
    for moment in range(1, 32, 6):
        assert env.deploy_function(jobs.report, config(**BEFORE, schedules=["Mon 01:00"]), [])
        if not is_paused:
            env.pause_schedules("job")
        aws.clear()
        switched = []
        aws.before = during(moment, lambda into=switched: into.append(switch("job")))

        assert env.deploy_function(jobs.other, config(**OURS), []).success, moment
        assert switched, moment

        aws.clear()
        there = account()
        states = {one["State"] for one in [*there["rules"].values(), *there["schedules"].values()]}
        assert states == {"DISABLED" if is_paused else "ENABLED"}, moment
        assert env.plan_function(jobs.other, config(**OURS), []).is_empty, moment
        assert env.delete_function("job")


def test_who_deletes_is_told_of_what_came_meanwhile(env, other, aws, jobs, account):
    told = 0
    for moment in range(1, 16, 3):
        assert env.deploy_function(jobs.report, config(**BEFORE, schedules=["Mon 01:00"]), [])
        aws.clear()
        aws.before = during(moment, lambda: other.deploy_function(jobs.other, config(**OURS), []))

        result = env.delete_function("job")

        aws.clear()
        assert not (result.success and account()["rules"]), moment
        told += not result.success
        assert env.delete_function("job").success, moment
        assert account() == EMPTY, moment
    assert told


def assert_rivals_are_told(tmp_path, start, rounds):
    alone, *races = told_by("concurrent_deployers", write_jobs(tmp_path / "project"), start, rounds)
    assert len(races) == rounds
    for number, race in enumerate(races):
        assert race["ran"][:3] in [wanted[:3] for wanted in alone.values()], (number, race)
        for name, wanted in alone.items():
            code, others = race["exit codes"][name], [one for one in race["order"] if one != name]
            assert code in (0, TOLD), (number, race)
            came_first = name not in race["order"][race["order"].index(others[0]) :] if others else False
            # Who is told of success has what was wanted, unless the other one came when all was done.
            assert code == TOLD or race["ran"] == wanted or came_first, (number, name, race)
            assert race["again"][name] == [None, wanted], (number, name, race)
        assert race["left when deleted"] == []


@pytest.mark.slow
def test_two_processes_at_once(tmp_path):
    assert_rivals_are_told(tmp_path, "function", 3)


@pytest.mark.sweep
@pytest.mark.parametrize("start", ["nothing", "function"])
def test_two_processes_at_once_very_often(tmp_path, start):
    assert_rivals_are_told(tmp_path, start, 50)
