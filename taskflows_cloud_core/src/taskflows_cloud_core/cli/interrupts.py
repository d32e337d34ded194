"""Ctrl-C: the first one ends the work in order, the second one at once; a person is told what is there."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from taskflows_cloud_core.cli.errors.exit_codes import INTERRUPTED
from taskflows_cloud_core.cli.output.terminal import note

_words: list[Callable[[], str]] = []


@contextmanager
def on_interrupt(words: Callable[[], str]) -> Iterator[None]:
    """Say this when the work inside is interrupted.

    Args:
        words: Called after the interrupt: what is there, and what to do.
    """
    _words.append(words)
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _first)
    try:
        yield
    except KeyboardInterrupt:
        # The words stay, for `words_after_interrupt`.
        raise
    except BaseException:
        _words.pop()
        raise
    else:
        _words.pop()
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, before)


def words_after_interrupt() -> str:
    """What to say now that the program was interrupted."""
    return _words[-1]() if _words else "interrupted"


def _first(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers get
    signal.signal(signal.SIGINT, _second)
    raise KeyboardInterrupt


def _second(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers get
    note(f"\n{words_after_interrupt()}")
    os._exit(INTERRUPTED)
