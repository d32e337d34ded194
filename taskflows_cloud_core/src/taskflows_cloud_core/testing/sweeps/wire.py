"""Every call that reaches a place, counted, with room for a disturbance before and after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Disturb: TypeAlias = Callable[[int, str], Any]
"""Is called with the number and the name of a call. It raises, returns an answer, or returns ``None``."""

# Of the context and not of the wire, since other threads may be at work while one of them only reads.
_UNWATCHED: ContextVar[bool] = ContextVar("unwatched", default=False)


def undisturbed(_number: int, _call: str) -> None:
    """Do nothing."""


def never(_call: str) -> bool:
    """No call."""
    return False


class Wire:
    """The calls of a provider to its place, in the order in which they begin.

    Put it where every call passes, for instance into the transport of the SDK, and make the call through `pass_on`.
    Several threads may use it.

    Args:
        changes: Whether a call changes something, by its name.
        exclusive: Whether a call is made while the place itself keeps all others out, for instance under a lock of a
            file. No other deployer is started there, since it would wait forever.

    Attributes:
        calls: The names of the calls so far.
        before: Called before each call. What it returns, unless ``None``, is the answer, and the call has no effect.
        after: Called after each call. What it returns, unless ``None``, takes the place of the answer.
    """

    def __init__(self, *, changes: Callable[[str], bool], exclusive: Callable[[str], bool] = never) -> None:
        self.changes = changes
        self.exclusive = exclusive
        self.calls: list[str] = []
        self.before: Disturb = undisturbed
        self.after: Disturb = undisturbed
        self._counting = threading.Lock()

    def pass_on(self, call: str, original: Callable[[], Any]) -> Any:
        """Make one call, unless a disturbance prevents it.

        Args:
            call: Its name, for instance ``"PUT /functions"``.
            original: Makes it.

        Returns:
            Its answer, or that of the disturbance.
        """
        number, instead = self.enter(call)
        return self.leave(number, call, original()) if instead is None else instead

    def enter(self, call: str) -> tuple[int | None, Any]:
        """Count a call that begins; for callers that cannot use `pass_on`.

        Returns:
            Its number, ``None`` when nobody counts; and the answer that takes its place, ``None`` when the call is
            to be made.
        """
        if _UNWATCHED.get():
            return None, None
        with self._counting:
            number = len(self.calls)
            self.calls.append(call)
        return number, self.before(number, call)

    def leave(self, number: int | None, call: str, answer: Any) -> Any:
        """End a call that `enter` has begun.

        Returns:
            The answer for the provider.
        """
        instead = None if number is None else self.after(number, call)
        return answer if instead is None else instead

    def look(self, what: Callable[[], T]) -> T:
        """Do something that is neither counted nor disturbed, also not in threads that copy this context."""
        token = _UNWATCHED.set(True)
        try:
            return what()
        finally:
            _UNWATCHED.reset(token)

    def clear(self) -> None:
        """Forget calls and disturbances."""
        self.calls, self.before, self.after = [], undisturbed, undisturbed
