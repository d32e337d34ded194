"""Run the commands of the documents as a newcomer would: in a fresh copy of the files, with an empty home.

Usage: document_commands.py [--first]      --first runs the README's first command alone

The README's test command is left out, since it is what runs the tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("LANG", "PATH", "PYENV_ROOT", "PYENV_VERSION", "UV_CACHE_DIR")
KEPT_PREFIXES = ("PIP_", "SSL_", "UV_")


# Commands wait for downloads and for schedules most of their time.
AT_ONCE = 3


def main(arguments: list[str]) -> int:
    """Run the commands, tell what each printed and how long it took; the exit code of the first that failed."""
    commands = document_commands()[: 1 if "--first" in arguments else None]
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for command, done in zip(commands, pool.map(run_as_newcomer, commands), strict=True):
            print(f"{done.output}$ {command}\nexit code {done.code} after {done.seconds:.0f} s\n", flush=True)
            failed = failed or done.code
    return failed


def document_commands() -> list[str]:
    """All bash blocks of the documents, each once, but the test command; the README's first."""
    documents = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    blocks = [
        block.strip() for path in documents for block in re.findall(r"```bash\n(.*?)```", path.read_text(), re.DOTALL)
    ]
    test_command = blocks[1]
    return [block for block in dict.fromkeys(blocks) if block != test_command]


class Done(NamedTuple):
    """A command that ended, with what it printed."""

    code: int
    output: str
    seconds: float


def run_as_newcomer(command: str) -> Done:
    """Run one command in a fresh copy, with an empty home and few variables."""
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        clone, home = Path(temporary) / "clone", Path(temporary) / "home"
        home.mkdir()
        copy_files(clone)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in KEPT_VARIABLES or name.startswith(KEPT_PREFIXES)
        }
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=clone,
            env={**environment, "HOME": str(home)},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    return Done(done.returncode, done.stdout, time.monotonic() - begin)


def copy_files(target: Path) -> None:
    """What a clone would have, with the changes that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(source.read_bytes())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
