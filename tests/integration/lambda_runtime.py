"""Runs archives as AWS Lambda does: AWS's own runtime client, an unprivileged user, nothing else on the path.

The server speaks the Lambda Runtime API (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) on loopback.
"""

from __future__ import annotations

import io
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import attrs

from taskflows_cloud_core.packaging import PackageTarget

_NOBODY = 65534
_API = "/2018-06-01/runtime"
_PARTS = """
import importlib.metadata as m, json, sys
parts = {}
for name in ("awslambdaric", "simplejson", "snapshot-restore-py"):
    for file in m.files(name) or ():
        top = file.parts[0]
        if not top.endswith(".dist-info") and top not in ("..", "__pycache__"):
            parts[top] = str(m.distribution(name).locate_file(top))
print(json.dumps({"parts": parts, "base": sys.base_prefix, "version": "%d.%d" % sys.version_info[:2]}))
"""
# Shows one folder at another place to one process alone, then becomes nobody.
_BIND = 'mount --bind "$1" "$2" && shift 2 && exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"'


def lambda_interpreters() -> list[Path]:
    """The Pythons that have awslambdaric: those that the environment names, else the running one."""
    named = os.environ.get("TASKFLOWS_CLOUD_LAMBDA_PYTHONS", "")
    if named:
        return [Path(text) for text in named.split(os.pathsep) if text]
    return [Path(sys.executable)] if find_spec("awslambdaric") else []


def lambda_target(version: str) -> PackageTarget:
    """This machine as Lambda, with one of its Pythons."""
    return PackageTarget(python_version=version, adapter="aws_lambda")


@attrs.frozen(kw_only=True)
class Interpreter:
    """A Python and the parts of AWS's runtime client that it has."""

    version: str
    base: Path
    parts: Mapping[str, str]

    @property
    def program(self) -> Path:
        return self.base / "bin" / f"python{self.version}"


@cache
def interpreter_at(python: Path) -> Interpreter:
    done = subprocess.run([str(python), "-c", _PARTS], capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)
    return Interpreter(version=facts["version"], base=Path(facts["base"]), parts=facts["parts"])


@attrs.frozen(kw_only=True)
class Answer:
    """What the runtime client sent for one event.

    Args:
        value: The result.
        error: ``errorType``, ``errorMessage``, ``stackTrace``; ``None`` when the function returned.
        seconds: From handing out the event to the answer.
    """

    value: Any = None
    error: Mapping[str, Any] | None = None
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.error is None


