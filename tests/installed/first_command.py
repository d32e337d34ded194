"""Run the README's first command in a fresh copy of the tracked files, with an empty home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("LANG", "PATH", "PYENV_ROOT", "PYENV_VERSION", "UV_CACHE_DIR")
KEPT_PREFIXES = ("PIP_", "SSL_", "UV_")


def main() -> int:
    """Copy, run, tell how long it took."""
    command = quick_start_commands()[0]
    with tempfile.TemporaryDirectory() as temporary:
        clone, home = Path(temporary) / "clone", Path(temporary) / "home"
        home.mkdir()
        copy_tracked_files(clone)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in KEPT_VARIABLES or name.startswith(KEPT_PREFIXES)
        }
        begin = time.monotonic()
        done = subprocess.run(["bash", "-c", command], cwd=clone, env={**environment, "HOME": str(home)}, check=False)
        print(f"$ {command}\nexit code {done.returncode} after {time.monotonic() - begin:.0f} s")
        return done.returncode


def quick_start_commands() -> list[str]:
    """The bash blocks under the README's heading 'Quick start'."""
    section = (ROOT / "README.md").read_text().split("\n## Quick start\n", 1)[1].split("\n## ", 1)[0]
    return [block.strip() for block in re.findall(r"```bash\n(.*?)```", section, re.DOTALL)]


def copy_tracked_files(target: Path) -> None:
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
    sys.exit(main())
