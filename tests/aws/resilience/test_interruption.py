"""Broken off by an exception before or after any call, as by Ctrl-C, then run again: it converges."""

from __future__ import annotations

from functools import partial

import pytest

from tests.aws.support.account import EMPTY, KilledError, config, is_mutating
from tests.aws.support.forked_accounts import in_a_copy
from tests.aws.support.scenarios import FEWER, FIRST, SECOND, live


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


def assert_survives(aws, account, *, act, expected=None, every=1):
    """Kill at every call, or at some, before and after it, then run again."""

    def undisturbed():
        assert act().success
        return len(aws.calls), account()

    def killed(moment, where):
        start = live(account())
        killing_at(aws, moment, where)
        with pytest.raises(KilledError):
            act()
        aws.clear()
        assert start & live(wanted) <= live(account()), f"silenced by a kill {where} call {moment}"
        assert act().success, f"killed {where} call {moment}"
        return account()

    aws.clear()
    calls, wanted = in_a_copy(undisturbed)
    assert calls
    assert expected is None or wanted == expected
    for moment in range(0, calls, every):
        for where in ("before", "after"):
            assert in_a_copy(partial(killed, moment, where)) == wanted, f"killed {where} call {moment}"


@pytest.mark.sweep
def test_first_deployment(warmed, aws, jobs, account):
    assert_survives(aws, account, act=lambda: warmed.deploy_function(jobs.report, config(**FIRST), []))


@pytest.mark.parametrize(
    ("change", "every"),
    [
        pytest.param("code and schedules", 1, marks=pytest.mark.sweep),
        pytest.param("fewer schedules", 1, marks=pytest.mark.sweep),
        pytest.param("fewer schedules", 5, marks=pytest.mark.slow),
    ],
)
def test_changed_deployment(warmed, aws, jobs, account, change, every):
    function, settings = (jobs.other, SECOND) if change == "code and schedules" else (jobs.report, FEWER)
    assert warmed.deploy_function(jobs.report, config(**FIRST), [])
    assert_survives(aws, account, act=lambda: warmed.deploy_function(function, config(**settings), []), every=every)


@pytest.mark.sweep
def test_deletion(warmed, aws, jobs, account):
    assert warmed.deploy_function(jobs.report, config(**FIRST), [])
    assert_survives(aws, account, act=lambda: warmed.delete_function("job"), expected=EMPTY)


@pytest.mark.slow
def test_a_broken_off_first_deployment_can_be_deleted(warmed, aws, jobs, account):
    def deploy():
        return warmed.deploy_function(jobs.report, config(**FIRST), [])

    def undisturbed():
        assert deploy().success
        return len(aws.calls)

    def broken_off(moment):
        killing_at(aws, moment, "after")
        with pytest.raises(KilledError):
            deploy()
        aws.clear()
        assert warmed.delete_function("job").success
        return account()

    aws.clear()
    for moment in range(in_a_copy(undisturbed)):
        assert in_a_copy(partial(broken_off, moment)) == EMPTY, f"killed after call {moment}"


def test_a_killed_deployment_did_change_something(warmed, aws, jobs):
    killing_at(aws, 20, "after")
    with pytest.raises(KilledError):
        warmed.deploy_function(jobs.report, config(**FIRST), [])
    assert any(is_mutating(call) for call in aws.calls)
