"""What a person is told after Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_words: list[Callable[[], str]] = []


@contextmanager
def on_interrupt(words: Callable[[], str]) -> Iterator[None]:
    """Say this when the work inside is interrupted.

    Args:
        words: Called after the interrupt: what is there, and what to do.
    """
    _words.append(words)
    try:
        yield
    except KeyboardInterrupt:
        # Stays for `words_after_interrupt`.
        raise
    except BaseException:
        _words.pop()
        raise
    else:
        _words.pop()


def words_after_interrupt() -> str:
    """What to say now that the program was interrupted."""
    return _words[-1]() if _words else "interrupted"
