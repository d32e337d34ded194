"""The account in memory served on loopback, so that it lives on when a process that uses it dies."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.botocore_stubber import BotocoreStubber

from tests.aws.support.account import Wire
from tests.aws.support.call_names import call_name, scope_of

_GLOBAL = ("iam",)


@contextmanager
def served(wire: Wire) -> Iterator[str]:
    """Serve moto's account of this process; yield the address. Every call passes over the wire.

    When the block is left, all calls that came in have been answered.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                raise ConnectionAbortedError("the client died while it sent a request")
            name = call_name(self.command, self.path, self.headers, body)
            status, headers, content = wire.pass_on(name, lambda: _ask_moto(self, body))
            self.send_response(status)
            for header, value in headers.items():
                if header.lower() not in {"transfer-encoding", "content-length", "connection", "date", "server"}:
                    self.send_header(header, str(value))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _answer  # noqa: N815 - the names of http.server

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = False
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that is gone gets no answer; anything else is a fault of the test."""
            if not isinstance(sys.exception(), ConnectionError):
                super().handle_error(request, client_address)

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _ask_moto(handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, Any], bytes]:
    region, service = scope_of(handler.headers)
    host = f"{service}.amazonaws.com" if service in _GLOBAL else f"{service}.{region}.amazonaws.com"
    headers = HTTPHeaders()
    for key, value in handler.headers.items():
        headers[key] = host if key.lower() == "host" else value
    request = AWSPreparedRequest(handler.command, f"https://{host}{handler.path}", headers, body, False)
    answer = BotocoreStubber().process_request(request)
    if answer is None:
        raise LookupError(f"moto does not know {handler.command} {host}{handler.path}")
    status, found, content = answer
    return int(status), dict(found), content.encode() if isinstance(content, str) else content
