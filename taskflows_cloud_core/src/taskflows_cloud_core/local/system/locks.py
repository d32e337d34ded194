"""One at a time, also among processes."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskflows_cloud_core import stopping
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.system.file_errors import told_to_a_person
from taskflows_cloud_core.local.system.paths import private_folder

_PATIENCE_SECONDS = 120.0
_PAUSE_SECONDS = 0.05


@contextmanager
def folder_lock(folder: Path, busy: str) -> Iterator[None]:
    """Hold the lock of a folder, which is made when it is not there.

    The folder itself is what is locked, so that no file of its own is left behind; the kernel gives the lock back
    when this process dies.

    Args:
        folder: What to lock; it may be removed by whoever holds the lock.
        busy: What to say when others hold it for too long.

    Raises:
        OperationError: Others held it for two minutes.
        KeyboardInterrupt: The call was interrupted.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        descriptor = _open(folder)
        try:
            if _try_lock(descriptor, folder) and _is_still(folder, descriptor):
                yield
                return
        finally:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise OperationError(f"{busy}; wait for its end and try again")
        stopping.wait(_PAUSE_SECONDS)
        stopping.raise_if_stopped()


def _open(folder: Path) -> int:
    with told_to_a_person(folder):
        while True:
            private_folder(folder.parent)
            try:
                private_folder(folder)
                return os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            except FileNotFoundError:
                # Whoever held the lock removed the folder in between.
                continue


def _try_lock(descriptor: int, folder: Path) -> bool:
    with told_to_a_person(folder):
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
