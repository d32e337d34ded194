"""Projects of users, written by the tests, and packages that really run."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import Package, PackageTarget

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
_RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
import index
print(json.dumps(index.handler(json.loads(sys.argv[2]), None)))
"""


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of packages for one test alone."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def target() -> PackageTarget:
    return PackageTarget(python_version=RUNNING, adapter="aws_lambda")


@pytest.fixture
def project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Mapping[str, str], str], ModuleType]]:
    """Write a user's files into a folder that is the working directory and on the path; import one module."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    before = set(sys.modules)

    def write(files: Mapping[str, str], module: str = "jobs") -> ModuleType:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        importlib.invalidate_caches()
        return importlib.import_module(module)

    yield write
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
            del sys.modules[name]


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Unpack a package, call its handler in a clean interpreter with nothing else on the path."""

    def call(package: Package, event: Any = None) -> Any:
        folder = tmp_path_factory.mktemp("unpacked")
        with zipfile.ZipFile(package.path) as archive:
            archive.extractall(folder)
        command = [sys.executable, "-I", "-S", "-c", _RUN, str(folder), json.dumps(event)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    return call
