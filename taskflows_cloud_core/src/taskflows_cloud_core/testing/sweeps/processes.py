"""Work in forks of this process."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any


def in_a_process(work: Callable[[], int]) -> int:
    """Do something in a fork of this process.

    Args:
        work: Returns the exit code.

    Returns:
        The exit code, or the negative number of the signal that ended the process.
    """
    pid = os.fork()
    if pid == 0:
        _leave(work)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def in_a_copy(work: Callable[[], Any]) -> Any:
    """Do something in a fork of this process, so that a place in its memory stays as it is here.

    Args:
        work: Returns something that can be pickled.

    Returns:
        What it returned.

    Raises:
        RuntimeError: It raised; its traceback is on stderr.
    """
    reading, writing = os.pipe()

    def tell() -> int:
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        return 0

    pid = os.fork()
    if pid == 0:
        _leave(tell)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    if not data:
        raise RuntimeError("the copy of the process failed; its traceback is on stderr")
    return pickle.loads(data)  # noqa: S301 - from a fork of this process


def _leave(work: Callable[[], int]) -> None:
    """End this fork after some work, without the cleaning up of the process that it is a copy of."""
    code = 1
    try:
        code = work()
    except BaseException:  # noqa: BLE001 - nothing may get out of the fork; the exit code tells that it was there
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
