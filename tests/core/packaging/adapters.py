"""Packages of every adapter, unpacked and started as a platform would."""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from taskflows_cloud_core.packaging import (
    PackageTarget,
    RunOutcome,
    build_package,
    find_outcome,
    read_outcome,
)

RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"
RUN_ID = "run-1"
PATIENCE = 60.0


def unpack(function: Callable[..., Any], adapter: str, folder: Path) -> Path:
    """Build a package with an adapter, and unpack it."""
    package = build_package(function, target=PackageTarget(python_version=RUNNING, adapter=adapter))
    with zipfile.ZipFile(package.path) as archive:
        archive.extractall(folder)
    return folder


def variables(given: Mapping[str, Any]) -> dict[str, str]:
    return {f"TASKFLOWS_CLOUD_{name}": str(value) for name, value in given.items()}


@attrs.frozen(kw_only=True)
class Ended:
    """A process that has ended: its exit code, what it wrote, and the outcome that it reported."""

    code: int
    output: str
    log: str
    outcome: RunOutcome


def run_command(folder: Path, environment: Mapping[str, str] | None = None, **given: Any) -> Ended:
    """Start ``index.py`` of a package as a process of its own, and wait for its end."""
    process = begin_command(folder, environment, **given)
    output, log = process.communicate(timeout=PATIENCE)
    outcome = find_outcome(output.splitlines(), RUN_ID)
    if outcome is None:
        outcome = read_outcome(Path(given["RESULT"]).read_text())
    return Ended(code=process.returncode, output=output, log=log, outcome=outcome)


def begin_command(folder: Path, environment: Mapping[str, str] | None = None, **given: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(folder / "index.py")],
        env={**(environment or {}), **variables({"REQUEST_ID": RUN_ID, **given})},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class Server:
    """``index.py`` of a package with the adapter ``http``, running."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.process = process
        self._port = port

    def send(self, body: str | None = None, method: str = "POST", **headers: str) -> tuple[int, str]:
        """Send a request, and read the status and the body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        named = {f"Taskflows-Cloud-{name.replace('_', '-')}": value for name, value in headers.items()}
        connection.request(method, "/", body=body or "", headers=named)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def run(self, event: Any = None, **headers: str) -> RunOutcome:
        """Run the function once."""
        status, text = self.send(None if event is None else json.dumps(event), **headers)
        outcome = read_outcome(text)
        assert status == (200 if outcome.ok else 500)
        return outcome


@contextmanager
def serve(folder: Path, **given: Any) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(folder / "index.py")],
        env={"PORT": str(port), **variables({"HOST": "127.0.0.1", **given})},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        server = Server(process, port)
        _wait_until_ready(server)
        yield server
    finally:
        process.kill()
        process.communicate()


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            assert server.send(method="GET")[0] == 200
        except ConnectionRefusedError:
            assert server.process.poll() is None, server.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


_LAMBDA = """
import json, os, sys
answers = os.fdopen(os.dup(1), "w")
sys.path.insert(0, os.getcwd())

class Context:
    aws_request_id = "request-1"
    function_name = "job"
    memory_limit_in_mb = "128"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:job"
    def get_remaining_time_in_millis(self):
        return 5000

import index
for line in sys.stdin:
    try:
        told = {"outcome": "ran", "value": index.handler(json.loads(line), Context())}
    except Exception as error:
        told = {"outcome": "failed", "type": type(error).__name__, "message": str(error)}
    print(json.dumps(told), file=answers, flush=True)
"""


class LambdaProcess:
    """A warm container: one process that is given event after event."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def run(self, event: Any = None) -> RunOutcome:
        """Run the function once."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(event) + "\n")
        self.process.stdin.flush()
        return read_outcome(self._lines.get(timeout=PATIENCE))


@contextmanager
def lambda_process(folder: Path) -> Iterator[LambdaProcess]:
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _LAMBDA],
        cwd=folder,
        env={"PATH": os.defpath},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield LambdaProcess(process)
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
