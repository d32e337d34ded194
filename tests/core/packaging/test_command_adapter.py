"""Packages that a platform starts as a process for each run."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import RunOutcome, find_outcome, read_outcome

from .adapters import RUN_ID, begin_command, run_command, unpack

Project = Callable[..., ModuleType]
JOBS = """
import asyncio
import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

lock = asyncio.Lock()
kept = []


def returns(event, context):
    print("printed, and no line break at the end", end="")
    return {"event": event, "variables": sorted(set(os.environ) - {"LC_CTYPE"})}


def describes(event, context):
    occurrence = context.occurrence
    return {
        "request_id": context.request_id,
        "function_name": context.function_name,
        "memory_mb": context.memory_mb,
        "left": context.remaining_ms(),
        "deadline": context.deadline.isoformat(),
        "occurrence": occurrence and [occurrence.schedule, occurrence.due_at.isoformat(), str(occurrence)],
        "event": event,
    }


def raises():
    print("before")
    return deeper()


def deeper():
    raise LookupError("no such row")


def large():
    return "x" * 10_000


def ends_itself():
    os._exit(7)


def crashes():
    os.kill(os.getpid(), signal.SIGSEGV)


def unfinished():
    atexit.register(Path("atexit").write_text, "done")
    threading.Thread(target=late).start()
    kept.append(open("unflushed", "w"))
    kept[0].write("all of it")
    return "returned"


def late():
    time.sleep(0.3)
    Path("thread").write_text("done")


def crashes_at_the_end():
    atexit.register(os._exit, 9)
    return "returned"


def never_ends():
    try:
        time.sleep(600)
    finally:
        print("put away")


def waits():
    try:
        print("begun", flush=True)
        time.sleep(600)
    finally:
        print("put away")


def ignores_sigterm():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("pid").write_text(str(child.pid))
    time.sleep(600)


def leaves_a_thread():
    threading.Thread(target=time.sleep, args=(600,), name="sleeper").start()
    atexit.register(Path("atexit").write_text, "done")
    return "returned"


async def awaits():
    asyncio.create_task(put_away())
    async with lock:
        await asyncio.sleep(0)
    return "awaited"


async def waits_for_all_others():
    results = []
    for number in range(3):
        asyncio.create_task(asyncio.sleep(0.01, number)).add_done_callback(lambda task: results.append(task.result()))
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    return sorted(results)


async def starts_a_process():
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(41)", stdout=subprocess.PIPE)
    output, _ = await process.communicate()
    return [output.decode().strip(), await asyncio.to_thread(sum, [1, 2])]


async def put_away():
    try:
        await asyncio.sleep(600)
    finally:
        await asyncio.sleep(0)
        print("put away")


async def never_ends_async():
    await put_away()


async def leaves():
    sys.exit("no input")


async def a_task_leaves():
    asyncio.create_task(leaves())
    await asyncio.sleep(600)
