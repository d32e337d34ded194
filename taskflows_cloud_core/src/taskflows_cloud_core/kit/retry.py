"""Repeating calls while errors pass, and polling until something is done; Ctrl-C ends both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import attrs

from taskflows_cloud_core import stopping
from taskflows_cloud_core.errors import OperationError

_T = TypeVar("_T")
_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.1, 1.6, 5.0


def _sleep(seconds: float) -> None:
    stopping.wait(seconds)


def _clock() -> float:
    return time.monotonic()


@attrs.frozen(kw_only=True)
class Retry:
    """Repeats calls with growing pauses, until they succeed or a deadline has passed.

    Pauses begin at a tenth of a second and grow to five seconds.

    Args:
        sleep: Takes seconds. The default returns early when the operation under way was interrupted.
        clock: Gives seconds that never go back.
    """

    sleep: Callable[[float], object] = _sleep
    clock: Callable[[], float] = _clock

    def pauses(self, seconds: float) -> Iterator[float]:
        """Get the pauses to make between attempts until a deadline, for loops that `call` and `until` do not fit.

        Args:
            seconds: The deadline, from now.

        Returns:
            The length of each pause, asked for when the attempt before it has failed. It ends when the next pause would
            go beyond the deadline.
        """
        return self._pauses(self.clock() + seconds)

    def _pauses(self, deadline: float) -> Iterator[float]:
        pause = _FIRST_PAUSE
        while self.clock() + pause <= deadline:
            yield pause
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def _pause(self, seconds: float) -> None:
        self.sleep(seconds)
        if stopping.current().is_set():
            raise OperationError("interrupted during a wait; run again to continue")

    def call(
        self,
        function: Callable[[], _T],
        *,
        seconds: float,
        is_transient: Callable[[Exception], bool],
        on_retry: Callable[[Exception], None] | None = None,
    ) -> _T:
        """Call a function, and repeat that while it raises transient errors.

        Args:
            function: Idempotent.
            seconds: The deadline. The last error is raised when it has passed.
            is_transient: Whether an error will pass without anybody doing anything.
            on_retry: Called with the first error that is followed by another attempt.

        Returns:
            What the function returned.

        Raises:
            OperationError: The operation under way was interrupted during a pause.
        """
        pauses = self.pauses(seconds)
        while True:
            try:
                return function()
            except Exception as error:
                pause = next(pauses, None) if is_transient(error) else None
                if pause is None:
                    raise
                if on_retry is not None:
                    on_retry(error)
                    on_retry = None
            self._pause(pause)

    def until(self, probe: Callable[[], _T | None], *, seconds: float, what: str) -> _T:
        """Poll until something is done.

        Args:
            probe: Returns ``None`` for "not yet".
            seconds: The deadline.
            what: What is waited for, for the error.

        Returns:
            The first other value.

        Raises:
            OperationError: The deadline has passed, or the operation under way was interrupted during a pause.
        """
        pauses = self.pauses(seconds)
        while (answer := probe()) is None:
            pause = next(pauses, None)
            if pause is None:
                raise OperationError(f"{what} is still not there after {seconds:.0f} seconds; run again later")
            self._pause(pause)
        return answer
