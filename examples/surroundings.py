"""What the jobs of the examples work on: a database with orders, and an endpoint that answers on loopback."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def make_orders(path: Path) -> None:
    """Write a database with a thousand orders."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE orders (number INTEGER PRIMARY KEY, cents INTEGER NOT NULL)")
        database.executemany("INSERT INTO orders (cents) VALUES (?)", [(100 + 7 * n,) for n in range(1000)])


class _Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps({"status": "ok"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing: the example prints what matters."""


@contextmanager
def serve_health() -> Iterator[str]:
    """Serve a health endpoint on loopback and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Health) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/health"
        server.shutdown()
        thread.join()
