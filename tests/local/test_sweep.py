"""Killed, interrupted, refused, or met by another deployer at any call, the state ends as without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import memory_sweeps
import pytest

PROGRAM = Path(memory_sweeps.__file__).parent / "sweep_programs" / "local_root.py"


def assert_stands(folder: Path, operation: str, every: int) -> None:
    """In a program of its own, since it forks."""
    command = [sys.executable, "-W", "error", str(PROGRAM), str(folder), operation, str(every)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "trials passed" in told.stdout


@pytest.mark.parametrize("operation", ["first deployment", "deletion"])
def test_some_calls(tmp_path: Path, operation: str) -> None:
    assert_stands(tmp_path, operation, every=17)


@pytest.mark.sweep
@pytest.mark.parametrize(
    "operation",
    [
        "first deployment",
        "unchanged",
        "change",
        "deletion",
        "update of the code",
        "update of the configuration",
        "pause",
        "resume",
        "rollback",
    ],
)
def test_every_call(tmp_path: Path, operation: str) -> None:
    assert_stands(tmp_path, operation, every=1)
