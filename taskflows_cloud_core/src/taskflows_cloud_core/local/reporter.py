"""Telling somebody outside, who may fail, without failing oneself."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from typing import TypeAlias

Report: TypeAlias = Callable[[str], None]


class Reporter:
    """Hands lines to a callable, one after the other; work goes on when that fails, and stderr is told so once.

    Args:
        report: Gets each line. A full disk or a closed pipe makes it fail, and so may a program's own function.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._failed = False

    def __call__(self, line: str) -> None:
        """Tell a line; may be called from any thread."""
        with self._lock:
            try:
                self._report(line)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is no reason to stop running functions
                self._tell_failure(error)

    def _tell_failure(self, error: Exception) -> None:
        if self._failed:
            return
        self._failed = True
        # A process without a terminal has no stderr, and that may be full or closed too.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(
                f"the scheduler goes on, but its lines cannot be told: {type(error).__name__}: {error}; this is said "
                "once, `taskflows-cloud local runs` lists what ran\n"
            )
