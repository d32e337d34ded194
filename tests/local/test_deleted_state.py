"""A root that is deleted, and perhaps made anew, while a scheduler works on it."""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core import Calendar, OperationError
from taskflows_cloud_core.local import run_scheduler

JOB = "def job():\n    return 1\n"


@pytest.fixture
def lines(root):
    """The lines of a scheduler in a thread, which is ended after the test."""
    stop = threading.Event()
    told: list[str] = []
    thread = threading.Thread(target=run_scheduler, args=(root,), kwargs={"stop": stop, "report": told.append})
    thread.start()
    yield told
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def remove(root) -> None:
    """Delete the root also while a run is still writing its byte code there."""
    deadline = time.monotonic() + 20
    while root.exists():
        assert time.monotonic() < deadline, "the root cannot be deleted"
        for folder in list(root.rglob("*")):
            if folder.is_dir():
                folder.chmod(0o700)
        shutil.rmtree(root, ignore_errors=True)


def ran(runs, name: str) -> int:
    return [run.outcome for run in runs(name)].count("succeeded")


def test_the_scheduler_goes_on_with_the_new_state(deploy, env, root, lines, runs, wait_until):
    deploy(JOB, "before", schedules=[Calendar("*:*:*")])
    wait_until(lambda: ran(runs, "before"))
    remove(root)

    deploy(JOB, "after", schedules=[Calendar("*:*:*")])

    wait_until(lambda: ran(runs, "after") >= 2)
    assert [line for line in lines if line.endswith("the scheduler goes on with the new one")]
    assert runs("before") == []
    assert env.invoke_function("after", invocation_type="Event").ok, "the new state knows of the scheduler"
    with sqlite3.connect(root / "state.sqlite3", timeout=30) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_state_that_is_only_deleted_is_told_and_not_made_anew(deploy, root, lines, runs, wait_until):
    deploy("import time\ndef job():\n    print(1)\n    time.sleep(1)\n", schedules=[Calendar("*:*:*")])
    wait_until(lambda: [run for run in runs() if run.state == "running"])

    remove(root)

    wait_until(lambda: [line for line in lines if line.endswith("state.sqlite3 was deleted; deploy functions again")])
    time.sleep(1.5)
    assert not root.exists()


def test_a_scheduler_with_an_end_ends(deploy, root):
    deploy(JOB, schedules=[Calendar("*:*:*")])

    def report(line: str) -> None:
        if " works on " in line:
            remove(root)

    with pytest.raises(OperationError, match="was deleted; deploy functions again"):
        run_scheduler(root, until=datetime.now(UTC) + timedelta(seconds=1), report=report)
    assert not root.exists()
