"""Watches over the process of a run: ends it after its timeout, and judges what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any

from .outcome import SIGTERM_TYPE, failure, log_failure

MARK = "taskflows-cloud-result"
"""What the line of an outcome begins with; the request id and the outcome follow."""
TIMED_OUT = "TimeoutError"
"""The type of the failure of a run that took too long."""
PROCESS_ENDED = "ProcessEnded"
"""The type of the failure of a run whose process ended by itself."""

# Between SIGTERM and SIGKILL.
_GRACE_SECONDS = 2.0
_CHUNK = 1 << 16
_TIMEOUT_CODE = 124


def judge(
    outcome: Mapping[str, Any] | None, *, code: int, timed_out: bool, timeout_seconds: float | None
) -> Mapping[str, Any]:
    """Say what became of a run whose process has ended.

    Args:
        outcome: What the process wrote; ``None`` when it wrote nothing.
        code: Its exit code, negative for the signal that ended it.
        timed_out: Whether it was told to end since its time was over.
        timeout_seconds: That time.
    """
    limit = f"its timeout of {timeout_seconds:g} s" if timeout_seconds is not None else "its timeout"
    late = failure(TIMED_OUT, f"the run was ended after {limit}")
    if outcome is None:
        return late if timed_out else failure(PROCESS_ENDED, _how(code, "before"))
    unfinished = outcome.get("unfinished")
    final = {name: value for name, value in outcome.items() if name != "unfinished"}
    if outcome["outcome"] == "failed":
        is_late = timed_out and outcome["type"] == SIGTERM_TYPE
        return {**late, "traceback": outcome["traceback"]} if is_late else final
    if timed_out and (code or unfinished is not None):
        names = f" for {', '.join(map(repr, unfinished))}" if unfinished else ""
        return failure(TIMED_OUT, f"the function returned, but Python waited{names} until the end of {limit}")
    return final if code == 0 else failure(PROCESS_ENDED, _how(code, "after"))


def _how(code: int, when: str) -> str:
    if code >= 0:
        return f"the process ended with exit code {code} {when} the function returned"
    known = -code in set(signal.Signals)
    name = signal.Signals(-code).name if known else f"signal {-code}"
    hint = "; perhaps the memory of the machine ran out" if name == "SIGKILL" else ""
    return f"the process ended by {name} {when} the function returned{hint}"


class Supervisor:
    """Forks: the child runs the function and sends the outcome, this process watches.

    Args:
        variables: What the command was given.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._place = variables.get("RESULT", "stdout")
        self._request_id = variables["REQUEST_ID"]
        timeout = variables.get("TIMEOUT_SECONDS")
        self._timeout = None if timeout is None else float(timeout)
        self._began = time.monotonic()
        self._read_end, self._write_end = os.pipe()
        self._child = os.fork()
        if self.is_child:
            os.close(self._read_end)
            os.setsid()
        else:
            os.close(self._write_end)

    @property
    def is_child(self) -> bool:
        """Whether this is the process that has to run the function."""
        return self._child == 0

    def send(self, text: str) -> None:
        """Give the outcome to the supervising process; the last one counts.

        Args:
            text: One line.
        """
        data = memoryview(f"{text}\n".encode())
        while data:
            data = data[os.write(self._write_end, data) :]

    def watch(self) -> int:
        """Wait for the end of the child, and write the outcome.

        Returns:
            The exit code.
        """
        sent, timed_out = self._until_end()
        # What the run started ends with it.
        _kill(self._child, signal.SIGKILL)
        _, status = os.waitpid(self._child, 0)
        code = os.waitstatus_to_exitcode(status)
        lines = (sent + self._rest()).split(b"\n")
        # A line that was begun and not ended is not one.
        found = json.loads(lines[-2]) if len(lines) > 1 else None
        outcome = judge(found, code=code, timed_out=timed_out, timeout_seconds=self._timeout)
        if found is None or outcome.get("type") != found.get("type"):
            log_failure({**outcome, "traceback": ""})
        self._write(json.dumps(outcome))
        return _exit_code(outcome, code)

    def _until_end(self) -> tuple[bytes, bool]:
        """What the child sends until it ends, and whether its time was over."""
        wake, waker = os.pipe()
        for end in (wake, waker, self._read_end):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: _kill(self._child, signal.SIGTERM))
        sent, timed_out = b"", False
        steps = iter((signal.SIGTERM, signal.SIGKILL))
        ends = [wake, self._read_end]
        deadline = None if self._timeout is None else self._began + self._timeout
        while not _has_ended(self._child):
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            ready, _, _ = select.select(ends, [], [], left)
            if wake in ready:
                os.read(wake, _CHUNK)
            if self._read_end in ready:
                data = os.read(self._read_end, _CHUNK)
                sent += data
                if not data:  # the child has become another program
                    ends.remove(self._read_end)
            if deadline is not None and time.monotonic() >= deadline and not _has_ended(self._child):
                timed_out = True
                _kill(self._child, next(steps, signal.SIGKILL))
                deadline = time.monotonic() + _GRACE_SECONDS
        return sent, timed_out

    def _rest(self) -> bytes:
        rest = b""
        with contextlib.suppress(BlockingIOError):  # a fork of the child has the pipe still
            while data := os.read(self._read_end, _CHUNK):
                rest += data
        return rest

    def _write(self, text: str) -> None:
        if self._place in ("stdout", "stderr"):
            stream = sys.stdout if self._place == "stdout" else sys.stderr
            stream.write(f"{MARK} {self._request_id} {text}\n")
            stream.flush()
            return
        with open(self._place, "w", encoding="utf-8") as stream:
            stream.write(text)


def _exit_code(outcome: Mapping[str, Any], code: int) -> int:
    if outcome["outcome"] != "failed":
        return 0
    if outcome["type"] == TIMED_OUT:
        return _TIMEOUT_CODE
    return 128 - code if code < 0 else code or 1


def _has_ended(child: int) -> bool:
    # It stays uncollected, so that its number belongs to nobody else.
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill(child: int, number: int) -> None:
    """Signal the child and what is in its group."""
    try:
        os.killpg(child, number)
    except PermissionError:  # macOS, when only dead processes are left in the group
        return
    except ProcessLookupError:  # it has no group of its own yet
        os.kill(child, number)
