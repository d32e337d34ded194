"""Packages that a platform sends a request for each run."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import read_outcome

from .adapters import RUN_ID, Server, begin_command, serve, unpack

Project = Callable[..., ModuleType]
JOBS = """
import asyncio
import os
import sys
import threading
import time

lock = asyncio.Lock()
messages = asyncio.Queue()
calls = 0


def describes(event, context):
    occurrence = context.occurrence
    return {
        "event": event,
        "request_id": context.request_id,
        "function_name": context.function_name,
        "memory_mb": context.memory_mb,
        "left": context.remaining_ms(),
        "occurrence": occurrence and [occurrence.schedule, occurrence.due_at.isoformat()],
        "variables": [name for name in os.environ if name.startswith("TASKFLOWS_CLOUD")],
        "main": threading.current_thread() is threading.main_thread(),
    }


def raises():
    raise LookupError("no such row")


def ends_itself():
    os._exit(7)


def waits(event):
    try:
        print("begun", flush=True)
        time.sleep(event)
    finally:
        print("put away", flush=True)


def both(event):
    global calls
    calls += 1
    return calls if event == "sync" else contends()


async def contends():
    asyncio.create_task(asyncio.sleep(600))

    async def hold():
        async with lock:
            await asyncio.sleep(0)

    await asyncio.gather(hold(), hold(), messages.put(calls))
    return [await messages.get(), len(asyncio.all_tasks())]
"""


@pytest.fixture
def served(project: Project, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Serve a function of the jobs."""
    jobs, opened = project({"jobs.py": JOBS}), []

    def start(name: str, **given: Any) -> Server:
        opened.append(serve(unpack(getattr(jobs, name), "http", tmp_path / name), **given))
        return opened[-1].__enter__()

    yield start
    for one in opened:
        one.__exit__(None, None, None)


def test_a_request_is_a_run(served: Callable[..., Server]) -> None:
    server = served("describes", FUNCTION_NAME="report", MEMORY_MB=256, TIMEOUT_SECONDS=60)

    value = server.run({"x": "ü"}, Request_Id=RUN_ID).value

    left = value.pop("left")
    assert 30_000 < left <= 60_000
    assert value == {
        "event": {"x": "ü"},
        "request_id": RUN_ID,
        "function_name": "report",
        "memory_mb": 256,
        "occurrence": None,
        "variables": [],
        "main": True,
    }
    assert server.run().value["event"] == {}


def test_the_occurrence_is_in_the_headers_alone(served: Callable[..., Server]) -> None:
    server, due = served("describes"), "2027-01-04T09:00:00+00:00"

    value = server.run(Schedule="daily", Due="2027-01-04T10:00:00+01:00").value
    assert (value["occurrence"], value["event"]) == (["daily", due], {"schedule": "daily", "scheduled_time": due})
    assert server.run(value["event"]).value["occurrence"] is None


def test_a_platform_may_have_its_own_header_for_the_due_time(served: Callable[..., Server]) -> None:
    server = served("describes", DUE_HEADER="Taskflows-Cloud-X-Time")

    value = server.run(Schedule="daily", X_Time="2027-01-04T09:00:00Z").value
    assert value["occurrence"] == ["daily", "2027-01-04T09:00:00+00:00"]


def test_a_failure_is_an_answer_with_its_traceback_and_the_server_goes_on(served: Callable[..., Server]) -> None:
    server = served("raises")

    for _ in range(2):
        outcome = server.run()
        assert (outcome.error_type, outcome.message) == ("LookupError", "no such row")
        assert "in raises" in outcome.traceback.splitlines()[1]
    server.process.kill()
    assert server.process.communicate()[1] == 2 * f"ERROR LookupError: no such row\n{outcome.traceback}"


def test_a_body_that_is_not_json_is_a_failure(served: Callable[..., Server]) -> None:
    status, text = served("describes").send("{")
    assert status == 500
    assert str(read_outcome(text).error).startswith("ValueError: the event is not JSON")


def test_a_function_that_ends_the_process_gives_no_answer(served: Callable[..., Server]) -> None:
    server = served("ends_itself")
    with pytest.raises(ConnectionError):
        server.send()
    assert server.process.wait(60) == 7


def test_the_server_answers_while_a_run_goes_on_and_sigterm_ends_the_run(served: Callable[..., Server]) -> None:
    server = served("waits")
    answers: list[tuple[int, str]] = []
    client = threading.Thread(target=lambda: answers.append(server.send(json.dumps(600))))
    client.start()
    assert server.process.stdout is not None
    assert server.process.stdout.readline() == "begun\n"
    assert server.send(method="GET") == (200, "")

    server.process.terminate()

    client.join(60)
    assert server.process.wait(60) == 128 + signal.SIGTERM
    assert server.process.stdout.read() == "put away\n"
    [(status, text)] = answers
    assert status == 500
    assert read_outcome(text).message == "the function was told to end by SIGTERM"


def test_between_two_runs_sigterm_ends_the_server_at_once(served: Callable[..., Server]) -> None:
    server = served("describes")
    assert server.run().ok
    server.process.terminate()
    assert server.process.wait(60) == -signal.SIGTERM


def test_what_a_module_binds_to_the_loop_works_in_every_run(served: Callable[..., Server]) -> None:
    server = served("both")
    for number in range(1, 201, 2):
        assert server.run("sync").value == number
        # The task that the run before left is gone.
        assert server.run("async").value == [number + 1, 2]


def test_a_module_that_cannot_be_imported_ends_the_server(project: Project, tmp_path: Path) -> None:
    code = "import os\nif 'FAIL' in os.environ:\n    raise OSError('not today')\ndef job(): pass\n"
    jobs = project({"jobs.py": code})
    process = begin_command(unpack(jobs.job, "http", tmp_path / "code"), {"FAIL": "1", "PORT": "0"})
    _, log = process.communicate(timeout=60)
    assert process.returncode == 1
    assert log.rstrip().endswith("OSError: not today")
