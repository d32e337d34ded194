"""Clocks that jump: nothing runs twice, and nothing stands still for ever."""

from __future__ import annotations

import signal
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from taskflows_cloud_core import Periodic
from taskflows_cloud_core.local import run_scheduler

JOB = "def job():\n    pass\n"
HOUR = timedelta(hours=1)


def move(root: Path, column: str, length: timedelta) -> None:
    """Leave the state as it is when the clock was set meanwhile."""
    connection = sqlite3.connect(root / "state.sqlite3", timeout=30)
    with connection:
        shift = length // timedelta(microseconds=1)
        connection.execute(f"UPDATE schedules SET {column} = {column} + ?", (shift,))
    connection.close()


def until(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def test_a_clock_that_was_set_back_does_not_stop_the_schedules(deploy, root, runs):
    deploy(JOB, schedules=[Periodic(1)])
    for column in ("cursor", "anchor"):
        move(root, column, HOUR)

    run_scheduler(root, until=until(1.4))

    assert [run.outcome for run in runs()] == ["succeeded"]


def test_due_times_that_were_run_are_not_run_again_when_they_come_again(deploy, root, runs):
    deploy(JOB, schedules=[Periodic(1)], provider_options={"local": {"catch_up": "all", "overlap": "allow"}})
    run_scheduler(root, until=until(2.4))
    before = runs()
    assert len(before) == 2
    move(root, "cursor", timedelta(seconds=-2))

    run_scheduler(root, once=True)

    assert runs()[:2] == before
    due = [run.scheduled_for for run in runs()]
    assert len(due) == len(set(due))


@pytest.mark.slow
def test_a_scheduler_that_stood_still_takes_what_passed_for_missed(deploy, scheduler, runs, wait_until):
    def missed():
        return [run for run in runs() if run.outcome == "skipped" and "catch_up is 'none'" in run.error]

    deploy(JOB, schedules=[Periodic(1)])
    each = scheduler()
    wait_until(lambda: [run for run in runs() if run.outcome == "succeeded"])
    # What was due before a slow machine had the scheduler ready.
    before = missed()

    each.signal(signal.SIGSTOP)
    time.sleep(16)
    each.signal(signal.SIGCONT)
    wait_until(lambda: len(missed()) > len(before))
    count = len(runs())
    wait_until(lambda: len(runs()) > count)

    assert "the clock moved by " in each.lines
    assert len(missed()) == len(before) + 1
    due = [run.scheduled_for for run in runs()]
    assert len(due) == len(set(due))
    assert max(later - earlier for earlier, later in pairwise(due)) > timedelta(seconds=10)
