"""A MiniStack of the tests' own: an AWS emulator that really runs functions, on loopback, without Docker."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

VERSION = "1.5.33"
_READY_SECONDS = 60


@attrs.frozen(kw_only=True)
class MiniStack:
    """A running emulator.

    Args:
        endpoint_url: Where it listens.
    """

    endpoint_url: str

    def reset(self) -> None:
        """Forget everything in all accounts."""
        request = urllib.request.Request(f"{self.endpoint_url}/_ministack/reset", method="POST")
        with urllib.request.urlopen(request, timeout=30):
            pass


@contextmanager
def ministack(folder: Path) -> Iterator[MiniStack]:
    """Start the emulator on a free port of loopback, and stop it and all that it started at the end.

    Args:
        folder: For its working files and its log, ``ministack.log``.
    """
    port = _free_port()
    # It binds every interface unless told otherwise. Its functions get no environment of ours but PATH.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
    }
    url = f"http://127.0.0.1:{port}"
    with (folder / "ministack.log").open("wb") as log:
        process = subprocess.Popen(
            [executable()], cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_until_ready(url, process)
            yield MiniStack(endpoint_url=url)
        finally:
            _stop(process)


def executable() -> str:
    """The ``ministack`` command: the one that ``TASKFLOWS_CLOUD_MINISTACK`` names, else one in a kept environment.

    It needs an environment of its own, since it pins botocore.
    """
    given = os.environ.get("TASKFLOWS_CLOUD_MINISTACK")
    if given:
        return given
    home = Path(tempfile_root()) / f"ministack-{VERSION}-py{sys.version_info.major}{sys.version_info.minor}"
    command = home / "bin" / "ministack"
    if not command.exists():
        _install(home)
    return str(command)


def tempfile_root() -> Path:
    """Where the environment is kept from one run of the tests to the next."""
    root = Path(os.environ.get("TASKFLOWS_CLOUD_TEST_CACHE", Path.home() / ".cache" / "taskflows-cloud-tests"))
    root.mkdir(parents=True, exist_ok=True)
    return root


def _install(home: Path) -> None:
    import uv

    # Made beside its place and moved there when it is whole, so that a broken off run leaves nothing usable.
    draft = home.with_name(f"{home.name}-{os.getpid()}")
    subprocess.run(
        [uv.find_uv_bin(), "venv", "--quiet", "--relocatable", "--python", sys.executable, draft], check=True
    )
    install = [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", draft / "bin" / "python"]
    subprocess.run([*install, f"ministack=={VERSION}"], check=True)
    try:
        draft.rename(home)
    except OSError:
        # Another run was faster.
        shutil.rmtree(draft)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"ministack ended with exit code {process.returncode}; see ministack.log")
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"ministack is not ready after {_READY_SECONDS} seconds; see ministack.log")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
