"""End waits early when the caller was interrupted.

Ctrl-C raises ``KeyboardInterrupt`` in the main thread only. Code that may run in another thread, such as a retry inside
a hook, uses `wait` instead of sleeping::

    if stopping.wait(delay):
        raise OperationError("interrupted while waiting")

A thread sees the event of the code that started it when it runs in a copy of that code's context
(``contextvars.copy_context().run``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class _StopEvent(threading.Event):
    """An event that also sets the events of nested calls."""

    def __init__(self) -> None:
        super().__init__()
        self._nested: set[_StopEvent] = set()
        self._changing = threading.Lock()

    def set(self) -> None:
        with self._changing:
            super().set()
            nested = tuple(self._nested)
        for event in nested:
            event.set()

    def add(self, event: _StopEvent) -> None:
        with self._changing:
            self._nested.add(event)
        if self.is_set():
            event.set()

    def remove(self, event: _StopEvent) -> None:
        with self._changing:
            self._nested.discard(event)


_active: ContextVar[_StopEvent | None] = ContextVar("taskflows_cloud_stopping", default=None)


def current() -> threading.Event:
    """Get the event that is set when the current call is to stop.

    Returns:
        The event of the innermost `stoppable`; outside of any, one that is never set.
    """
    return _active.get() or threading.Event()


def wait(seconds: float) -> bool:
    """Sleep, but return early when the current call is to stop.

    Args:
        seconds: For how long.

    Returns:
        Whether the current call is to stop.
    """
    return current().wait(seconds)


def raise_if_stopped() -> None:
    """Do nothing unless the current call is to stop.

    Raises:
        KeyboardInterrupt: It is.
    """
    if current().is_set():
        raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Make an event for the code inside, and set it when that code is interrupted.

    An ordinary exception does not set it. When calls are nested, the event of the outer one sets that of the inner one,
    but not the other way round.

    Yields:
        The event, which is `current` inside.
    """
    outer, event = _active.get(), _StopEvent()
    if outer is not None:
        outer.add(event)
    token = _active.set(event)
    try:
        yield event
    except Exception:
        raise
    except BaseException:
        event.set()
        raise
    finally:
        _active.reset(token)
        if outer is not None:
            outer.remove(event)
