"""Wheels on their way into an archive: taken as they are, or refused."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import os
import stat
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest
import uv

from taskflows_cloud_core import CloudFunctionConfig, PackagingError, get_environment
from taskflows_cloud_core.packaging import PackageTarget, build_layer, build_package
from taskflows_cloud_core.progress import ProgressEvent

from .wheels import make_wheel

FILES = {
    "zz_full/__init__.py": "VALUE = 1\n",
    "zz_full/data.bin": bytes(range(256)) * 64,
    "zz_full/empty.txt": "",
    "zz_full/__pycache__/x.cpython-311.pyc": b"stale",
    "zz_full/bin/inner.txt": "a folder named bin, inside",
    "bin/outer.txt": "dropped",
    "zz_full-1.0.data/purelib/zz_pure.py": "PURE = 1\n",
    "zz_full-1.0.data/platlib/zz_plat.py": "PLAT = 1\n",
    "zz_full-1.0.data/data/share/zz.txt": "shared",
    "zz_full-1.0.data/scripts/zz-run": "#!python\n",
    "zz_full-1.0.dist-info/entry_points.txt": "[console_scripts]\nzz-full = zz_full:main\n",
    "zz_full-1.0.dist-info/licenses/RECORD": "not the record",
}


class QuietHandler(SimpleHTTPRequestHandler):
    broken_off: ClassVar[list[str]] = []

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Break off the first answer for each file that the list names."""
        if self.path in self.broken_off:
            self.broken_off.remove(self.path)
            outputfile.write(source.read(100))
            self.close_connection = True
        else:
            super().copyfile(source, outputfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        """Keep the test's output free of access logs."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package index on loopback; `announce` writes its pages."""
    folder = tmp_path / "index"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def announce(folder: Path, *wheels: Path, sha256: str = "") -> None:
    for wheel in wheels:
        name = wheel.name.partition("-")[0].replace("_", "-")
        digest = sha256 or hashlib.sha256(wheel.read_bytes()).hexdigest()
        page = folder / "simple" / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        with page.open("a") as stream:
            stream.write(f'<a href="/{wheel.name}#sha256={digest}">{wheel.name}</a>\n')


def contents(layer: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(layer)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_layer_holds_what_uv_would_install(index: Path, target: PackageTarget, tmp_path: Path) -> None:
    announce(index, make_wheel(index, "zz_full", "1.0", FILES))
    site = tmp_path / "site"
    command = [uv.find_uv_bin(), "pip", "install", "-q", "--python", sys.executable, "--target", str(site), "zz-full"]
    subprocess.run(command, check=True)
    expected = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    for left_out in ("RECORD", "INSTALLER", "REQUESTED"):
        del expected[f"zz_full-1.0.dist-info/{left_out}"]
    expected = {path: data for path, data in expected.items() if path.partition("/")[0] not in ("bin", ".lock")}
    expected.pop("zz_full/__pycache__/x.cpython-311.pyc", None)
    assert contents(build_layer(["zz-full"], target=target)) == expected


def test_members_are_copied_and_the_digests_are_true(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_full", "1.0", FILES)
    announce(index, wheel)
    package = build_package(lambda: 1, target=target, dependencies=["zz-full"])
    listed = {file.path: file for file in package.contents}
    with zipfile.ZipFile(package.path) as archive, zipfile.ZipFile(wheel) as source:
        for info in archive.infolist():
            data = archive.read(info)
            assert hashlib.sha256(data).hexdigest() == listed[info.filename].sha256
            assert len(data) == listed[info.filename].size
            if info.filename.startswith("zz_full/"):
                assert info.compress_size == source.getinfo(info.filename).compress_size
        manifest = archive.read("_taskflows_cloud/manifest.json").decode()
    assert f'"zz-full==1.0": "{hashlib.sha256(wheel.read_bytes()).hexdigest()}"' in manifest


def test_executables_stay_executable(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_tool", "1.0", {"zz_tool/other.py": ""})
    with zipfile.ZipFile(wheel, "a") as archive:
        info = zipfile.ZipInfo("zz_tool/run")
        info.external_attr = (stat.S_IFREG | 0o755) << 16
        archive.writestr(info, "#!/bin/sh\n")
    announce(index, wheel)
    with zipfile.ZipFile(io.BytesIO(build_layer(["zz-tool"], target=target))) as layer:
        assert stat.S_IMODE(layer.getinfo("zz_tool/run").external_attr >> 16) == 0o755
        assert stat.S_IMODE(layer.getinfo("zz_tool/other.py").external_attr >> 16) == 0o644
        assert layer.read("zz_tool/run") == b"#!/bin/sh\n"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_read(index: Path, target: PackageTarget, method: int) -> None:
    made = make_wheel(index, "zz_odd", "1.0", {"zz_same.py": ""})
    with zipfile.ZipFile(made, "a", method) as archive:
        archive.writestr("zz_odd.py", "VALUE = 1\n" * 50)
    announce(index, made)
    assert contents(build_layer(["zz-odd"], target=target))["zz_odd.py"] == b"VALUE = 1\n" * 50


@pytest.mark.parametrize("name", ["../escape.py", "/absolute.py", "a/../../escape.py", "a\\b.py"])
def test_members_that_would_leave_the_package_are_refused(
    index: Path, target: PackageTarget, cache: Path, name: str
) -> None:
    wheel = make_wheel(index, "zz_evil", "1.0", {"zz_evil.py": ""})
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr(name, "x")
    announce(index, wheel)
    before = set(index.parent.rglob("escape.py"))
    with pytest.raises(PackagingError, match="zz-evil 1.0 has a file with the path"):
        build_layer(["zz-evil"], target=target)
    assert set(index.parent.rglob("escape.py")) == before
    assert {path.parent.name for path in cache.rglob("*") if path.is_file()} <= {"wheels"}


def test_a_wheel_that_is_not_what_was_announced_is_refused(index: Path, target: PackageTarget, cache: Path) -> None:
    announce(index, make_wheel(index, "zz_full", "1.0", FILES), sha256="0" * 64)
    with pytest.raises(PackagingError, match="zz-full 1.0 that was fetched is not the one"):
        build_layer(["zz-full"], target=target)
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_a_broken_wheel_is_refused(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_full", "1.0", FILES)
    announce(index, wheel)
    build_layer(["zz-full"], target=target)
    cached = next(Path(os.environ["XDG_CACHE_HOME"]).rglob("*.whl"))
    broken = cached.read_bytes()[:-30]
    cached.unlink()
    cached.write_bytes(broken)
    with pytest.raises(PackagingError, match="the wheel of zz-full 1.0 cannot be read"):
        build_layer(["zz-full==1.0"], target=target)


def test_two_dependencies_with_one_place_are_told(index: Path, target: PackageTarget) -> None:
    announce(
        index,
        make_wheel(index, "zz_a", "1.0", {"tests/__init__.py": "# a\n", "same.py": ""}, requires=("zz-b",)),
        make_wheel(index, "zz_b", "1.0", {"tests/__init__.py": "# b\n", "same.py": ""}),
    )
    package = build_package(lambda: 1, target=target, dependencies=["zz-a"])
    [warning] = package.warnings
    assert warning.startswith("tests/__init__.py is in the dependency zz-a 1.0 and, differing, in the dependency zz-b")


def test_a_platform_whose_tags_are_unknown_is_left_to_uv(index: Path) -> None:
    announce(index, make_wheel(index, "zz_full", "1.0", FILES))
    odd = PackageTarget(python_version="3.12", platform="x86_64-unknown-linux-musl")
    known = PackageTarget(python_version="3.12", platform="x86_64-manylinux_2_34")
    assert contents(build_layer(["zz-full"], target=odd)) == contents(build_layer(["zz-full"], target=known))


def test_the_record_is_not_trusted_to_be_complete(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_full", "1.0", FILES)
    rows = list(csv.reader(io.StringIO(zipfile.ZipFile(wheel).read("zz_full-1.0.dist-info/RECORD").decode())))
    assert base64.urlsafe_b64decode(rows[0][1].partition("=")[2] + "=")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("zz_full/unrecorded.txt", "x")
    announce(index, wheel)
    package = build_package(lambda: 1, target=target, dependencies=["zz-full"])
    digests = {file.path: file.sha256 for file in package.contents}
    assert digests["zz_full/unrecorded.txt"] == hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize("folder", ["", "python", "opt/lib"])
def test_dependencies_apart_are_one_layer_for_all_functions(index: Path, target: PackageTarget, folder: str) -> None:
    announce(index, make_wheel(index, "zz_full", "1.0", FILES))
    target = attrs.evolve(target, layer_folder=folder)
    options = {"target": target, "dependencies": ["zz-full"], "separate_dependencies": True, "trial": True}
    first, second = build_package(lambda: 1, **options), build_package(lambda: 2, **options)
    assert first.layer is not None
    assert first.layer == second.layer
    assert first.sha256 != second.sha256
    assert first.dependencies == first.layer.dependencies == ("zz-full==1.0",)
    assert not [file for file in first.contents if file.path.startswith("zz_")]
    assert first.layer.path.read_bytes() == build_layer(["zz-full"], target=target)
    assert build_package(lambda: 1, target=target, separate_dependencies=True).layer is None


def test_the_limits_hold_for_the_archives_one_by_one_and_for_all_unpacked(index: Path, target: PackageTarget) -> None:
    big = {"zz_big.bin": os.urandom(50_000)}
    announce(index, make_wheel(index, "zz_big", "1.0", big))
    options = {"dependencies": ["zz-big"], "separate_dependencies": True}
    with pytest.raises(PackagingError, match=r"unpacked.*zz_big\.bin"):
        build_package(lambda: 1, target=attrs.evolve(target, max_unpacked_bytes=50_000), **options)
    with pytest.raises(PackagingError, match=r"zipped.*zz_big\.bin"):
        build_package(lambda: 1, target=attrs.evolve(target, max_archive_bytes=50_000), **options)


def test_downloads_are_told_with_their_bytes(index: Path, target: PackageTarget, tmp_path: Path) -> None:
    wheel = make_wheel(index, "zz_big", "1.0", {"zz_big.bin": os.urandom(3_000_000)})
    announce(index, wheel)
    events: list[ProgressEvent] = []
    build_package(lambda: 1, target=target, dependencies=["zz-big"], progress=events.append, trial=False)
    assert {(event.stage, event.status, event.unit) for event in events} == {("package", "running", "bytes")}
    assert all(event.message.startswith("downloading zz-big 1.0") for event in events)
    assert (events[0].done, events[-1].done) == (0, wheel.stat().st_size)
    assert [event.done for event in events] == sorted(event.done for event in events)
    assert "MiB" in str(events[-1])
    events.clear()
    build_package(lambda: 2, target=target, dependencies=["zz-big"], progress=events.append, trial=False)
    assert not events


def test_a_deployment_tells_downloads_under_the_name_of_the_function(index: Path, tmp_path: Path) -> None:
    announce(index, make_wheel(index, "zz_full", "1.0", FILES))
    events: list[ProgressEvent] = []
    environment = get_environment("local", root=str(tmp_path / "root"))
    config = CloudFunctionConfig(function_name="nightly")
    assert not environment.plan_function(lambda: 1, config, ["zz-full"], progress=events.append).is_empty
    told = [event for event in events if event.status == "running"]
    assert told
    assert {event.function_name for event in events} == {"nightly"}


def test_a_download_that_breaks_off_is_taken_up_by_uv(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_full", "1.0", FILES)
    announce(index, wheel)
    whole = build_layer(["zz-full"], target=target)
    for cached in Path(os.environ["XDG_CACHE_HOME"]).rglob("*.whl"):
        cached.unlink()
    QuietHandler.broken_off.append(f"/{wheel.name}")
    assert contents(build_layer(["zz-full==1.0"], target=target)) == contents(whole)
    assert not QuietHandler.broken_off


def test_a_file_that_says_that_it_is_huge_is_refused_unread(index: Path, target: PackageTarget) -> None:
    wheel = make_wheel(index, "zz_bomb", "1.0", {"zz_bomb.bin": b"0" * 1000})
    data = bytearray(wheel.read_bytes())
    record = data.index(b"PK\x01\x02")
    assert data[record + 46 : record + 57] == b"zz_bomb.bin"
    data[record + 24 : record + 28] = (2**32 - 2).to_bytes(4, "little")
    wheel.write_bytes(data)
    announce(index, wheel)
    with pytest.raises(PackagingError, match=r"zz-bomb 1\.0 has the file 'zz_bomb\.bin' of 4294967294 bytes"):
        build_layer(["zz-bomb"], target=target)
