"""An environment over a fresh root, jobs written as real modules, and schedulers in processes of their own."""

from __future__ import annotations

import importlib
import itertools
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, get_environment
from taskflows_cloud_core.local import Run, list_runs, run_scheduler

# For a slow machine; every wait ends as soon as what it waits for is there.
PATIENCE = 30.0
_NUMBERS = itertools.count()
_SCHEDULER = "from taskflows_cloud_core.cli import main; main()"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def env(root: Path) -> CloudEnvironment:
    return get_environment("local", root=root)


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Callable[..., Any]]:
    """Make a callable from the source of a module that defines ``job``."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def make(source: str) -> Callable[..., Any]:
        name = f"jobs_{os.getpid()}_{next(_NUMBERS)}"
        (folder / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        importlib.invalidate_caches()
        function: Callable[..., Any] = importlib.import_module(name).job
        return function

    return make


@pytest.fixture
def deploy(env: CloudEnvironment, job: Callable[[str], Callable[..., Any]]) -> Callable[..., Callable[..., Any]]:
    """Deploy the ``job`` of a source under a name; what else is given goes into the configuration."""

    def deploy_source(source: str, function_name: str = "job", **settings: Any) -> Callable[..., Any]:
        function = job(source)
        config = CloudFunctionConfig(function_name=function_name, **settings)
        env.deploy_function(function, config, dependencies=[]).raise_for_error()
        return function

    return deploy_source


@pytest.fixture
def runs(root: Path) -> Callable[..., list[Run]]:
    """The runs of the root, oldest first."""

    def read(function_name: str | None = None) -> list[Run]:
        return list_runs(root, function_name, limit=1000)[::-1]

    return read


class SchedulerProcess:
    """``taskflows-cloud local run`` in a process of its own, with its lines in a file."""

    def __init__(self, root: Path, output: Path, *arguments: str) -> None:
        self.output = output
        with output.open("ab") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _SCHEDULER, "local", "run", "--root", str(root), *arguments],
                stdout=stream,
                stderr=stream,
            )
        wait_until(lambda: "scheduler works on" in self.lines or self.process.poll() is not None)

    @property
    def lines(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def scheduler(root: Path, tmp_path: Path) -> Iterator[Callable[..., SchedulerProcess]]:
    started: list[SchedulerProcess] = []

    def start(*arguments: str) -> SchedulerProcess:
        started.append(SchedulerProcess(root, tmp_path / f"scheduler-{len(started)}.txt", *arguments))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.wait()


@pytest.fixture(name="wait_until")
def _wait_until() -> Callable[[Callable[[], object]], None]:
    """Wait for a condition, and fail when it does not come."""
    return wait_until


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for a condition, and fail when it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


@pytest.fixture
def run_until(root: Path) -> Callable[..., list[str]]:
    """Run a scheduler in this process until something is true of its lines, however slow the machine is."""

    def run(
        reached: Callable[[list[str]], Any], report: Callable[[str], None] | None = None, **options: Any
    ) -> list[str]:
        lines: list[str] = []
        stop = threading.Event()
        watcher = threading.Thread(target=_set_when, args=(stop, partial(reached, lines)))
        watcher.start()

        def keep(line: str) -> None:
            lines.append(line)
            if report is not None:
                report(line)

        run_scheduler(root, stop=stop, report=keep, **options)
        watcher.join()
        assert reached(lines)
        return lines

    return run


def _set_when(stop: threading.Event, reached: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
