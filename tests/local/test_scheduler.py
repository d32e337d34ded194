"""The scheduler in this process: due times, policies, retries, pauses."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic
from taskflows_cloud_core.local import run_scheduler
from taskflows_cloud_core.local.runs import supervisor

EVENT = "def job(event):\n    return event\n"
SLEEP = "import time\ndef job():\n    time.sleep({})\n"


def seconds(number: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=number)


@pytest.fixture
def since(env):
    """Moments counted from the deployment of "job", as its intervals are."""

    def moment(number: float) -> datetime:
        return env.describe_function("job").function.updated_at + timedelta(seconds=number)

    return moment


def options(**chosen):
    return {"provider_options": {"local": chosen}}


def outcomes(runs):
    return [run.outcome for run in runs]


@pytest.fixture
def in_background(root):
    """A scheduler in a thread, ended after the test."""
    stop = threading.Event()
    lines: list[str] = []
    thread = threading.Thread(target=run_scheduler, args=(root,), kwargs={"stop": stop, "report": lines.append})

    def start():
        thread.start()
        return lines

    yield start
    stop.set()
    if thread.ident is not None:
        thread.join(30)
        assert not thread.is_alive()


def test_periods_count_from_the_deployment_without_drift(env, deploy, root, runs, since):
    deploy(EVENT, schedules=[Periodic(1)])
    deployed = env.describe_function("job").function.updated_at

    run_scheduler(root, until=since(3.3))

    due = [run.scheduled_for for run in runs()]
    assert len(due) >= 3
    assert {later - earlier for earlier, later in pairwise(due)} == {timedelta(seconds=1)}
    assert timedelta(seconds=1) <= due[0] - deployed < timedelta(seconds=1.5)
    assert outcomes(runs()) == ["succeeded"] * len(due)
    assert all(timedelta() <= run.started_at - run.scheduled_for < timedelta(seconds=5) for run in runs())


def test_a_calendar_of_every_second(deploy, root, runs, since):
    deploy(EVENT, schedules=[Calendar("*:*:*")])

    run_scheduler(root, until=since(2.5))

    due = [run.scheduled_for for run in runs()]
    assert len(due) >= 2
    assert {moment.microsecond for moment in due} == {0}


def test_the_event_says_why_it_runs(deploy, root, runs, since):
    deploy(EVENT, schedules=[Periodic(1)])

    run_scheduler(root, until=since(1.5))

    [run] = runs()
    assert run.value == {
        "scheduled_time": run.scheduled_for.isoformat(),
        "schedule": "every 1 s",
        "run_id": run.id,
        "attempt": 1,
    }
    assert run.schedule == "every 1 s"


def test_the_context_says_which_occurrence_it_is(deploy, root, runs, since):
    source = """
        def job(event, context):
            return [context.occurrence.schedule, context.occurrence.due_at.isoformat(), str(context.occurrence)]
    """
    deploy(source, schedules=[Periodic(1)])

    run_scheduler(root, until=since(1.5))

    [run] = runs()
    due = run.scheduled_for.isoformat()
    assert run.value == ["every 1 s", due, f"every 1 s@{due}"]


def test_what_a_person_sees(deploy, root, env, since):
    deploy("def job():\n    raise ValueError('no luck')\n", schedules=[Periodic(1)])
    lines = []

    run_scheduler(root, until=since(1.5), report=lines.append)

    assert f"scheduler works on {root}: 1 function, 1 schedule; next is job, due 2" in lines[0]
    [start] = [line for line in lines if " start job [" in line]
    [end] = [line for line in lines if " end   job [" in line]
    assert "version 1" in start
    assert "failed after" in end
    assert end.endswith(": ValueError: no luck")
    assert lines[-1].endswith("scheduler has ended")


def test_a_new_deployment_is_noticed_within_a_second(deploy, env, in_background, runs, wait_until):
    in_background()
    deploy(EVENT, schedules=[Periodic(1)])

    wait_until(lambda: [run for run in runs() if run.state == "ended"])

    first = runs()[0]
    assert first.started_at - first.scheduled_for < timedelta(seconds=1)


def test_an_invocation_that_is_not_waited_for_is_run_by_the_scheduler(deploy, env, in_background, runs, wait_until):
    deploy(EVENT)
    in_background()
    wait_until(lambda: _invoked(env))

    wait_until(lambda: [run for run in runs() if run.state == "ended"])

    assert runs()[0].value == {"x": 1}
    assert runs()[0].scheduled_for is None


def _invoked(env) -> bool:
    from taskflows_cloud_core.errors import OperationError

    try:
        return env.invoke_function("job", {"x": 1}, invocation_type="Event").ok
    except OperationError:
        return False


def test_overlap_skip_leaves_out_what_comes_during_a_run(deploy, root, runs, since):
    deploy(SLEEP.format(1.6), schedules=[Periodic(1)])

    run_scheduler(root, until=since(2.3))

    assert outcomes(runs()) == ["succeeded", "skipped"]
    assert runs()[1].error == "an earlier run was not over (overlap is 'skip')"


def test_overlap_queue_runs_one_after_the_other(deploy, root, runs, since):
    deploy(SLEEP.format(1.3), schedules=[Periodic(1)], **options(overlap="queue"))

    run_scheduler(root, until=since(2.1))
    assert [run.state for run in runs()] == ["ended", "queued"]
    run_scheduler(root, once=True)

    first, second = runs()[:2]
    assert outcomes([first, second]) == ["succeeded", "succeeded"]
    assert second.started_at >= first.ended_at


def test_overlap_allow_runs_both_at_once(deploy, root, runs, since):
    deploy(SLEEP.format(1.5), schedules=[Periodic(1)], **options(overlap="allow"))

    run_scheduler(root, until=since(2.3))

    first, second = runs()
    assert outcomes([first, second]) == ["succeeded", "succeeded"]
    assert second.started_at < first.ended_at


def test_max_concurrency_makes_the_rest_wait(deploy, root, runs, since):
    deploy(SLEEP.format(1.3), schedules=[Periodic(1)], max_concurrency=1, **options(overlap="allow"))

    run_scheduler(root, until=since(2.1))

    assert [run.state for run in runs()] == ["ended", "queued"]


@pytest.mark.parametrize(("catch_up", "expected"), [("none", ["skipped"]), ("latest", ["succeeded"])])
def test_catch_up_of_one(deploy, root, runs, catch_up, expected, wait_until):
    deploy(EVENT, schedules=[Periodic(1)], **options(catch_up=catch_up))
    due = seconds(2.2)
    wait_until(lambda: datetime.now(UTC) > due)

    run_scheduler(root, once=True)

    assert outcomes(runs()) == expected


def test_catch_up_of_all_runs_each_one_after_the_other(deploy, root, runs, wait_until):
    deploy(SLEEP.format(0.2), schedules=[Periodic(1)], **options(catch_up="all"))
    due = seconds(3.1)
    wait_until(lambda: datetime.now(UTC) > due)

    run_scheduler(root, once=True)

    made_up_for = runs()
    assert len(made_up_for) >= 3
    assert outcomes(made_up_for) == ["succeeded"] * len(made_up_for)
    assert all(b.started_at >= a.ended_at for a, b in pairwise(made_up_for))


def test_persistent_calendars_are_made_up_for_and_others_are_not(deploy, root, runs, wait_until):
    deploy(EVENT, "kept", schedules=[Calendar("*:*:*")])
    deploy(EVENT, "dropped", schedules=[Calendar("*:*:*", persistent=False)])
    due = seconds(1.5)
    wait_until(lambda: datetime.now(UTC) > due)

    run_scheduler(root, once=True)

    assert outcomes(runs("kept")) == ["succeeded"]
    assert outcomes(runs("dropped")) == ["skipped"]
    assert "catch_up is 'none'" in runs("dropped")[0].error


def test_retries_try_again_and_say_so(deploy, root, runs, since):
    deploy("def job(event):\n    raise ValueError(event['attempt'])\n", schedules=[Periodic(1)], retries=1)

    run_scheduler(root, until=since(2.6))

    first, *_ = ran = [run for run in runs() if run.outcome != "skipped"]
    again = [run for run in ran if run.scheduled_for == first.scheduled_for]
    assert [(run.attempt, run.outcome) for run in again] == [(1, "failed"), (2, "failed")]
    assert again[1].started_at - again[0].ended_at >= timedelta(seconds=1)
    assert again[1].error.startswith("ValueError: 2")


def test_without_retries_a_failure_is_left_alone(deploy, root, runs, since):
    deploy("def job():\n    raise ValueError\n", schedules=[Periodic(2)])

    run_scheduler(root, until=since(3.5))

    assert outcomes(runs()) == ["failed"]


def test_a_pause_survives_a_redeployment_and_is_not_made_up_for(env, deploy, job, root, runs):
    function = deploy(EVENT, schedules=[Periodic(1)], **options(catch_up="all"))
    assert env.pause_schedules("job") == 1
    settings = {"schedules": [Periodic(1)], "memory_mb": 64, **options(catch_up="all")}
    config = CloudFunctionConfig(function_name="job", **settings)
    env.deploy_function(function, config, dependencies=[]).raise_for_error()

    run_scheduler(root, until=seconds(2.2))
    assert runs() == []
    assert env.describe_function("job").metadata["paused"]

    assert env.resume_schedules("job") == 1
    run_scheduler(root, until=seconds(1.2))
    assert outcomes(runs()) == ["succeeded"]


def test_a_redeployment_does_not_disturb_the_count(env, deploy, root, runs):
    function = deploy(EVENT, schedules=[Periodic(2)])
    deployed = env.describe_function("job").function.updated_at
    run_scheduler(root, until=seconds(1.2))

    config = CloudFunctionConfig(function_name="job", schedules=[Periodic(2)], memory_mb=64)
    env.deploy_function(function, config, dependencies=[]).raise_for_error()
    run_scheduler(root, until=seconds(1.2))

    [run] = runs()
    assert timedelta(seconds=2) <= run.scheduled_for - deployed < timedelta(seconds=2.5)


def test_an_interval_from_the_finish(deploy, root, runs, since):
    deploy(SLEEP.format(0.5), schedules=[Periodic(1, relative_to="finish")])

    run_scheduler(root, until=since(3.2))

    first, second = runs()
    assert second.scheduled_for - first.ended_at == timedelta(seconds=1)


def test_two_schedules_at_one_moment_run_once(deploy, root, runs, env, since):
    deploy(EVENT, schedules=[Calendar("*:*:*"), Calendar("*-*-* *:*:0/1 Europe/Berlin")], **options(overlap="allow"))
    assert len(env.list_functions()[0].schedules) == 2

    run_scheduler(root, until=since(2.5))

    ran = [run.scheduled_for for run in runs() if run.outcome == "succeeded"]
    skipped = [run for run in runs() if run.outcome == "skipped"]
    assert len(ran) == len(set(ran)) >= 2
    assert {run.error for run in skipped} == {"another schedule of the function is due at the same moment"}


def test_two_schedules_that_missed_one_moment_make_up_for_it_once(deploy, root, runs, wait_until):
    schedules = [Calendar("*:*:*"), Calendar("*-*-* *:*:0/1 Europe/Berlin")]
    deploy(EVENT, schedules=schedules, **options(catch_up="all", overlap="allow"))
    deployed = datetime.now(UTC)
    wait_until(lambda: datetime.now(UTC) > deployed + timedelta(seconds=1.5))

    run_scheduler(root, once=True)

    ran = [run.scheduled_for for run in runs() if run.outcome == "succeeded"]
    assert len(ran) == len(set(ran)) >= 1


def test_on_command_never_begins_by_itself(deploy, root, runs, env, since):
    deploy(EVENT, schedules=[Periodic(1, start_on="command")])

    run_scheduler(root, until=since(1.5))

    assert runs() == []
    assert env.invoke_function("job").ok


def test_a_stop_waits_for_the_runs_that_are_under_way(deploy, root, runs, wait_until):
    deploy(SLEEP.format(1), schedules=[Periodic(1)])
    stop = threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(root,), kwargs={"stop": stop})
    thread.start()
    wait_until(lambda: [run for run in runs() if run.state == "running"])

    stop.set()
    thread.join(20)

    assert outcomes(runs()) == ["succeeded"]


def test_a_kill_ends_the_runs_that_are_under_way(deploy, root, runs, wait_until):
    deploy(SLEEP.format(60), schedules=[Periodic(1)])
    stop, kill = threading.Event(), threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(root,), kwargs={"stop": stop, "kill": kill})
    thread.start()
    wait_until(lambda: [run for run in runs() if run.state == "running"])

    stop.set()
    kill.set()
    thread.join(20)

    assert runs()[0].outcome == "interrupted"


def test_figures_count_what_ran(env, deploy, root):
    deploy("def job(event):\n    return 1 // event['n']\n")
    env.invoke_function("job", {"n": 1})
    env.invoke_function("job", {"n": 0})

    metrics = env.get_metrics("job")

    assert (metrics.invocations, metrics.errors) == (2, 1)
    assert metrics.average_duration_ms > 0
    assert env.get_metrics("job", end_time=seconds(-3600)).invocations == 0


def test_arguments_that_cannot_be_meant(root):
    with pytest.raises(ValueError, match="until has no time zone"):
        run_scheduler(root, until=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the mistake
    with pytest.raises(ValueError, match="max_runs is 0"):
        run_scheduler(root, max_runs=0)


def set_version_of_tables(root, version: int) -> int:
    connection = sqlite3.connect(root / "state.sqlite3", timeout=30)
    before: int = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    return before


def has_a_process(root) -> bool:
    with closing(sqlite3.connect(root / "state.sqlite3", timeout=30)) as connection:
        return bool(connection.execute("SELECT 1 FROM runs WHERE child_pid IS NOT NULL").fetchall())


def test_a_state_that_cannot_be_used_for_a_while_is_tried_again(deploy, root, in_background, runs, wait_until):
    deploy("import time\ndef job():\n    time.sleep(1)\n", schedules=[Periodic(1)])
    lines = in_background()
    wait_until(lambda: has_a_process(root))

    before = set_version_of_tables(root, 99)
    wait_until(lambda: [line for line in lines if "written by a newer taskflows-cloud" in line])
    set_version_of_tables(root, before)

    wait_until(lambda: [run for run in runs() if run.outcome == "succeeded"])
    count = len(runs())
    wait_until(lambda: len(runs()) > count)
    assert not [run for run in runs() if run.outcome == "failed"]


def test_only_so_many_runs_at_once(deploy, root, runs):
    for name in ("first", "second", "third"):
        deploy(SLEEP.format(0.3), name, schedules=[Calendar("*:*:*")])

    run_scheduler(root, until=seconds(1.1), max_runs=1)
    run_scheduler(root, once=True, max_runs=1)

    ran = sorted((run for run in runs() if run.outcome == "succeeded"), key=lambda run: run.started_at)
    assert len({run.function for run in ran}) == 3
    assert all(later.started_at >= earlier.ended_at for earlier, later in pairwise(ran))


def test_a_version_that_is_still_running_stays(deploy, env, job, root, in_background, runs, wait_until):
    deploy(SLEEP.format(2), schedules=[Periodic(1)], provider_options={"local": {"keep_versions": 1}})
    in_background()
    wait_until(lambda: [run for run in runs() if run.state == "running"])

    env.update_function_code("job", job("def job():\n    return 2\n"), dependencies=[]).raise_for_error()

    assert [version.version for version in env.list_versions("job")] == ["2", "1"]
    wait_until(lambda: [run for run in runs() if run.version == 2 and run.outcome == "succeeded"])
    assert runs()[0].outcome == "succeeded"


COUNTING = """
import itertools
import time
from pathlib import Path

