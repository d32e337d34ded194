"""Packages whose handler a runtime calls again and again in one process."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

from .adapters import RUNNING, lambda_process, unpack

Project = Callable[..., ModuleType]
JOBS = """
import sys

before = sorted({"asyncio", "typing", "datetime", "logging"} & set(sys.modules))

import asyncio
import os

later = set(sys.modules)
lock = asyncio.Lock()
messages = asyncio.Queue()
loops = set()
calls = 0


def describes(event, context):
    occurrence = context.occurrence
    return {
        "event": event,
        "request_id": [context.request_id, context.aws_request_id],
        "memory": [context.memory_mb, context.memory_limit_in_mb],
        "left": [context.remaining_ms(), context.get_remaining_time_in_millis()],
        "aware": context.deadline.tzinfo is not None,
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "occurrence": occurrence and str(occurrence),
        "missing": getattr(context, "no_such_attribute", "missing"),
    }


def takes_event(event):
    return event


def both(event):
    global calls
    calls += 1
    return calls if event == "sync" else contends()


async def contends():
    loops.add(asyncio.get_running_loop())
    asyncio.create_task(asyncio.sleep(600))

    async def hold():
        async with lock:
            await asyncio.sleep(0)

    await asyncio.gather(hold(), hold(), messages.put(calls))
    return {"message": await messages.get(), "loops": len(loops), "tasks": len(asyncio.all_tasks())}


async def fails_or_not(event):
    async with lock:
        if event == "leave":
            asyncio.get_running_loop().stop()
            sys.exit(3)
        if event == "cancel":
            asyncio.current_task().cancel()
        await asyncio.sleep(0)
        if event == "fail":
            raise LookupError("no such row")
        return "awaited"


def modules(event, context):
    return [context.occurrence is None, *before, *({"typing", "datetime"} & set(sys.modules) - later)]


async def forks():
    async def number():
        return 41

    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return await number() + 1
"""
ENVELOPE = {"taskflows-cloud": {"schedule": "daily", "due": "2027-01-04T09:00:00Z"}}
EVENT = {"schedule": "daily", "scheduled_time": "2027-01-04T09:00:00+00:00"}


@pytest.fixture
def jobs(project: Project) -> ModuleType:
    return project({"jobs.py": JOBS})


def test_the_context_has_our_names_and_lambdas(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.describes, "aws_lambda", tmp_path / "code")) as container:
        value = container.run({"time": "2027-01-04T09:00:00Z", "schedule": "daily", "resources": ["arn"]}).value

    left = value.pop("left")
    assert 0 < left[0] <= left[1] == 5000
    assert value == {
        "event": {"time": "2027-01-04T09:00:00Z", "schedule": "daily", "resources": ["arn"]},
        "request_id": ["request-1", "request-1"],
        "memory": [128, "128"],
        "aware": True,
        "name": "job",
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:job",
        "occurrence": None,
        "missing": "missing",
    }


def test_the_envelope_of_a_schedule_is_taken_off(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.describes, "aws_lambda", tmp_path / "code")) as container:
        scheduled = container.run(ENVELOPE).value
        manual = container.run({"a": 1}).value
    assert (scheduled["occurrence"], scheduled["event"]) == ("daily@2027-01-04T09:00:00+00:00", EVENT)
    assert (manual["occurrence"], manual["event"]) == (None, {"a": 1})


def test_a_function_of_the_event_alone_gets_the_same(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.takes_event, "aws_lambda", tmp_path / "code")) as container:
        assert container.run(ENVELOPE).value == EVENT
        assert container.run(None).value is None


@pytest.mark.parametrize("content", [5, {}, {"schedule": "daily"}, {"schedule": "daily", "due": "noon"}])
def test_the_reserved_key_with_something_else_is_a_failure(jobs: ModuleType, tmp_path: Path, content: Any) -> None:
    with lambda_process(unpack(jobs.takes_event, "aws_lambda", tmp_path / "code")) as container:
        outcome = container.run({"taskflows-cloud": content})
    assert outcome.error_type == "ValueError"
    assert "the key 'taskflows-cloud' of an event is reserved for {'schedule': text" in str(outcome.message)


def test_what_a_module_binds_to_the_loop_works_in_every_run(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.both, "aws_lambda", tmp_path / "code")) as container:
        for number in range(1, 201, 2):
            assert container.run("sync").value == number
            # The task that the run before left is gone.
            assert container.run("async").value == {"message": number + 1, "loops": 1, "tasks": 2}


def test_a_run_that_fails_leaves_the_loop_in_order(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.fails_or_not, "aws_lambda", tmp_path / "code")) as container:
        for event, error in (
            ("fail", "LookupError: no such row"),
            ("leave", "RuntimeError: the function left with sys.exit(3)"),
            ("cancel", "RuntimeError: the function ended with CancelledError"),
        ):
            assert container.run(event).error == error
            assert container.run().value == "awaited"


def test_a_fork_does_not_disturb_the_loop(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.forks, "aws_lambda", tmp_path / "code")) as container:
        assert [container.run().value for _ in range(2)] == [42, 42]


def test_a_sync_function_starts_without_what_it_does_not_need(jobs: ModuleType, tmp_path: Path) -> None:
    with lambda_process(unpack(jobs.modules, "aws_lambda", tmp_path / "code")) as container:
        assert container.run().value == [True]
        assert container.run(ENVELOPE).value == [False]


@pytest.mark.parametrize("adapter", ["aws_lambda", "command", "http"])
def test_a_package_has_the_files_of_its_adapter_alone(jobs: ModuleType, adapter: str) -> None:
    package = build_package(jobs.takes_event, target=PackageTarget(python_version=RUNNING, adapter=adapter))
    names = {file.path.rpartition("/")[2] for file in package.contents} - {"jobs.py", "manifest.json", "__init__.py"}
    common = {"entry.py", "failures.py", "index.py", "loop.py", "occurrence.py", "results.py"}
    own = {
        "aws_lambda": {"aws_lambda_context.py"},
        "command": {"context.py", "outcome.py", "supervisor.py"},
        "http": {"context.py", "outcome.py"},
    }
    assert names == common | own[adapter]
    assert package.handler == ("index.handler" if adapter == "aws_lambda" else "index.py")
    again = build_package(jobs.takes_event, target=PackageTarget(python_version=RUNNING, adapter=adapter))
    assert again.read_bytes() == package.read_bytes()


def test_an_unknown_adapter_is_refused() -> None:
    with pytest.raises(
        ValueError, match="PackageTarget.adapter is 'lambda'; there are 'aws_lambda', 'command', 'http'"
    ):
        PackageTarget(python_version=RUNNING, adapter="lambda")


def test_the_manifest_has_the_calendars_that_are_given(jobs: ModuleType) -> None:
    def manifest(**options: Any) -> Any:
        package = build_package(jobs.takes_event, target=PackageTarget(python_version=RUNNING), **options)
        with zipfile.ZipFile(package.path) as archive:
            return json.loads(archive.read("_taskflows_cloud/manifest.json"))

    assert "calendars" not in manifest()
    assert manifest(calendars={"daily": "*-*-* 09:00:00"})["calendars"] == {"daily": "*-*-* 09:00:00"}
