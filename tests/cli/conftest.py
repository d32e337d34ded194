"""A folder of a user with a file of jobs, and the command line as a program of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from taskflows_cloud_core.cli import main

# For a slow machine; a program that ends sooner is not waited for.
PATIENCE = 120.0

JOBS = '''
"""Jobs of the tests."""
import os

from taskflows_cloud_core import Calendar, Periodic, cloud_function


@cloud_function(schedules=[Calendar("Mon-Fri 02:30", timezone="Europe/Berlin")], memory_mb=128)
def nightly_report():
    print("all is well")
    return {"checked": 12}


@cloud_function(function_name="greet", schedules=[Periodic(period=3600)], environment_variables={"MOOD": "s3cr3t-mood"})
def say_hello(event):
    return f"hello {event.get('name', 'world')}, {len(os.environ['MOOD'])}"


@cloud_function
def broken():
    print("about to fail")
    raise ValueError("no rows")


def helper():
    return 1
'''


@attrs.frozen
class Ran:
    """What a run of the program gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with ``jobs.py``."""
    home = tmp_path / "shop"
    home.mkdir()
    (home / "jobs.py").write_text(JOBS)
    return home


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The variables of the program: a state and a cache of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NO_COLOR", "FORCE_COLOR"))}
    return {**kept, "XDG_STATE_HOME": str(tmp_path / "state"), "TERM": "xterm"}


@pytest.fixture
def cli(folder: Path, environment: dict[str, str]) -> Callable[..., Ran]:
    """Run ``taskflows-cloud`` in the user's folder, in a pipe."""

    def run(*words: str, stdin: str = "", **variables: Any) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "taskflows_cloud_core", *words],
            cwd=folder,
            env={**environment, **variables},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def here(folder: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Be in the user's folder with this process; what is imported there is forgotten afterwards."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_STATE_HOME", environment["XDG_STATE_HOME"])
    monkeypatch.delenv("TASKFLOWS_CLOUD_STAGE", raising=False)
    path = list(sys.path)
    yield folder
    sys.path[:] = path
    forget_modules_of(folder)


def forget_modules_of(folder: Path) -> None:
    """As a new process would not have them."""
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def call(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the command line in this process, which is quicker; its output is no terminal."""

    def run(*words: str, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        forget_modules_of(here)
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capsys.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return run
