"""A proxy on loopback that passes AWS calls on to an emulator and counts them by name."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

READS = re.compile(r"(GET |.*\.?(List|Describe|Get|Filter|Lookup))")


class Calls:
    """What went through."""

    def __init__(self) -> None:
        self.by_name: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Count one call."""
        with self._lock:
            self.by_name[name] += 1

    def take(self) -> tuple[int, int]:
        """Reads and mutating calls since the last time."""
        with self._lock:
            reads = sum(count for name, count in self.by_name.items() if READS.match(name))
            total = self.by_name.total()
            self.by_name.clear()
        return reads, total - reads


@contextmanager
def counting_proxy(endpoint: str, *, delay_seconds: float = 0.0) -> Iterator[tuple[str, Calls]]:
    """Serve the proxy, which holds each call for a while; yield its address and the counter."""
    calls = Calls()
    target = urlsplit(endpoint)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            calls.add(_name_of(self.command, self.path, self.headers.get("X-Amz-Target"), body))
            time.sleep(delay_seconds)
            upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=120)
            upstream.request(self.command, self.path, body=body, headers=dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for header, value in answer.getheaders():
                if header.lower() not in {"transfer-encoding", "content-length", "connection"}:
                    self.send_header(header, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            upstream.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815 - the names of http.server

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", calls
        server.shutdown()
        thread.join()


def _name_of(method: str, path: str, target: str | None, body: bytes) -> str:
    if target:
        return target.split(".")[-1]
    if body.startswith(b"Action="):
        return parse_qs(body.decode())["Action"][0]
    return f"{method} {path.split('?')[0]}"
