"""Halves of characters (lone surrogates), which UTF-8, SQLite and terminals refuse: none stops anything."""

from __future__ import annotations

import json
import sqlite3

import pytest

from taskflows_cloud_core import Calendar

BAD = "def job():\n    raise ValueError('name \\udcff')\n"


@pytest.fixture
def broken_environment(deploy, root):
    """Deploy a function whose process cannot be started, as a state of older times may hold one."""

    def break_it(**settings) -> None:
        deploy("def job():\n    return 1\n", "broken", environment_variables={"A": "b"}, **settings)
        with sqlite3.connect(root / "state.sqlite3", timeout=30) as connection:
            half = json.dumps({"A": "\ud800"})
            connection.execute("UPDATE functions SET environment = ? WHERE name = 'broken'", (half,))
        connection.close()

    return break_it


def test_an_error_is_kept_with_escapes(env, deploy, runs):
    deploy(BAD)

    result = env.invoke_function("job")

    assert result.error.startswith("ValueError: name \\udcff\nTraceback")
    assert "ERROR ValueError: name \\udcff" in [event.message for event in result.logs]
    [run] = runs()
    assert (run.outcome, run.error) == ("failed", result.error)


def test_what_is_printed_is_kept_with_escapes(env, deploy):
    deploy("def job():\n    print('a\\ud800b', 'c\\udcffd')\n")

    assert [event.message for event in env.invoke_function("job").logs] == ["a\\ud800b c\\udcffd"]


def test_what_comes_in_may_hold_one_but_what_is_returned_may_not_as_in_every_cloud(env, deploy, runs):
    deploy("def job(event):\n    return ascii(event['a']) if 'b' in event else event\n")

    assert env.invoke_function("job", {"a": "\ud800", "b": 1}).value == "'\\ud800'"
    assert env.invoke_function("job", {"a": "\ud800"}).error.startswith("ValueError: the result['a'] holds '\\ud800'")
    assert [run.outcome for run in runs()] == ["succeeded", "failed"]


def test_a_run_that_cannot_be_carried_out_says_why(env, broken_environment, runs):
    broken_environment()

    result = env.invoke_function("broken")

    assert result.error.startswith("the run could not be carried out: UnicodeEncodeError: ")
    assert [(run.outcome, run.error) for run in runs()] == [("failed", result.error)]


def test_the_scheduler_goes_on(broken_environment, deploy, run_until, runs):
    broken_environment(schedules=[Calendar("*:*:*")])
    deploy(BAD, "bad", schedules=[Calendar("*:*:*")])
    deploy("def job():\n    return 1\n", "good", schedules=[Calendar("*:*:*")])
    wanted = {"broken": "failed", "bad": "failed", "good": "succeeded"}

    lines = run_until(lambda _: all([run.outcome for run in runs(name)].count(wanted[name]) >= 2 for name in wanted))

    assert "running" not in {run.state for run in runs()}
    assert [line for line in lines if " end   bad [" in line and line.endswith("ValueError: name \\udcff")]
