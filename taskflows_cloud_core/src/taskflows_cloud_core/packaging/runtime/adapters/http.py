"""The way in for platforms that send a request for each run: ``python index.py`` serves until it is ended.

A POST with the event as JSON is a run, one at a time on the main thread, and is answered with its outcome as JSON: 200
when it ran, 500 when it failed. A GET is answered with 200, as soon as the function is loaded, also during a run.

Environment variables: ``PORT`` (8080 without it), and with the prefix ``TASKFLOWS_CLOUD_``: ``HOST`` (every IPv4
address without it), ``FUNCTION_NAME``, ``MEMORY_MB``, ``TIMEOUT_SECONDS`` for the context, since the platform enforces
the timeout, and ``DUE_HEADER``, when the platform has a header of its own for the due time.

Headers of a request: ``Taskflows-Cloud-Schedule`` and ``Taskflows-Cloud-Due`` (ISO 8601) for a run that a schedule
started, ``Taskflows-Cloud-Request-Id``.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import Any

if os.path.dirname(os.path.abspath(__file__)) not in sys.path:  # python -I leaves it out
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from _taskflows_cloud import entry, outcome  # type: ignore[import-not-found]  # it is there in a package
from _taskflows_cloud.context import Context  # type: ignore[import-not-found]
from _taskflows_cloud.occurrence import read_occurrence  # type: ignore[import-not-found]

_VARIABLES = ("DUE_HEADER", "FUNCTION_NAME", "HOST", "MEMORY_MB", "TIMEOUT_SECONDS")
_PORT = 8080
_SENDING_SECONDS = 5.0


class _Run:
    """A request on its way to the main thread and back."""

    def __init__(self, headers: Message, body: bytes) -> None:
        self.headers = headers
        self.body = body
        self.outcome: dict[str, Any] = {}
        self.ended = threading.Event()
        self.sent = threading.Event()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        self.runs: SimpleQueue[_Run] = SimpleQueue()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer(200, b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length")
        if length is None:
            self.close_connection = True
            self._answer(411, b"")
            return
        run = _Run(self.headers, self.rfile.read(int(length)))
        self.server.runs.put(run)
        run.ended.wait()
        self._answer(500 if run.outcome["outcome"] == "failed" else 200, outcome.to_text(run.outcome).encode())
        run.sent.set()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write nothing: the log is the function's."""


def main() -> int:
    """Serve until SIGTERM comes during a run; between two runs it ends the process at once.

    Returns:
        The exit code.
    """
    variables = outcome.take_variables(os.environ, _VARIABLES)
    outcome.prepare_output()
    function, _ = entry.load()
    server = _Server(variables.get("HOST", "0.0.0.0"), int(os.environ.get("PORT", _PORT)))  # noqa: S104 - it is in a container
    threading.Thread(target=server.serve_forever, name="taskflows-cloud-http", daemon=True).start()
    while True:
        run = server.runs.get()
        run.outcome = outcome.outcome_of(lambda: _begin(variables, function, run))  # noqa: B023 - called at once
        outcome.log_failure(run.outcome)
        run.ended.set()
        if run.outcome.get("type") == outcome.SIGTERM_TYPE:
            run.sent.wait(_SENDING_SECONDS)
            return int(entry.TERMINATED_CODE)


def _begin(variables: Mapping[str, str], function: Any, run: _Run) -> tuple[Any, Any, Context]:
    headers, occurrence = run.headers, None
    schedule = headers.get("Taskflows-Cloud-Schedule")
    due = headers.get(variables.get("DUE_HEADER", "Taskflows-Cloud-Due"))
    if schedule is not None:
        occurrence = read_occurrence(schedule, due)
    context = outcome.make_context(variables, headers.get("Taskflows-Cloud-Request-Id"), occurrence)
    if not run.body:
        return function, {} if occurrence is None else occurrence.event, context
    try:
        return function, json.loads(run.body), context
    except ValueError as error:
        raise ValueError(f"the event is not JSON: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
