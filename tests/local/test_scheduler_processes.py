"""Schedulers as real processes: killed, started again, side by side, told to end."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from taskflows_cloud_core import Periodic
from taskflows_cloud_core.local import Run

SECOND = timedelta(seconds=1)


def recorder(folder: Path, body: str = "") -> str:
    """A job that leaves a file for each time it really runs."""
    return f"""
        import os, time, uuid
        def job(event):
            name = event["scheduled_time"].replace(":", "_")
            with open(os.path.join({str(folder)!r}, f"{{name}} {{uuid.uuid4()}}"), "w") as stream:
                stream.write(str(os.getpid()))
            {body}
    """


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def begun(runs) -> list[Run]:
    """All runs but those that were due before a scheduler worked, or while another run lasted."""
    return [run for run in runs() if run.outcome != "skipped"]


def really_ran(folder: Path) -> Counter[str]:
    return Counter(path.name.split()[0] for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ran"
    made.mkdir()
    return made


@pytest.mark.slow
def test_killed_and_started_again_each_due_time_runs_once(deploy, scheduler, runs, folder):
    options = {"local": {"overlap": "allow", "catch_up": "all"}}
    deploy(recorder(folder), schedules=[Periodic(1)], provider_options=options)

    for pause in (2.3, 1.6, 2.0):
        each = scheduler()
        time.sleep(pause)
        each.signal(signal.SIGKILL)
        each.ended()
        time.sleep(1.2)
    last = scheduler()
    time.sleep(2)
    last.signal(signal.SIGTERM)
    assert last.ended() == 0

    due = [run.scheduled_for for run in runs()]
    assert len(due) >= 10
    assert {later - earlier for earlier, later in pairwise(due)} == {SECOND}, "none is missing and none is twice"
    assert set(really_ran(folder).values()) == {1}
    interrupted = [run for run in runs() if run.outcome == "interrupted"]
    assert len(interrupted) <= 3
    assert all(run.state == "ended" for run in runs())


@pytest.mark.slow
def test_two_schedulers_at_once_run_each_due_time_once(deploy, scheduler, runs, folder):
    both = [scheduler(), scheduler()]
    deploy(recorder(folder), schedules=[Periodic(1)], provider_options={"local": {"overlap": "allow"}})
    deploy(recorder(folder), "other", schedules=[Periodic(2)], provider_options={"local": {"overlap": "allow"}})
    time.sleep(5.5)
    for each in both:
        each.signal(signal.SIGTERM)
    assert [each.ended() for each in both] == [0, 0]

    for name, period in (("job", SECOND), ("other", 2 * SECOND)):
        due = [run.scheduled_for for run in runs(name)]
        assert len(due) >= 2
        assert {later - earlier for earlier, later in pairwise(due)} == {period}
        assert {run.outcome for run in runs(name)} == {"succeeded"}
    assert set(really_ran(folder).values()) == {1}
    assert sum(really_ran(folder).values()) == len(runs())


def test_a_second_scheduler_does_not_take_what_is_on_time_for_missed(deploy, scheduler, runs, wait_until):
    first = scheduler()
    second = scheduler()
    deploy("def job():\n    pass\n", schedules=[Periodic(1)])
    wait_until(lambda: [run for run in runs() if run.outcome == "succeeded"])
    for each in (first, second):
        each.signal(signal.SIGTERM)
        each.ended()

    assert "missed" not in first.lines + second.lines
    assert {run.outcome for run in begun(runs)} == {"succeeded"}


def test_a_run_whose_scheduler_was_killed_is_interrupted_and_not_run_again(
    deploy, scheduler, runs, folder, root, wait_until
):
    deploy(recorder(folder, "time.sleep(60)"), schedules=[Periodic(1)])
    first = scheduler()
    wait_until(lambda: [path for path in folder.iterdir() if path.read_text()])
    first.signal(signal.SIGKILL)
    first.ended()
    [child] = [int(path.read_text()) for path in folder.iterdir()]
    wait_until(lambda: not is_running(child))

    second = scheduler()
    wait_until(lambda: "lost  job [" in second.lines)

    killed, *others = begun(runs)
    assert killed.outcome == "interrupted"
    assert killed.error == "the process that watched over the run died"
    assert not (root / "scratch" / killed.id).exists()
    assert killed.attempt == 1
    assert not [run for run in others if run.scheduled_for == killed.scheduled_for]


def test_a_run_whose_scheduler_was_killed_is_run_again_when_there_are_retries(
    deploy, scheduler, runs, folder, wait_until
):
    deploy(recorder(folder, "time.sleep(60)"), schedules=[Periodic(1)], retries=1)
    first = scheduler()
    wait_until(lambda: [path for path in folder.iterdir() if path.read_text()])
    first.signal(signal.SIGKILL)
    first.ended()

    scheduler()

    wait_until(lambda: [run for run in runs() if run.attempt == 2 and run.state == "running"])
    [again] = [run for run in runs() if run.attempt == 2]
    assert again.scheduled_for == begun(runs)[0].scheduled_for


def test_a_run_that_outlives_its_scheduler_all_the_same_is_ended_by_the_next(
    deploy, scheduler, runs, folder, wait_until
):
    stubborn = "import signal; signal.signal(signal.SIGIO, signal.SIG_IGN); "
    ready = f"open({str(folder / 'ready')!r}, 'w').close(); "
    deploy(recorder(folder, f"{stubborn}{ready}time.sleep(60)"), schedules=[Periodic(1)])
    first = scheduler()
    wait_until((folder / "ready").exists)
    first.signal(signal.SIGKILL)
    first.ended()
    [child] = [int(path.read_text()) for path in folder.iterdir() if path.name != "ready"]
    assert is_running(child)

    second = scheduler()

    wait_until(lambda: not is_running(child))
    wait_until(lambda: "lost  job [" in second.lines)
    assert begun(runs)[0].outcome == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_lets_runs_end(deploy, scheduler, runs, folder, number, wait_until):
    deploy(recorder(folder, "time.sleep(1.5)"), schedules=[Periodic(1)])
    each = scheduler()
    wait_until(lambda: list(folder.iterdir()))

    each.signal(number)

    assert each.ended() == 0
    assert [run.outcome for run in begun(runs)] == ["succeeded"]
    assert "no new runs are begun; waiting for the end of 1 run" in each.lines
    assert "scheduler has ended" in each.lines


def test_the_second_signal_ends_runs(deploy, scheduler, runs, folder, wait_until):
    deploy(recorder(folder, "time.sleep(60)"), schedules=[Periodic(1)])
    each = scheduler()
    wait_until(lambda: list(folder.iterdir()))

    each.signal(signal.SIGTERM)
    wait_until(lambda: "waiting for the end" in each.lines)
    each.signal(signal.SIGTERM)

    assert each.ended() == 0
    assert begun(runs)[0].outcome == "interrupted"


def test_one_process_schedules_while_another_deploys_invokes_and_deletes(deploy, scheduler, env, runs, wait_until):
    scheduler()
    for number in range(3):
        deploy("def job(event):\n    return event\n", f"job-{number}", schedules=[Periodic(1)])
        assert env.invoke_function(f"job-{number}", number).value == number
    wait_until(lambda: {run.function for run in runs() if run.scheduled_for} == {"job-0", "job-1", "job-2"})

    for number in range(3):
        env.delete_function(f"job-{number}").raise_for_error()

    assert env.list_functions() == []
    assert runs() == []


def test_once_runs_what_was_missed_and_ends(deploy, scheduler, runs):
    deploy("def job():\n    pass\n", schedules=[Periodic(1)], provider_options={"local": {"catch_up": "latest"}})
    time.sleep(1.1)

    assert scheduler("--once").ended() == 0

    assert [run.outcome for run in runs()] == ["succeeded"]


def test_a_root_that_cannot_be_used_is_told_in_a_sentence(scheduler, root):
    root.mkdir()
    (root / "state.sqlite3").write_text("no database, but long enough to be taken for one" * 100, encoding="utf-8")

    each = scheduler()

    assert each.ended() == 1
    told, way_out = each.lines.splitlines()
    assert told == f"error [TFC1500]: the state in {root}/state.sqlite3 cannot be used: file is not a database"
    assert way_out == "`taskflows-cloud explain TFC1500` tells more"


def test_no_process_is_left(deploy, scheduler, folder, wait_until):
    deploy(recorder(folder), schedules=[Periodic(1)])
    each = scheduler()
    wait_until(lambda: len(list(folder.iterdir())) >= 2)

    children = Path(f"/proc/{each.process.pid}/task/{each.process.pid}/children")
    time.sleep(0.4)
    zombies = [pid for pid in children.read_text().split() if " Z " in Path(f"/proc/{pid}/stat").read_text()]

    assert zombies == []
