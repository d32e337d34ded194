"""Running the programs of this folder, which fork and therefore have no place in a test's own process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[3]


def told_by(program: str, *arguments: Any) -> list[Any]:
    """Run a program to its end; what it told, line by line, comes back."""
    command = [sys.executable, "-m", f"tests.aws.support.{program}", *map(str, arguments)]
    run = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{program} ended with {run.returncode}:\n{run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]
