"""The finished package, opened once on this machine before it goes anywhere."""

from __future__ import annotations

import hashlib
import io
import platform
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.caching.disk import cache_folder, prune
from taskflows_cloud_core.packaging.package import Package, PackageTarget
from taskflows_cloud_core.packaging.runtime_files import MANIFEST

_PROGRAM = "import sys; sys.path[:0] = sys.argv[1:]; del sys.argv[1:]; from _taskflows_cloud import entry; entry.load()"
_SECONDS = 60
_KEPT_SECONDS = 30 * 24 * 3600


def can_try(target: PackageTarget) -> bool:
    """Whether this interpreter and machine are what a package is for.

    Args:
        target: What it is for.
    """
    if target.python_version != f"{sys.version_info.major}.{sys.version_info.minor}":
        return False
    here = sys.platform == "linux" and str(target.platform).startswith(f"{platform.machine()}-manylinux")
    return target.platform is None or here


def try_package(package: Package, target: PackageTarget) -> None:
    """Load the function of a package in a clean interpreter that has nothing else on its path.

    The environment variables are those of this process. A package that passed is not tried again, nor is one that
    differs from it only in which function of the same module is called.

    Args:
        package: For this interpreter and machine.
        target: What it was made for; says where in a layer the modules are.

    Raises:
        PackagingError: The import failed; the message has the error and its traceback.
    """
    passed = cache_folder("trials") / _what_is_loaded(package)
    if passed.exists():
        return
    archives = [package.read_bytes(), *([package.layer.path.read_bytes()] if package.layer else [])]
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        failure = _failure(archives, Path(scratch), target.layer_folder)
    if failure:
        last = failure.strip().splitlines()[-1]
        raise PackagingError(f"{package.entry} cannot be loaded from its package: {last}\n{failure}")
    passed.touch()
    prune(passed.parent, max_bytes=0, kept_seconds=_KEPT_SECONDS)


def _what_is_loaded(package: Package) -> str:
    """A digest of all that loading a package's function depends on."""
    layer = package.layer.sha256 if package.layer else "none"
    files = [f"{file.path} {file.sha256}" for file in package.contents if file.path != MANIFEST]
    facts = [package.entry.partition(":")[0], layer, str(sys.version_info[:2]), *files]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _failure(archives: Sequence[bytes], scratch: Path, layer_folder: str) -> str:
    for archive in archives:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            opened.extractall(scratch)
    command = [sys.executable, "-I", "-S", "-B", "-c", _PROGRAM, str(scratch), str(scratch / layer_folder)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=scratch,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"TimeoutError: the import took more than {_SECONDS} s"
    return str(done.stderr) or f"the interpreter ended with {done.returncode}" if done.returncode else ""