class LambdaRuntime:
    """One container: unpacks an archive, starts the client, answers events.

    Args:
        archive: The zip archive.
        python: An interpreter that has awslambdaric.
        environment: Variables of the function.
        layers: Further archives, unpacked at ``/opt`` in Lambda.
    """

    def __init__(
        self,
        archive: bytes,
        python: Path,
        *,
        environment: Mapping[str, str] | None = None,
        layers: tuple[bytes, ...] = (),
    ) -> None:
        self._interpreter = interpreter_at(python)
        self._environment = dict(environment or {})
        # The process below is nobody's, who may not get into the folders of this user.
        self._folder = Path(tempfile.mkdtemp(prefix="lambda-", dir=None if os.geteuid() else "/tmp"))
        self._folder.chmod(0o755)
        self.task = _unpack(archive, self._folder / "task")
        self._layers = [_unpack(layer, self._folder / f"layer{index}") for index, layer in enumerate(layers)]
        self._server = _Server()
        self._log_file = self._folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        runtime = self._folder / "runtime"
        runtime.mkdir()
        for name, place in self._interpreter.parts.items():
            copy = shutil.copytree if Path(place).is_dir() else shutil.copy
            copy(place, runtime / name)
        self._server.start()
        with self._log_file.open("wb") as log:
            self._process = self._start(runtime, log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._server.stop()
        shutil.rmtree(self._folder)

    def _start(self, runtime: Path, log: Any) -> subprocess.Popen[bytes]:
        path = [self.task, *(layer / "python" for layer in self._layers), runtime]
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_LAMBDA_RUNTIME_API": self._server.address,
            "AWS_LAMBDA_FUNCTION_NAME": "under-test",
            "AWS_EXECUTION_ENV": f"AWS_Lambda_python{self._interpreter.version}",
            "LAMBDA_TASK_ROOT": str(self.task),
            **self._environment,
        }
        options = {"cwd": self.task, "env": environment, "stdout": log, "stderr": log, "start_new_session": True}
        arguments = ["-S", "-s", "-m", "awslambdaric", "index.handler"]
        program = self._interpreter.program
        if os.geteuid():
            return subprocess.Popen([program, *arguments], **options)
        if _nobody_can_run(program):
            return subprocess.Popen([program, *arguments], **options, user=_NOBODY, group=_NOBODY, extra_groups=[])
        base = self._folder / "base"
        base.mkdir()
        bound = base / program.relative_to(self._interpreter.base)
        environment["LD_LIBRARY_PATH"] = str(base / "lib")
        command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _BIND, "sh"]
        return subprocess.Popen([*command, self._interpreter.base, base, bound, *arguments], **options)

    def invoke(self, event: Any = None, *, timeout: float = 30.0) -> Answer:
        """Give one event and wait for the answer; a client that ends instead has its own kind of error."""
        began = time.perf_counter()
        self._server.events.put(json.dumps(event).encode())
        while time.perf_counter() - began < timeout:
            try:
                answer = self._server.answers.get(timeout=0.05)
            except queue.Empty:
                if self._process is not None and self._process.poll() is not None and self._server.answers.empty():
                    return Answer(error={"errorType": "Runtime.ExitError", "errorMessage": self.log})
            else:
                return attrs.evolve(answer, seconds=time.perf_counter() - began)
        raise TimeoutError(f"no answer within {timeout} s; the log: {self.log}")

    def terminate(self) -> int:
        """Send SIGTERM, as AWS does before it takes a container away; how the client ended."""
        if self._process is None:
            raise RuntimeError("the client was not started")
        os.killpg(self._process.pid, signal.SIGTERM)
        return self._process.wait(timeout=30)

    def begin(self, event: Any = None) -> None:
        """Give one event and do not wait for the answer."""
        self._server.events.put(json.dumps(event).encode())

    @property
    def log(self) -> str:
        return self._log_file.read_text(errors="replace")


@cache
def _nobody_can_run(program: Path) -> bool:
    try:
        done = subprocess.run([program, "-S", "-c", "0"], user=_NOBODY, group=_NOBODY, extra_groups=[], check=False)
    except PermissionError:
        return False
    return done.returncode == 0


def _unpack(archive: bytes, folder: Path) -> Path:
    """Unpack with the modes that stand in the archive, as Lambda does."""
    folder.mkdir(mode=0o755)
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        for item in zipped.infolist():
            path = folder / item.filename
            for above in reversed(path.relative_to(folder).parents):
                (folder / above).mkdir(mode=0o755, exist_ok=True)
            path.write_bytes(zipped.read(item))
            path.chmod(item.external_attr >> 16 & 0o777)
    return folder


class _Handler(BaseHTTPRequestHandler):
    """The Lambda Runtime API for one client."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every warm call waits for a delayed acknowledgement
    server: _Server

    def do_GET(self) -> None:
        self._answer(200, self.server.events.get(), dict(_headers()))

    def do_POST(self) -> None:
        chunked = self.headers.get("Transfer-Encoding", "") == "chunked"
        body = b"".join(self._chunks()) if chunked else self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(202, b"{}", {})
        content = json.loads(body) if body else None
        failed = self.path.endswith("/error")
        self.server.answers.put(Answer(error=content) if failed else Answer(value=content))

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the inherited name
        """Keep the test's output free of access logs."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.events: queue.Queue[bytes] = queue.Queue()
        self.answers: queue.Queue[Answer] = queue.Queue()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.address = f"127.0.0.1:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.events.put(b"")
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is killed breaks its connection; everything else is worth a traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _headers() -> Iterator[tuple[str, str]]:
    yield "Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4())
    yield "Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000)
    yield "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:under-test"
