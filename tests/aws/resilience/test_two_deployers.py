"""Two deployers at once: one whole run inside the other, at every call of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import ModuleType
from typing import Any

import attrs
import pytest

from taskflows_cloud_core import CloudEnvironment, CloudError, get_environment
from tests.aws.support.account import GIVEN_ROLE, REGION, claims, config, during, make_given_role
from tests.aws.support.forked_accounts import TOLD, in_a_copy
from tests.aws.support.scenarios import BEFORE, NEW_YORK, OURS, THEIRS, Act, deploying, write_jobs
from tests.aws.support.subprocess_programs import told_by

HELD = "is being deployed, changed or deleted by process"
WHOLE_OURS: Mapping[str, Any] = {**OURS, "tags": {"team": "ours"}, "log_retention_days": 7}
WHOLE_THEIRS: Mapping[str, Any] = {**THEIRS, "tags": {"owner": "them"}, "log_retention_days": 14, "retries": 2}
WHOLE_BEFORE: Mapping[str, Any] = {**BEFORE, "tags": {"team": "before"}, "schedules": ["Mon 01:00", NEW_YORK]}


def _nothing(_env: CloudEnvironment, _jobs: ModuleType) -> None:
    return None


def _updating(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.update_function_configuration("job", config(**WHOLE_OURS))


def _deleting(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.delete_function("job")


def _pausing(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.pause_schedules("job")


def _resuming(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.resume_schedules("job")


def _rolling_back(env: CloudEnvironment, _jobs: ModuleType) -> Any:
    return env.rollback_function("job")


def _deployed_twice(env: CloudEnvironment, jobs: ModuleType) -> None:
    deploying("other", WHOLE_OURS)(env, jobs)
    deploying("report", WHOLE_BEFORE)(env, jobs)


def _paused(env: CloudEnvironment, jobs: ModuleType) -> None:
    deploying("report", WHOLE_BEFORE)(env, jobs)
    env.pause_schedules("job")


def _deleted_but_for_its_logs(env: CloudEnvironment, jobs: ModuleType) -> None:
    deploying("report", WHOLE_BEFORE)(env, jobs)
    env.delete_function("job", keep_logs=True)


BEFORE_BOTH = deploying("report", WHOLE_BEFORE)
OURS_DEPLOYED, THEIRS_DEPLOYED = deploying("report", WHOLE_OURS), deploying("other", WHOLE_THEIRS)


@attrs.frozen(kw_only=True)
class Meeting:
    """Args:
    before: Makes what is there.
    ours: The run during which the other one comes.
    theirs: The other one.
    """

    before: Act = _nothing
    ours: Act = OURS_DEPLOYED
    theirs: Act = THEIRS_DEPLOYED


MEETINGS: Mapping[str, Meeting] = {
    "first deployment": Meeting(),
    "first deployment, logs are there": Meeting(before=_deleted_but_for_its_logs),
    "unchanged": Meeting(before=OURS_DEPLOYED),
    "code and settings changed": Meeting(before=BEFORE_BOTH),
    "settings updated": Meeting(before=BEFORE_BOTH, ours=_updating),
    "deleted": Meeting(before=BEFORE_BOTH, ours=_deleting),
    "deleted by the other": Meeting(before=BEFORE_BOTH, theirs=_deleting),
    "paused": Meeting(before=BEFORE_BOTH, ours=_pausing),
    "paused by the other": Meeting(before=BEFORE_BOTH, theirs=_pausing),
    "resumed": Meeting(before=_paused, ours=_resuming),
    "rolled back": Meeting(before=_deployed_twice, ours=_rolling_back),
    "rolled back by the other": Meeting(before=_deployed_twice, theirs=_rolling_back),
}


def error_of(act: Act, env: CloudEnvironment, jobs: ModuleType) -> str | None:
    """Do something; what is told when it fails comes back."""
    try:
        result = act(env, jobs)
    except CloudError as error:
        return str(error)
    return getattr(result, "error", None)


@pytest.fixture(params=["role made", "role given"])
def environments(request, warmed, aws) -> tuple[CloudEnvironment, CloudEnvironment]:
    if request.param == "role made":
        return warmed, get_environment("aws", region=REGION)
    make_given_role()
    aws.clear()
    ours, theirs = (get_environment("aws", region=REGION, execution_role_arn=GIVEN_ROLE) for _ in range(2))
    return ours, theirs


@pytest.mark.slow
@pytest.mark.parametrize("environments", ["role made"], indirect=True)
@pytest.mark.parametrize("name", ["first deployment", "code and settings changed", "deleted"])
def test_the_end_is_wholly_ones_or_the_others_at_some_calls(environments, aws, jobs, account, pauses, name):
    assert_wholly_ones_or_the_others(environments, aws, jobs, account, MEETINGS[name], every=6)


@pytest.mark.sweep
@pytest.mark.parametrize("name", MEETINGS)
def test_the_end_is_wholly_ones_or_the_others(environments, aws, jobs, account, pauses, name):
    assert_wholly_ones_or_the_others(environments, aws, jobs, account, MEETINGS[name], every=1)


def assert_wholly_ones_or_the_others(environments, aws, jobs, account, meeting, *, every):
    env, other = environments

    def after(*acts: tuple[Act, CloudEnvironment]) -> tuple[list[str | None], dict[str, Any], int]:
        aws.clear()
        errors = [error_of(act, by, jobs) for act, by in acts]
        return errors, account(), len(aws.calls)

    def together(moment):
        told: list[str | None] = []
        aws.clear()
        aws.before = during(moment, lambda: told.append(error_of(meeting.theirs, other, jobs)))
        own = error_of(meeting.ours, env, jobs)
        aws.clear()
        assert aws.look(claims) == [], moment
        return own, told[0], account()

    meeting.before(env, jobs)
    _, ours, calls = in_a_copy(partial(after, (meeting.ours, env)))
    _, theirs, _ = in_a_copy(partial(after, (meeting.theirs, other)))
    _, ours_last, _ = in_a_copy(partial(after, (meeting.theirs, other), (meeting.ours, env)))
    _, theirs_last, _ = in_a_copy(partial(after, (meeting.ours, env), (meeting.theirs, other)))
    outcomes = {moment: in_a_copy(partial(together, moment)) for moment in range(0, calls, every)}
    mixed = []
    for moment, (own, told, found) in outcomes.items():
        if own is None and told is None:
            is_right = found in (ours_last, theirs_last)
        elif own is None:
            is_right = found == ours and HELD in told
        else:
            is_right = found == theirs and told is None
        if not is_right:
            mixed.append((moment, own, told))
    print(f"{len(outcomes) - len(mixed)} of {len(outcomes)} calls")
    assert mixed == []


@pytest.mark.parametrize("is_paused", [True, False])
def test_schedules_are_not_switched_during_a_deployment(env, aws, jobs, account, is_paused):
    other = get_environment("aws", region=REGION)
    switch = _pausing if is_paused else _resuming
    assert env.deploy_function(jobs.report, config(**BEFORE, schedules=["Mon 01:00"]), [])
    if not is_paused:
        env.pause_schedules("job")
    for moment, is_refused in ((1, False), (30, True)):
        told: list[str | None] = []
        aws.clear()
        aws.before = during(moment, lambda into=told: into.append(error_of(switch, other, jobs)))

        settings = config(**OURS, description=str(moment))
        assert env.deploy_function(jobs.other, settings, []).success, moment

        aws.clear()
        assert [HELD in (error or "") for error in told] == [is_refused], moment
        there = account()
        states = {one["State"] for one in [*there["rules"].values(), *there["schedules"].values()]}
        assert states == {"DISABLED" if is_paused else "ENABLED"}, moment
        assert env.plan_function(jobs.other, settings, []).is_empty, moment


def assert_rivals_are_told(tmp_path, start, rounds):
    alone, *races = told_by("concurrent_deployers", write_jobs(tmp_path / "project"), start, rounds)
    assert len(races) == rounds
    for number, race in enumerate(races):
        assert race["ran"] in alone.values(), (number, race)
        for name, wanted in alone.items():
            code = race["exit codes"][name]
            assert code in (0, TOLD), (number, race)
            # Who is told of a failure has left nothing of its own.
            assert code == 0 or race["ran"] != wanted, (number, name, race)
            assert race["again"][name] == [None, wanted], (number, name, race)
        assert 0 in race["exit codes"].values(), (number, race)
        assert race["left when deleted"] == []


@pytest.mark.slow
def test_two_processes_at_once(tmp_path):
    assert_rivals_are_told(tmp_path, "function", 3)


@pytest.mark.sweep
@pytest.mark.parametrize("start", ["nothing", "function"])
def test_two_processes_at_once_very_often(tmp_path, start):
    assert_rivals_are_told(tmp_path, start, 50)
