"""Facts about what is installed here, found once and kept until something is installed or removed."""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeAlias, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
State: TypeAlias = tuple[tuple[str, int], ...]
_looked: ContextVar[list[State] | None] = ContextVar("state of the installation", default=None)


def once_per_installation(find: Callable[P, R]) -> Callable[P, R]:
    """Keep the answers of a function as long as no folder on the path changes.

    Args:
        find: Takes hashable arguments; its answers are not changed by those who get them. It may be asked by
            threads; it does not ask itself.
    """
    lock = threading.Lock()
    kept: dict[object, R] = {}
    state: list[object] = [None]

    @functools.wraps(find)
    def found(*args: P.args, **kwargs: P.kwargs) -> R:
        now, key = _state(), (args, tuple(sorted(kwargs.items())))
        with lock:
            if state[0] != now:
                kept.clear()
                state[0] = now
            if key not in kept:
                kept[key] = find(*args, **kwargs)
            return kept[key]

    return found


@contextmanager
def unchanged_installation() -> Iterator[None]:
    """Inside the block nothing is installed or removed by this thread: one look at the folders is enough."""
    token = _looked.set([])
    try:
        yield
    finally:
        _looked.reset(token)


def _state() -> State:
    """The folders of the path and when something was last put into or taken out of them."""
    looked = _looked.get()
    if looked is None:
        return _look()
    if not looked:
        looked.append(_look())
    return looked[0]


def _look() -> State:
    return tuple((entry, _changed(entry)) for entry in sys.path)


def _changed(entry: str) -> int:
    try:
        return os.stat(entry or os.curdir).st_mtime_ns  # noqa: PTH116 - asked for each package that is built
    except OSError:
        return 0
