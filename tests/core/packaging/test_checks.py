"""What is refused before anything is packaged, and what the refusal says."""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import callable_name, check_callable

from .conftest import RUNNING

OTHER = "3.12" if RUNNING == "3.11" else "3.11"


def messages(function: Any, version: str = RUNNING) -> list[str]:
    problems = check_callable(function, python_version=version)
    assert {problem.field for problem in problems} <= {"function"}
    return [problem.message for problem in problems]


def needs_a(a: int) -> None: ...
def needs_two(event: Any, limit: int) -> None: ...
def needs_keyword(*, path: str) -> None: ...
def only_context(context: Any) -> None: ...


@pytest.mark.parametrize(
    ("function", "name"),
    [(needs_a, "'a'"), (needs_two, "'limit'"), (needs_keyword, "'path'"), (only_context, "'context'")],
)
def test_arguments_that_no_schedule_gives(function: Callable[..., Any], name: str) -> None:
    [message] = messages(function)
    assert function.__name__ in message
    assert "test_checks.py, line" in message
    assert f"needs {name}, which a schedule cannot give" in message
    assert "functools.partial" in message


def test_a_method_of_a_class_needs_an_instance() -> None:
    class Job:
        def run(self) -> None: ...

    assert "a method of an instance" in messages(Job.run)[0]


@pytest.mark.parametrize("function", [operator.itemgetter("n"), operator.attrgetter("n"), operator.methodcaller("n")])
def test_what_always_needs_an_object_is_refused(function: Any) -> None:
    assert "needs 'obj', which a schedule cannot give" in messages(function)[0]


@pytest.mark.parametrize("thing", [5, None, "text", object()])
def test_what_is_not_callable(thing: Any) -> None:
    assert messages(thing) == [f"must be a callable, not {type(thing).__name__}; give the function itself, without ()"]


def test_bytecode_of_another_version_is_refused_and_a_module_is_not(project: Callable[..., ModuleType]) -> None:
    local = 1
    [message] = messages(lambda: local, OTHER)
    assert f"bytecode of Python {RUNNING}, which Python {OTHER} cannot run" in message
    assert f"set runtime='python{RUNNING}'" in message
    assert "move the function into a module" in message
    jobs = project({"jobs.py": "import functools\ndef job(n=1): return n\nbound = functools.partial(job, 2)\n"})
    assert not messages(jobs.job, OTHER)
    assert not messages(jobs.bound, OTHER)


def test_everything_wrong_is_told_together() -> None:
    lock = threading.Lock()

    def job(path: str) -> Any:
        return path, lock

    needs, holds = messages(job)
    assert "needs 'path'" in needs
    assert "its lock is a lock object" in holds


def test_an_open_file_is_refused(tmp_path: Any) -> None:
    with (tmp_path / "a.txt").open("w+") as stream:
        assert "its stream is a TextIOWrapper object" in messages(lambda: stream.read())[0]


def test_names_for_people(project: Callable[..., ModuleType]) -> None:
    jobs = project(
        {
            "jobs.py": "import functools\nclass Job:\n    def run(self): ...\n    def __call__(self): ...\n"
            "def report(): ...\nbound = functools.partial(report)\njob = Job()\n"
        }
    )
    assert callable_name(jobs.report) == "jobs:report"
    assert callable_name(jobs.Job.run) == "jobs:Job.run"
    assert callable_name(jobs.job.run) == "jobs:Job.run (bound method)"
    assert callable_name(jobs.job) == "jobs:Job (instance)"
    assert callable_name(jobs.bound) == "jobs:report (partial)"
