"""Answers that are kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """A few answers, each kept for a while; may be used by threads.

    Args:
        seconds: How long an answer is kept.
        entries: How many are kept.
    """

    def __init__(self, *, seconds: float, entries: int) -> None:
        self._seconds = seconds
        self._entries = entries
        self._kept: dict[Hashable, tuple[float, T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, find: Callable[[], T]) -> T:
        """The answer to a question; threads that ask the same wait for one another.

        Args:
            key: The question.
            find: Finds the answer when it is not kept.
        """
        with self._lock:
            when, answer = self._kept.get(key, (0.0, None))
            if answer is not None and time.monotonic() - when < self._seconds:
                return answer
            found = find()
            self._kept.pop(key, None)
            while len(self._kept) >= self._entries:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = (time.monotonic(), found)
            return found