def job(event):
    for number in itertools.count():
        print(number)
        if Path(event["stop"]).exists():
            return number
        time.sleep(0.05)
"""


@pytest.fixture
def counted(deploy, env, root, tmp_path, wait_until):
    """What a run gives, and the lines of its log, when that could not be written for a while."""
    deploy(COUNTING)
    stop, results = tmp_path / "stop", []
    invocation = threading.Thread(
        target=lambda: results.append(env.invoke_function("job", {"stop": str(stop)})), name="invocation"
    )
    invocation.start()
    wait_until(lambda: has_a_process(root))
    before = set_version_of_tables(root, 99)
    # Longer than lines wait to be written.
    time.sleep(0.6)
    set_version_of_tables(root, before)
    stop.touch()
    invocation.join()

    assert results[0].ok, results[0].error
    return results[0].value, [event.message for event in results[0].logs]


def test_a_log_that_cannot_be_written_for_a_while_costs_neither_run_nor_line(counted):
    last, lines = counted

    assert lines == [str(number) for number in range(last + 1)]


@pytest.fixture
def little_room(monkeypatch):
    monkeypatch.setattr(supervisor, "_WAITING_LINES", 2)


def test_lines_for_which_there_is_no_room_are_told_in_the_log(little_room, counted):
    last, lines = counted

    lost = [int(line[1:].split()[0]) for line in lines if "lines are lost here" in line]
    numbers = [int(line) for line in lines if line.isdecimal()]
    assert lost
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == last
    assert len(numbers) + sum(lost) == last + 1
