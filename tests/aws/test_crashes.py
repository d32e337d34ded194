"""Broken off by an exception before or after any call, as by Ctrl-C, then run again: it converges."""

from __future__ import annotations

import pytest

from tests.aws.account import EMPTY, KilledError, config, is_mutating
from tests.aws.scenarios import FEWER, FIRST, SECOND, live


def killing_at(aws, moment, where):
    """Let nothing through from the call of that number on."""

    def before(number, _call):
        if number > moment or (number == moment and where == "before"):
            raise KilledError

    def after(number, _call):
        if number >= moment:
            raise KilledError

    aws.clear()
    aws.before, aws.after = before, after


def count_calls(aws, act):
    aws.clear()
    assert act().success
    return len(aws.calls)


def assert_survives(aws, account, *, prepare, act, clean, expected, every=1):
    """Kill at every call, or at some, before and after it, then run again."""
    clean()
    prepare()
    calls = count_calls(aws, act)
    wanted = account()
    if expected is not None:
        assert wanted == expected
    kept = None
    for moment in range(0, calls, every):
        for where in ("before", "after"):
            clean()
            prepare()
            start = live(account())
            killing_at(aws, moment, where)
            with pytest.raises(KilledError):
                act()
            aws.clear()
            kept = start & live(wanted)
            assert kept <= live(account()), f"silenced by a kill {where} call {moment}"
            assert act().success, f"killed {where} call {moment}"
            assert account() == wanted, f"killed {where} call {moment}"
    assert kept is not None


@pytest.fixture
def cleaned(env, aws):
    def clean():
        aws.clear()
        assert env.delete_function("job").success

    return clean


@pytest.mark.sweep
def test_first_deployment(env, aws, jobs, account, cleaned):
    assert_survives(
        aws,
        account,
        prepare=lambda: None,
        act=lambda: env.deploy_function(jobs.report, config(**FIRST), []),
        clean=cleaned,
        expected=None,
    )
    cleaned()
    assert account() == EMPTY


@pytest.mark.parametrize(
    ("change", "every"),
    [
        pytest.param("code and schedules", 1, marks=pytest.mark.sweep),
        pytest.param("fewer schedules", 1, marks=pytest.mark.sweep),
        pytest.param("fewer schedules", 5, marks=pytest.mark.slow),
    ],
)
def test_changed_deployment(env, aws, jobs, account, cleaned, change, every):
    function, settings = (jobs.other, SECOND) if change == "code and schedules" else (jobs.report, FEWER)
    assert_survives(
        aws,
        account,
        prepare=lambda: env.deploy_function(jobs.report, config(**FIRST), []),
        act=lambda: env.deploy_function(function, config(**settings), []),
        clean=cleaned,
        expected=None,
        every=every,
    )


@pytest.mark.sweep
def test_deletion(env, aws, jobs, account, cleaned):
    assert_survives(
        aws,
        account,
        prepare=lambda: env.deploy_function(jobs.report, config(**FIRST), []),
        act=lambda: env.delete_function("job"),
        clean=cleaned,
        expected=EMPTY,
    )


@pytest.mark.slow
def test_a_broken_off_first_deployment_can_be_deleted(env, aws, jobs, account, cleaned):
    cleaned()
    calls = count_calls(aws, lambda: env.deploy_function(jobs.report, config(**FIRST), []))
    for moment in range(0, calls, 2):
        aws.clear()
        assert env.delete_function("job").success
        killing_at(aws, moment, "after")
        with pytest.raises(KilledError):
            env.deploy_function(jobs.report, config(**FIRST), [])
        aws.clear()
        assert env.delete_function("job").success
        assert account() == EMPTY, f"killed after call {moment}"


def test_a_killed_deployment_did_change_something(env, aws, jobs):
    killing_at(aws, 20, "after")
    with pytest.raises(KilledError):
        env.deploy_function(jobs.report, config(**FIRST), [])
    assert any(is_mutating(call) for call in aws.calls)
