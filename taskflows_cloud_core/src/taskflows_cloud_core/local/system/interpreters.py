"""The Pythons of this machine."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from taskflows_cloud_core.errors import OperationError

_NAME = re.compile(r"python3\.\d{1,2}")
_ASK = "import sys; print('python%d.%d' % sys.version_info[:2]); print(sys.executable)"
_ASK_SECONDS = 10
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def machine_architecture() -> str:
    """The architecture of this machine, as configurations spell it."""
    machine = platform.machine().lower()
    return _ARCHITECTURES.get(machine, machine)


def interpreter(runtime: str) -> str:
    """The path of an interpreter for a runtime.

    Args:
        runtime: For instance ``"python3.12"``.

    Raises:
        OperationError: There is none.
    """
    found = find_interpreter(runtime)
    if found is None:
        raise OperationError(
            f"there is no {runtime} on this machine any more; install it, or deploy the function again for "
            f"{' or '.join(found_runtimes())}"
        )
    return found


def find_interpreter(runtime: str) -> str | None:
    """The path of an interpreter for a runtime; ``None`` when there is none that works."""
    answers = (_answer_of(path) for path in _candidates(runtime))
    return next((program for name, program in answers if name == runtime), None)


def found_runtimes() -> list[str]:
    """The runtimes that this machine has, sorted."""
    names = {_answer_of(sys.executable)[0]} | {
        name for folder in _search_path() for name in _names_in(folder) if find_interpreter(name)
    }
    return sorted(filter(None, names), key=lambda name: int(name.partition(".")[2]))


def _candidates(runtime: str) -> Iterator[str]:
    yield sys.executable
    for folder in _search_path():
        path = folder / runtime
        if path.is_file() and os.access(path, os.X_OK):
            yield str(path)


def _search_path() -> list[Path]:
    return [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]


def _names_in(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [path.name for path in folder.glob("python3.*") if _NAME.fullmatch(path.name)]


@cache
def _answer_of(path: str) -> tuple[str, str]:
    """What an interpreter says that it is, and where; two empty texts when it does not answer.

    Its own word for where it is counts, since the path may be a shim that finds its Python through variables
    that a run does not see.
    """
    if path == sys.executable:
        return f"python{sys.version_info.major}.{sys.version_info.minor}", path
    try:
        asked = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, text=True, check=False, timeout=_ASK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return "", ""
    runtime, _, program = asked.stdout.strip().partition("\n")
    return (runtime, program) if asked.returncode == 0 and program else ("", "")
