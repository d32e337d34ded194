"""The cache: bounded, and safe for builders side by side and for those that are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package
from taskflows_cloud_core.packaging.caching.disk import prune

from .wheels import make_wheel

BUILDER = """
import os, sys
os.environ["XDG_CACHE_HOME"] = sys.argv[1]
from taskflows_cloud_core.packaging import build_package, running_target
os.chdir(sys.argv[2])
target = running_target("%d.%d" % sys.version_info[:2])
print("ready", flush=True)
def job(): return 1
for _ in range(int(sys.argv[3])):
    print(build_package(job, target=target, include_files=["big.bin"], trial=False).sha256, flush=True)
"""


def start(cache: Path, folder: Path, times: int) -> subprocess.Popen[str]:
    program = folder / "builder.py"
    program.write_text(BUILDER)
    command = [sys.executable, str(program), str(cache), str(folder), str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_what_is_longest_out_of_use_goes_first(tmp_path: Path) -> None:
    now = time.time()
    for age in (1, 2, 3, 4):
        (tmp_path / f"{age}.zip").write_bytes(b"x" * 100)
        os.utime(tmp_path / f"{age}.zip", (now - age * 1000, now - age * 1000))
    prune(tmp_path, max_bytes=250, kept_seconds=500)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zip", "2.zip"]
    prune(tmp_path, max_bytes=0, kept_seconds=1500)
    assert [path.name for path in tmp_path.iterdir()] == ["1.zip"]


def test_parts_that_a_killed_builder_left_are_removed_in_time(tmp_path: Path) -> None:
    for name, age in ((".old.part", 10_000), (".new.part", 10)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age, time.time() - age))
    prune(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".new.part"]


def test_builders_side_by_side_make_one_archive(tmp_path: Path) -> None:
    (tmp_path / "big.bin").write_bytes(os.urandom(2_000_000))
    builders = [start(tmp_path / "cache", tmp_path, 3) for _ in range(3)]
    lines = [builder.communicate()[0].split()[1:] for builder in builders]
    assert len({digest for line in lines for digest in line}) == 1
    [archive] = (tmp_path / "cache" / "taskflows-cloud" / "packages").iterdir()
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None


def test_a_killed_builder_leaves_no_broken_archive(tmp_path: Path) -> None:
    (tmp_path / "big.bin").write_bytes(os.urandom(5_000_000))
    for delay in (0.0, 0.05, 0.1, 0.15):
        builder = start(tmp_path / "cache", tmp_path, 50)
        assert builder.stdout is not None
        assert builder.stdout.readline() == "ready\n"
        time.sleep(delay)
        builder.send_signal(signal.SIGKILL)
        builder.communicate()
    for archive in (tmp_path / "cache").rglob("*.zip"):
        with zipfile.ZipFile(archive) as opened:
            assert opened.testzip() is None
    survivor = start(tmp_path / "cache", tmp_path, 1)
    assert len(survivor.communicate()[0].split()) == 2


def test_folders_and_archives_are_for_their_owner_alone(cache: Path, target: PackageTarget) -> None:
    package = build_package(lambda: 1, target=target)
    assert package.path.stat().st_mode & 0o077 == 0
    assert package.path.parent.stat().st_mode & 0o077 == 0


def test_threads_that_build_at_once_make_the_same_archives(
    project: Callable[..., ModuleType], target: PackageTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(tmp_path, "zz_thread", "1.0", {"zz_thread.py": "VALUE = 1\n"})
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    jobs = project({"jobs.py": "import helper\ndef one(): return 1\ndef two(): return 2\n", "helper.py": ""})

    def build(number: int) -> str:
        function = (jobs.one, jobs.two)[number % 2]
        return build_package(function, target=target, dependencies=["zz-thread"]).sha256

    with ThreadPoolExecutor(max_workers=8) as pool:
        digests = list(pool.map(build, range(32)))
    assert len(set(digests[::2])) == len(set(digests[1::2])) == 1
    assert digests[0] != digests[1]


def test_many_archives_share_one_copy_of_their_dependencies(
    cache: Path, target: PackageTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(tmp_path, "zz_shared", "1.0", {"zz_shared.bin": os.urandom(1_000_000)})
    monkeypatch.setenv("UV_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    packages = [
        build_package(lambda number=number: number, target=target, dependencies=["zz-shared"], trial=False)
        for number in range(5)
    ]
    assert len({package.sha256 for package in packages}) == 5
    for package in packages:
        data = package.read_bytes()
        assert hashlib.sha256(data).hexdigest() == package.sha256
        assert len(data) == package.size
    assert not list((cache / "taskflows-cloud" / "packages").iterdir())
    assert packages[0].path.read_bytes() == packages[0].read_bytes()
    assert [path.name for path in (cache / "taskflows-cloud" / "packages").iterdir()] == [packages[0].path.name]
