"""A program: sweeps one operation of the provider of this machine, with SIGKILL; prints the report.

Arguments: the folder to work in, the operation, and which part of the trials is made: every so many of them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from memory_sweeps import AFTER, BEFORE, OTHER

from taskflows_cloud_core import CloudEnvironment
from taskflows_cloud_core.testing.sweeps import (
    REFUSED,
    OutlivingPlace,
    Sweep,
    WiredEnvironment,
    deployments,
    hook_wire,
    pausing,
    rollback,
    updates,
)

_FUNCTIONS = (
    "SELECT name, settings, environment, tags, paused, code FROM functions JOIN versions ON function = name "
    "AND number = live_version"
)


class Root(OutlivingPlace):
    """A folder with the state, which every place of the sweep has in turn."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wire = hook_wire()
        shutil.rmtree(root, ignore_errors=True)

    def environment(self) -> CloudEnvironment:
        return WiredEnvironment(self.wire, "local", root=self.root)

    def everything(self) -> dict[str, Any]:
        rows = dict(self._rows())
        paths = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()]
        files = [path for path in paths if not path.startswith("state.sqlite3") and not path.endswith(".lock")]
        # The claim of a killed deployment goes with its function.
        claims = {f"claims/{name.partition(' ')[2]}.json" for name in rows if name.startswith("function ")}
        return rows | {path: "a file" for path in files if path not in claims}

    def _rows(self) -> Iterator[tuple[str, Any]]:
        database = self.root / "state.sqlite3"
        if not database.exists():
            return
        with contextlib.closing(sqlite3.connect(database)) as connection:
            for name, *settings in connection.execute(_FUNCTIONS):
                yield f"function {name}", settings
            for function, name, properties in connection.execute("SELECT function, name, properties FROM schedules"):
                yield f"schedule {function} {name}", properties
            for (function,) in connection.execute("SELECT DISTINCT function FROM versions"):
                yield f"versions {function}", "there"

    def firing(self, everything: Any) -> frozenset[str]:
        return frozenset(name for name in everything if name.startswith("schedule "))


def main() -> None:
    """Sweep, and fail when a trial has not passed."""
    folder, name, every = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    os.chdir(folder)
    operations = [
        *deployments(BEFORE, AFTER),
        *updates(BEFORE, AFTER),
        *pausing(BEFORE),
        *rollback(BEFORE, AFTER),
    ]
    sweep = Sweep(fresh=lambda: Root(folder / "root"), other=OTHER, faults=[REFUSED])
    report = sweep.run([operation for operation in operations if operation.name == name], every=every)
    print(report)
    report.raise_for_failures()


if __name__ == "__main__":
    main()
