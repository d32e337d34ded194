"""The program inside the child process: set its limits, then let the package run its function.

It is started by path with ``python -I -S`` and imports nothing but the standard library, so that a function sees
its own package and nothing of the environment that deployed it. Arguments: the folder of the code, the folder of its
byte code, the memory limit in MiB, and the number of the lifeline. All else is for the package's adapter, by variables.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import resource
import select
import site
import sys
import threading
from collections.abc import Callable
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from pathlib import Path
from types import CodeType

# Threads reserve their stack, and what is reserved counts against the memory limit; Linux would take 8 MiB for each,
# macOS takes half a MiB.
_THREAD_STACK = 2**20
# What is left for telling of a failure when the function has used up all its memory.
_RESERVE = 16 * 2**20


def main() -> int:
    """Run the function.

    Returns:
        The exit code.
    """
    code, byte_code, memory_mb, lifeline = sys.argv[1:]
    _end_with(int(lifeline))
    sys.argv = [str(Path(code) / "index.py")]
    sys.path_hooks.insert(0, _finder_of(code, byte_code))
    sys.path.insert(0, code)
    # Without the module site nobody has made exit() and quit(), which functions may call.
    site.setquit()
    _limit_memory(int(memory_mb))
    adapter = importlib.import_module("index")
    return int(adapter.main(on_end=_unlimit_memory))


def _end_with(lifeline: int) -> None:
    """Let the kernel end this process group when the supervisor is gone, even if that was killed.

    The pipe has its only writer there. When it closes, the kernel sends SIGIO, whose default is to terminate; it
    takes no thread, which would make ``fork`` unsafe for the function. Where the kernel has no such signal for pipes,
    the next one who works on the root kills what is left.
    """
    with contextlib.suppress(OSError):
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgid(0))
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    os.set_inheritable(lifeline, False)  # noqa: FBT003 - its only signature
    gone_before, _, _ = select.select([lifeline], [], [], 0)
    if gone_before:
        os._exit(1)


def _finder_of(code: str, byte_code: str) -> Callable[[str], FileFinder]:
    """A path hook that imports from the code folder and keeps byte code apart: nothing may write into that folder."""

    class Loader(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType | None:
            sys.pycache_prefix = byte_code
            try:
                return super().get_code(fullname)
            finally:
                sys.pycache_prefix = None

    def find(path: str) -> FileFinder:
        if path != code and not path.startswith(f"{code}{os.sep}"):
            raise ImportError(path)
        return FileFinder(
            path,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (Loader, SOURCE_SUFFIXES),
            (SourcelessFileLoader, BYTECODE_SUFFIXES),
        )

    return find


def _limit_memory(memory_mb: int) -> None:
    """Limit what the process may allocate: on Linux private memory, elsewhere the address space."""
    threading.stack_size(_THREAD_STACK)
    limit = min(memory_mb * 2**20, sys.maxsize - _RESERVE)
    _, hard = resource.getrlimit(_MEMORY)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(_MEMORY, (limit, hard))


def _unlimit_memory() -> None:
    soft, hard = resource.getrlimit(_MEMORY)
    wanted = soft + _RESERVE
    resource.setrlimit(_MEMORY, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


_MEMORY = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS


if __name__ == "__main__":
    sys.exit(main())
