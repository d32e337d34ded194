"""Start-up of the command line: ``--help`` and ``plan`` beside bare Python and the ``--help`` of peers, in turns.

The peers are in environments of their own, which ``nox -s bench -- startup`` makes; TASKFLOWS_CLOUD_PEERS names the
folders of their commands. A peer that is not there is said to be missing.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROUNDS = 11
LIMIT = 12.0
OURS = [sys.executable, str(Path(sys.executable).parent / "taskflows-cloud")]
PEERS = ("sam", "chalice", "lithops")
JOBS = """
from taskflows_cloud_core import Calendar, cloud_function


@cloud_function(schedules=[Calendar("Mon-Fri 02:30")])
def report():
    return 1
"""


def main() -> None:
    """Print the median of each command, and its ratio to bare Python's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "jobs.py").write_text(JOBS)
        commands = our_commands() | peers()
        environment = {**os.environ, "HOME": folder, "XDG_STATE_HOME": folder, "SAM_CLI_TELEMETRY": "0"}
        run([*OURS, "deploy", "jobs.py"], folder, environment)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                times[name].append(run(command, folder, environment))
    report({name: statistics.median(values) for name, values in times.items()})


def our_commands() -> dict[str, Sequence[str]]:
    """What is measured of ours, after bare Python."""
    return {
        "bare Python": [sys.executable, "-c", "pass"],
        "taskflows-cloud --help": [*OURS, "--help"],
        "taskflows-cloud plan --help": [*OURS, "plan", "--help"],
        "taskflows-cloud plan jobs.py, all of it": [*OURS, "plan", "jobs.py"],
    }


def peers() -> dict[str, Sequence[str]]:
    """The ``--help`` of the peers that are there, started by the Python of their own environment."""
    path = os.environ.get("TASKFLOWS_CLOUD_PEERS", os.environ.get("PATH", ""))
    found: dict[str, Sequence[str]] = {}
    for name in PEERS:
        program = shutil.which(name, path=path)
        if program is None:
            print(f"{name} is missing; `nox -s bench -- startup` installs it")
            continue
        interpreter = Path(program).parent / "python"
        found[f"{name} --help"] = [str(interpreter), program, "--help"] if interpreter.exists() else [program, "--help"]
    return found


def run(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> float:
    """How many seconds a command takes."""
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, env=dict(environment), check=True, capture_output=True)
    return time.perf_counter() - begin


def report(medians: Mapping[str, float]) -> None:
    """Print the table and whether the promise is kept."""
    bare = medians["bare Python"]
    print(f"{'start-up, medians of ' + str(ROUNDS):<42} {'ms':>8} {'x bare':>8}")
    for name, seconds in medians.items():
        print(f"{name:<42} {seconds * 1000:8.1f} {seconds / bare:8.2f}")
    ours = medians["taskflows-cloud --help"] / bare
    print(f"taskflows-cloud --help is {'within' if ours <= LIMIT else 'ABOVE'} {LIMIT:g} times bare Python\n")


if __name__ == "__main__":
    main()
