"""Keeping to a number of requests a second, over all threads of a session."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Budget:
    """Lets calls through at a steady rate, with a second's worth at once after a pause.

    Args:
        per_second: How many calls a second.
        sleep: Takes seconds.
        clock: Gives seconds that never go back.
    """

    def __init__(self, *, per_second: int, sleep: Callable[[float], None], clock: Callable[[], float]) -> None:
        self._per_second = per_second
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = clock() - 1.0

    def take(self) -> None:
        """Wait until one more call may be made."""
        with self._lock:
            now = self._clock()
            begin = max(self._free_at, now - 1.0)
            self._free_at = begin + 1.0 / self._per_second
            wait = self._free_at - now
        if wait > 0:
            self._sleep(wait)
