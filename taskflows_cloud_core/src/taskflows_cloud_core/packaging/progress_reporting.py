"""Who is told what a build does that takes long."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from taskflows_cloud_core.progress import Progress, ProgressEvent, silent

_SECONDS_BETWEEN = 0.5
_MIB = 2**20
_listener: ContextVar[tuple[str, Progress]] = ContextVar("listener of a build", default=("", silent))


@contextmanager
def listening(name: str, progress: Progress) -> Iterator[None]:
    """Inside the block, builds of this thread tell what they do.

    Args:
        name: What is built.
        progress: Is told.
    """
    token = _listener.set((name, progress))
    try:
        yield
    finally:
        _listener.reset(token)


def tell(message: str) -> None:
    """Tell the listener of this thread what begins now."""
    Download(message=message, total=0).tell()


class Download:
    """Tells how far a download is: at its beginning, at most every half second, and at its end.

    Args:
        message: What is downloaded.
        total: How many bytes that is; 0 when it is not known.
    """

    def __init__(self, *, message: str, total: int) -> None:
        self._name, self._progress = _listener.get()
        self._message = message
        self._total = total
        self._done = 0
        self._told = time.monotonic()
        self._lock = threading.Lock()

    def tell(self) -> None:
        """Tell the state now."""
        self._told = time.monotonic()
        amount = f" ({self._amount()})" if self._total or self._done else ""
        self._progress(
            ProgressEvent(
                function_name=self._name,
                stage="package",
                status="running",
                message=f"{self._message}{amount}",
                done=self._done,
                total=self._total,
                unit="bytes",
            )
        )

    def add(self, count: int) -> None:
        """Note bytes that have come, from whatever thread."""
        with self._lock:
            self._done += count
            if time.monotonic() - self._told >= _SECONDS_BETWEEN and self._done < self._total:
                self.tell()

    def _amount(self) -> str:
        done = f"{self._done / _MIB:.1f}"
        return f"{done} of {self._total / _MIB:.1f} MiB" if self._total else f"{done} MiB"
