"""Killed, interrupted, refused, or met by another deployer at any call, the folder ends as without it."""

import json
import shutil
from pathlib import Path

import pytest
from hello_job import hello
from taskflows_cloud_crontab.place import Place

from taskflows_cloud_core import CloudFunctionConfig
from taskflows_cloud_core.testing.sweeps import (
    REFUSED,
    OutlivingPlace,
    Sweep,
    Version,
    WiredEnvironment,
    deployments,
    hook_wire,
    pausing,
)

_REPLACE = Place._replace


class Folder(OutlivingPlace):
    """A folder, whose files are written over the wire too; they are written under a lock."""

    def __init__(self, folder, monkeypatch):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.wire = hook_wire(changes=_is_writing, exclusive=_is_writing)
        monkeypatch.setattr(Place, "_replace", self._replace_over_the_wire)

    def _replace_over_the_wire(self, path, text):
        self.wire.pass_on(f"write {path.name}", lambda: _REPLACE(Place(self.folder), path, text))

    def environment(self):
        return WiredEnvironment(self.wire, "crontab", folder=self.folder)

    def everything(self):
        paths = [
            path for path in self.folder.rglob("*") if path.is_file() and path.name not in ("launcher.py", ".lock")
        ]
        files = {str(path.relative_to(self.folder)): path.read_bytes() for path in paths}
        # The claim of a killed deployment goes with its function.
        gone = {
            path
            for path in files
            if path.startswith("claims/") and f"functions/{Path(path).stem}/function.json" in files
        }
        # Nothing runs by a crontab without a line.
        gone |= {path for path, data in files.items() if path == "crontab" and b"launcher" not in data}
        return {path: _content(path, data) for path, data in files.items() if path not in gone}

    def firing(self, everything):
        text = everything.get("crontab", b"").decode()
        return frozenset(line for line in text.splitlines() if line[0] in "*0123456789")


def _content(path, data):
    return json.loads(data) if path.endswith("/function.json") else data


def _is_writing(call):
    return call.startswith("write ")


def _version(*schedules, **settings):
    return Version(function=hello, config=CloudFunctionConfig(function_name="hello", schedules=schedules, **settings))


@pytest.fixture
def sweep(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = _version("Mon 12:00", description="of another deployer")
    return Sweep(fresh=lambda: Folder(tmp_path / "place", monkeypatch), other=other, faults=[REFUSED])


def test_some_calls_of_every_operation(sweep):
    before = _version("Mon-Fri 06:30", "Sun 17:00", environment_variables={"MODE": "before"})
    after = _version("Mon-Fri 06:30", "Tue 10:00", timeout_seconds=90)
    # Without `every` it makes all trials, in a minute or two.
    sweep.run([*deployments(before, after), *pausing(before)], every=9).raise_for_failures()