"""


@pytest.fixture
def run(project: Project, tmp_path: Path) -> Callable[..., Any]:
    """Run a function of the jobs."""
    jobs = project({"jobs.py": JOBS})
    return lambda name, **given: run_command(unpack(getattr(jobs, name), "command", tmp_path / name), **given)


def test_the_value_comes_in_a_line_that_is_the_runs_own(run: Callable[..., Any]) -> None:
    ended = run("returns", EVENT=json.dumps({"x": [1, "ü"]}), environment={"OWN": "1"})

    assert ended.code == 0
    value = {"event": {"x": [1, "ü"]}, "variables": ["OWN"]}
    assert ended.outcome == RunOutcome(outcome="ran", value=value)
    assert ended.output.startswith("printed, and no line break at the end")
    assert ended.log == ""
    assert find_outcome(ended.output.splitlines(), "another-run") is None


def test_without_an_event_it_is_an_empty_object(run: Callable[..., Any]) -> None:
    assert run("returns").outcome.value["event"] == {}


def test_event_and_outcome_may_be_files(run: Callable[..., Any], tmp_path: Path) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"text": "y" * 500_000}))

    ended = run("returns", EVENT_FILE=event, RESULT=tmp_path / "outcome.json")

    assert ended.output == "printed, and no line break at the end"
    assert len(ended.outcome.value["event"]["text"]) == 500_000


def test_the_outcome_may_go_to_stderr(run: Callable[..., Any], tmp_path: Path) -> None:
    process = begin_command(tmp_path / "returns", RESULT="stderr") if run("returns").code == 0 else None
    assert process is not None
    output, log = process.communicate(timeout=60)

    assert output == "printed, and no line break at the end"
    outcome = find_outcome(log.splitlines(), RUN_ID)
    assert outcome is not None
    assert outcome.ok


def test_the_context_of_a_manual_run(run: Callable[..., Any]) -> None:
    value = run("describes", FUNCTION_NAME="report", MEMORY_MB=256, TIMEOUT_SECONDS=60).outcome.value

    assert (value["request_id"], value["function_name"], value["memory_mb"]) == (RUN_ID, "report", 256)
    assert 30_000 < value["left"] <= 60_000
    assert value["deadline"].endswith("+00:00")
    assert value["occurrence"] is None
    assert value["event"] == {}


def test_the_occurrence_of_a_scheduled_run(run: Callable[..., Any]) -> None:
    value = run("describes", SCHEDULE="daily", DUE_AT="2027-01-04T10:00:00+01:00").outcome.value

    due = "2027-01-04T09:00:00+00:00"
    assert value["occurrence"] == ["daily", due, f"daily@{due}"]
    assert value["event"] == {"schedule": "daily", "scheduled_time": due}


def test_an_event_that_looks_like_a_scheduled_one_is_not_one(run: Callable[..., Any]) -> None:
    event = {"schedule": "daily", "scheduled_time": "2027-01-04T09:00:00+00:00", "time": "2027-01-04T09:00:00Z"}
    value = run("describes", EVENT=json.dumps(event)).outcome.value

    assert value["occurrence"] is None
    assert value["event"] == event


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"EVENT": "{"}, "ValueError: the event is not JSON: "),
        ({"SCHEDULE": "daily", "DUE_AT": "noon"}, "ValueError: Invalid isoformat string"),
        ({"SCHEDULE": "daily", "DUE_AT": "2027-01-04T09:00:00"}, "ValueError: the due time .* has no offset"),
        ({"SCHEDULE": "daily"}, "TypeError: an occurrence has the texts"),
    ],
)
def test_what_the_platform_gives_wrongly_is_a_failed_run(
    run: Callable[..., Any], given: dict[str, str], words: str
) -> None:
    ended = run("describes", **given)

    assert ended.code == 1
    with pytest.raises(RuntimeError, match=words):
        raise RuntimeError(ended.outcome.error)


def test_a_failure_has_type_message_and_the_functions_own_frames(run: Callable[..., Any]) -> None:
    ended = run("raises")

    assert ended.code == 1
    assert (ended.outcome.outcome, ended.outcome.error_type, ended.outcome.message) == (
        "failed",
        "LookupError",
        "no such row",
    )
    lines = ended.outcome.traceback.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].startswith('  File "jobs.py", line ')
    assert lines[1].endswith(", in raises")
    assert "index.py" not in ended.outcome.traceback
    assert "_taskflows_cloud" not in ended.outcome.traceback
    assert ended.log == f"ERROR LookupError: no such row\n{ended.outcome.traceback}"


def test_a_module_that_cannot_be_imported_is_a_failure(project: Project, tmp_path: Path) -> None:
    jobs = project(
        {"jobs.py": "import os\nif 'TASKFLOWS' in os.environ:\n    raise OSError('not today')\ndef job(): pass\n"}
    )
    ended = run_command(unpack(jobs.job, "command", tmp_path / "code"), {"TASKFLOWS": "1"})

    assert ended.code == 1
    assert ended.outcome.error_type == "OSError"
    assert 'jobs.py", line 3' in ended.outcome.traceback


def test_an_outcome_that_is_too_long_is_a_failure(run: Callable[..., Any]) -> None:
    ended = run("large", RESULT_BYTES=1000)

    assert ended.outcome.error == (
        "ResultTooLarge: the return value has 10002 bytes as JSON; at most 1000 are possible"
    )
    assert ended.code == 1
    assert len(json.dumps(run("raises", RESULT_BYTES=120).outcome.traceback)) < 120


@pytest.mark.parametrize(
    ("name", "code", "how"),
    [("ends_itself", 7, "with exit code 7"), ("crashes", 128 + signal.SIGSEGV, "by SIGSEGV")],
)
def test_a_process_that_ends_by_itself_is_a_failure(run: Callable[..., Any], name: str, code: int, how: str) -> None:
    ended = run(name)

    assert ended.code == code
    assert ended.outcome.error == f"ProcessEnded: the process ended {how} before the function returned"
    assert ended.log == f"ERROR {ended.outcome.error}\n"


def test_the_outcome_comes_after_pythons_own_shutdown(run: Callable[..., Any], tmp_path: Path) -> None:
    ended = run("unfinished")

    assert ended.outcome.value == "returned"
    written = {name: (tmp_path / "unfinished" / name).read_text() for name in ("atexit", "thread", "unflushed")}
    assert written == {"atexit": "done", "thread": "done", "unflushed": "all of it"}


def test_a_shutdown_that_fails_is_a_failure(run: Callable[..., Any]) -> None:
    ended = run("crashes_at_the_end")

    assert ended.outcome.error == "ProcessEnded: the process ended with exit code 9 after the function returned"
    assert ended.code == 9


def test_the_timeout_ends_the_function_with_an_exception(run: Callable[..., Any]) -> None:
    ended = run("never_ends", TIMEOUT_SECONDS=1)

    assert ended.code == 124
    assert ended.output.startswith("put away\n")
    assert (ended.outcome.error_type, ended.outcome.message) == (
        "TimeoutError",
        "the run was ended after its timeout of 1 s",
    )
    assert "in never_ends" in ended.outcome.traceback
    assert ended.log.endswith("ERROR TimeoutError: the run was ended after its timeout of 1 s\n")


def test_the_timeout_ends_an_async_function_in_order(run: Callable[..., Any]) -> None:
    ended = run("never_ends_async", TIMEOUT_SECONDS=1)

    assert ended.code == 124
    assert ended.output.startswith("put away\n")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_ignores_the_signal_is_killed_with_its_children(run: Callable[..., Any], tmp_path: Path) -> None:
    ended = run("ignores_sigterm", TIMEOUT_SECONDS=1)

    assert ended.code == 124
    assert ended.outcome.message == "the run was ended after its timeout of 1 s"
    child = Path("/proc", (tmp_path / "ignores_sigterm" / "pid").read_text(), "stat")
    deadline = time.monotonic() + 30
    while child.exists() and child.read_text().rpartition(")")[2].split()[0] not in "ZX":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_thread_that_outlasts_the_timeout_is_named(run: Callable[..., Any], tmp_path: Path) -> None:
    ended = run("leaves_a_thread", TIMEOUT_SECONDS=1)

    assert ended.code == 124
    assert ended.outcome.error == (
        "TimeoutError: the function returned, but Python waited for 'sleeper' until the end of its timeout of 1 s"
    )
    assert (tmp_path / "leaves_a_thread" / "atexit").read_text() == "done"


def test_sigterm_of_the_platform_reaches_the_function(project: Project, tmp_path: Path) -> None:
    jobs = project({"jobs.py": JOBS})
    process = begin_command(unpack(jobs.waits, "command", tmp_path / "code"))
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.terminate()
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 128 + signal.SIGTERM
    assert output.startswith("put away\n")
    outcome = find_outcome(output.splitlines(), RUN_ID)
    assert outcome is not None
    assert outcome.message == "the function was told to end by SIGTERM"


def test_tasks_that_are_left_are_cancelled_and_awaited(run: Callable[..., Any]) -> None:
    ended = run("awaits")

    assert ended.outcome.value == "awaited"
    assert ended.output.startswith("put away\n")


@pytest.mark.parametrize(("name", "value"), [("waits_for_all_others", [0, 1, 2]), ("starts_a_process", ["41", 3])])
def test_an_async_function_does_what_it_could_under_asyncio_run(run: Callable[..., Any], name: str, value: Any) -> None:
    assert run(name).outcome.value == value


@pytest.mark.parametrize("name", ["leaves", "a_task_leaves"])
def test_an_async_function_may_leave(run: Callable[..., Any], name: str) -> None:
    assert run(name).outcome.error.startswith("RuntimeError: the function left with sys.exit('no input')")


@pytest.mark.parametrize("report", ["", "[]", "{}", '{"outcome": "perhaps"}'])
def test_what_is_no_outcome_is_refused(report: str) -> None:
    with pytest.raises(ValueError):
        read_outcome(report)


def test_a_skipped_run_is_no_failure() -> None:
    skipped = read_outcome({"outcome": "skipped", "reason": "not in the calendar"})
    assert skipped.ok
    assert (skipped.error, skipped.message) == (None, "not in the calendar")
