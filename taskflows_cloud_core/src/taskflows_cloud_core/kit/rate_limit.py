"""Keeping to a number of requests a second, over all threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from taskflows_cloud_core import stopping


def _sleep(seconds: float) -> None:
    stopping.wait(seconds)


def _clock() -> float:
    return time.monotonic()


class RateLimit:
    """Lets calls through at a steady rate, with a second's worth at once after a pause. Safe for threads.

    Args:
        per_second: How many calls a second.
        sleep: Takes seconds. The default returns early when the operation under way was interrupted.
        clock: Gives seconds that never go back.
    """

    def __init__(
        self, *, per_second: float, sleep: Callable[[float], object] = _sleep, clock: Callable[[], float] = _clock
    ) -> None:
        self._per_second = per_second
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = clock() - 1.0

    def acquire(self) -> None:
        """Wait until one more call may be made."""
        with self._lock:
            now = self._clock()
            begin = max(self._free_at, now - 1.0)
            self._free_at = begin + 1.0 / self._per_second
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)
