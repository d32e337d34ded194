"""One deployment of a function at a time, also among processes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.failures import told_to_a_person
from taskflows_cloud_core.local.paths import Paths, private_folder

_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.05


@contextmanager
def function_lock(name: str, paths: Paths) -> Iterator[None]:
    """Hold the lock of a function; the kernel gives it back when this process dies.

    The folder of the function is what is locked, so that no file of its own is left behind.

    Raises:
        OperationError: Another process held it for two minutes.
    """
    folder = paths.function(name)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        descriptor = _open(folder)
        try:
            if _try_lock(descriptor) and _is_still(folder, descriptor):
                yield
                return
        finally:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise OperationError(f"another deployment of {name!r} is under way; wait for its end and try again")
        time.sleep(_PAUSE_SECONDS)


def _open(folder: Path) -> int:
    with told_to_a_person(folder):
        while True:
            private_folder(folder.parent)
            try:
                private_folder(folder)
                return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                # Whoever deleted the function removed the folder in between.
                continue


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(folder: Path, descriptor: int) -> bool:
    """Whether the folder that was locked is the one that has the name now."""
    try:
        there = folder.stat()
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))
