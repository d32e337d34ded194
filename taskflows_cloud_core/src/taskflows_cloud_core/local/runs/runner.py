"""The program inside the child process: load the handler, call it, tell what it gave.

It is started by path with ``python -I -S`` and imports nothing but the standard library, so that a function sees
its own package and nothing of the environment that deployed it. Arguments: the task as a JSON file, the file for
the result, and the number of the lifeline.

As on AWS Lambda the run is over when the handler returns: threads that are left do not hold it up.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import logging
import os
import resource
import select
import site
import sys
import threading
import time
import traceback
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
from typing import Any

# The result has to fit into a row that others read; the number is AWS Lambda's for an answer
# (AWS Lambda Developer Guide, "Lambda quotas", read on 2026-11-24).
_LARGEST_RESULT = 6 * 2**20
# Threads reserve their stack, and what is reserved counts against the memory limit; Linux would take 8 MiB for each,
# macOS takes half a MiB.
_THREAD_STACK = 2**20
# What is left for telling of a failure when the function has used up all its memory.
_RESERVE = 16 * 2**20


class Context:
    """What the handler gets as its second argument; the names are those of AWS Lambda."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.function_name: str = task["function_name"]
        self.function_version: str = task["version"]
        self.memory_limit_in_mb: int = task["memory_mb"]
        self.aws_request_id: str = task["run_id"]
        self._deadline = time.monotonic() + task["timeout_seconds"]

    def get_remaining_time_in_millis(self) -> int:
        """How long the run may still take, in milliseconds."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def main() -> None:
    """Do the task and leave."""
    task_path, result_path, lifeline = sys.argv[1:]
    _end_with(int(lifeline))
    task = json.loads(Path(task_path).read_text(encoding="utf-8"))
    _prepare(task)
    _limit_memory(task["memory_mb"])
    told = _answer(task)
    _unlimit_memory()
    _write(Path(result_path), told)
    _report(told)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(0 if told["ok"] else 1)


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


def _prepare(task: dict[str, Any]) -> None:
    sys.argv = [task["handler"]]
    sys.path_hooks.insert(0, _finder_of(task["code"], task["byte_code"]))
    sys.path.insert(0, task["code"])
    # Without the module site nobody has made exit() and quit(), which functions may call.
    site.setquit()
    if sys.stdout is not None:
        # As stderr does, so that whatever text a function prints comes out.
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")  # type: ignore[union-attr]  # it is a TextIOWrapper at the start
    # For functions that log without any configuration; logging.basicConfig() still goes before it.
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.lastResort = handler


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


def _answer(task: dict[str, Any]) -> dict[str, Any]:
    try:
        module, _, name = task["handler"].rpartition(".")
        handler = getattr(importlib.import_module(module), name)
        value = handler(task["event"], Context(task))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is the answer
        _unlimit_memory()
        return _failure(error)
    try:
        text = json.dumps(value)
    except (TypeError, ValueError, RecursionError, MemoryError) as error:
        return {"ok": False, "type": type(error).__name__, "message": f"the return value is no JSON: {error}"}
    if len(text) > _LARGEST_RESULT:
        message = f"the return value has {len(text)} bytes as JSON; at most {_LARGEST_RESULT} are possible"
        return {"ok": False, "type": "ResultTooLarge", "message": message}
    return {"ok": True, "value": text}


def _failure(error: BaseException) -> dict[str, Any]:
    message = _text_of(error)
    if type(error) is SystemExit:
        message = f"the function left with sys.exit({'' if error.code is None else repr(error.code)})"
    # The first frame is this program's own.
    frames = error.__traceback__.tb_next if error.__traceback__ else None
    lines = traceback.format_exception(type(error), error, frames)
    return {"ok": False, "type": type(error).__name__, "message": message, "traceback": "".join(lines)}


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001 - the function's own __str__ may do anything
        return f"(its text cannot be made: {type(second).__name__})"


def _write(path: Path, told: dict[str, Any]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(told), encoding="utf-8")
    part.replace(path)


def _report(told: dict[str, Any]) -> None:
    """Put a failure into the log too."""
    if told["ok"]:
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"ERROR {told['type']}: {told['message']}\n{told.get('traceback', '')}")


if __name__ == "__main__":
    main()
