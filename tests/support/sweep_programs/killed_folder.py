"""A program: sweeps with SIGKILL two writers of a folder, of which one leaves a lock that stops the next."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, OperationError
from taskflows_cloud_core.testing.sweeps import Operation, OutlivingPlace, Sweep, Version, Wire


class FolderEnvironment(CloudEnvironment):
    """Writes two files."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        super().__init__("memory")
        self.folder, self.wire = folder, wire

    def write(self, name: str) -> None:
        self.wire.pass_on(f"write {name}", lambda: (self.folder / name).write_text(name))

    def delete_function(self, name: str, **_rest: Any) -> Any:
        for path in self.folder.iterdir():
            path.unlink()


class FolderPlace(OutlivingPlace):
    """A folder; it is there when the process that writes is dead."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.wire = Wire(changes=lambda _call: True)

    def environment(self) -> CloudEnvironment:
        return FolderEnvironment(self.folder, self.wire)

    def everything(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in self.folder.iterdir()}

    def close(self) -> None:
        shutil.rmtree(self.folder)


def careful(environment: Any) -> None:
    environment.write("a")
    environment.write("b")


def locked(environment: Any) -> None:
    if (environment.folder / "lock").exists():
        raise OperationError("another one is at work")
    environment.write("lock")
    environment.write("a")
    (environment.folder / "lock").unlink()


def main() -> None:
    """Tell what the sweep found."""
    other = Version(function=print, config=CloudFunctionConfig(function_name="job"))
    sweep = Sweep(fresh=FolderPlace, other=other, faults=[])
    acts: list[Callable[[Any], None]] = [careful, locked]
    report = sweep.run([Operation(name=act.__name__, act=act) for act in acts], kinds=["death"])
    told = {
        "trials": len(report.trials),
        "calls": sorted({trial.call for trial in report.trials}),
        "failed": [str(trial) for trial in report.failed],
        "expected": [
            f"locked, death {moment}: running it again failed: another one is at work"
            for moment in ("before call 1 'write a'", "after call 0 'write lock'", "after call 1 'write a'")
        ],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
