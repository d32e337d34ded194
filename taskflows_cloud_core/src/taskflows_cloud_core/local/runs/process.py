"""One child process in its own group: watched, limited in time, and gone with all its children at the end."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeAlias

import attrs

from taskflows_cloud_core.local.runs.capture import LineSplitter
from taskflows_cloud_core.local.store.logs import LogLine
from taskflows_cloud_core.local.store.timestamps import now, to_number

# Between the polite signal and the one that nobody can ignore.
GRACE_SECONDS = 2.0
# How long output is awaited that a process outside the group may still write.
_DRAIN_SECONDS = 0.5
# How often the listener hears that time passes.
_BEAT_SECONDS = 0.2
# Without pidfd (macOS) the end of the child is looked for this often.
_POLL_SECONDS = 0.05
_CHUNK = 64 * 1024

OnLines: TypeAlias = Callable[[Sequence[LogLine]], None]
"""Is given new lines, and an empty sequence when there are none for a while."""


@attrs.frozen(kw_only=True)
class Command:
    """What to run.

    Args:
        arguments: The program and its arguments. The number of the lifeline is appended as the last one: a
            pipe that ends when this process does.
        environment: All of it.
        folder: The working directory.
        timeout_seconds: After this many seconds the group is told to end, and killed when it does not.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = attrs.field(repr=False)
    folder: Path
    timeout_seconds: float


@attrs.frozen(kw_only=True)
class Exit:
    """How a process ended.

    Args:
        code: The exit code; negative for the signal that ended it.
        timed_out: Whether it was ended for the time that it took.
        killed: Whether `Child.kill` ended it.
        seconds: How long it took.
    """

    code: int
    timed_out: bool
    killed: bool
    seconds: float


class Child:
    """A running process, and a context manager that leaves nothing of it behind.

    `watch` is to be called once; `kill` may be called from any thread.

    Args:
        command: What to run.

    Raises:
        OSError: The process cannot be started.
    """

    def __init__(self, command: Command) -> None:
        self._command = command
        self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._collected = False
        self._killed = False
        lifeline, self._lifeline = os.pipe()
        try:
            self._process = subprocess.Popen(
                [*command.arguments, str(lifeline)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=command.folder,
                env=dict(command.environment),
                pass_fds=(lifeline,),
                start_new_session=True,
            )
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            os.close(lifeline)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._collect()

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        return self._process.pid

    def kill(self) -> None:
        """End the process and its group at once."""
        self._killed = True
        self._signal(signal.SIGKILL)

    def watch(self, on_lines: OnLines) -> Exit:
        """Wait for the end; nothing of the group is left then.

        Args:
            on_lines: Is given what the process writes, and called from time to time in any case.

        Returns:
            How it ended.
        """
        with _Reader(self._process) as reader:
            timed_out = self._until_exit(reader, on_lines)
            self._signal(signal.SIGKILL)
            on_lines(reader.drain(_DRAIN_SECONDS))
        code = self._collect()
        seconds = time.monotonic() - self._begun
        return Exit(code=code, timed_out=timed_out and not self._killed, killed=self._killed, seconds=seconds)

    def _until_exit(self, reader: _Reader, on_lines: OnLines) -> bool:
        """Wait, and end the process when its time is over; true when that was needed."""
        deadline = self._begun + self._command.timeout_seconds
        steps = iter((signal.SIGTERM, signal.SIGKILL))
        timed_out = False
        while not reader.exited:
            on_lines(reader.read(min(_BEAT_SECONDS, max(0.0, deadline - time.monotonic()))))
            if time.monotonic() >= deadline and not reader.exited:
                timed_out = True
                self._signal(next(steps, signal.SIGKILL))
                deadline = time.monotonic() + GRACE_SECONDS
        return timed_out

    def _signal(self, number: signal.Signals) -> None:
        with self._lock:
            # The number of a collected process may belong to another one.
            if not self._collected:
                _signal_group(self.pid, number)

    def _collect(self) -> int:
        with self._lock:
            if not self._collected:
                _signal_group(self.pid, signal.SIGKILL)
                self._process.wait()
                self._collected = True
                os.close(self._lifeline)
                for stream in (self._process.stdout, self._process.stderr):
                    if stream is not None:
                        stream.close()
        return self._process.returncode


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers with PermissionError when only dead processes are left in the group.
        return


class _Reader:
    """Reads both streams of a process and notices its end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._selector = selectors.DefaultSelector()
        self._splitters: dict[IO[bytes], LineSplitter] = {}
        self._pidfd = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else None
        self.exited = False

    def __enter__(self) -> _Reader:
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                os.set_blocking(stream.fileno(), False)
                self._splitters[stream] = LineSplitter()
                self._selector.register(stream, selectors.EVENT_READ)
        if self._pidfd is not None:
            self._selector.register(self._pidfd, selectors.EVENT_READ)
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        if self._pidfd is not None:
            os.close(self._pidfd)

    def read(self, seconds: float) -> list[LogLine]:
        """The lines that come within some time; returns at once when some have come or the process ended."""
        if self._pidfd is None:
            seconds = min(seconds, _POLL_SECONDS)
        lines: list[LogLine] = []
        for key, _ in self._selector.select(seconds):
            if key.fileobj == self._pidfd:
                self.exited = True
            else:
                lines += self._read_stream(key.fileobj)  # type: ignore[arg-type]  # only streams and the pidfd are registered
        if self._pidfd is None and self._process.poll() is not None:
            self.exited = True
        return lines

    def drain(self, seconds: float) -> list[LogLine]:
        """The rest of both streams, as far as it comes within some time."""
        if self._pidfd is not None:
            self._selector.unregister(self._pidfd)
        lines: list[LogLine] = []
        deadline = time.monotonic() + seconds
        while self._selector.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                lines += self._read_stream(key.fileobj)  # type: ignore[arg-type]  # only streams are left
        at = to_number(now())
        for splitter in self._splitters.values():
            lines += splitter.finish(at)
        return lines

    def _read_stream(self, stream: IO[bytes]) -> Iterator[LogLine]:
        try:
            data = os.read(stream.fileno(), _CHUNK)
        except BlockingIOError:
            return iter(())
        at = to_number(now())
        if not data:
            self._selector.unregister(stream)
            return self._splitters[stream].finish(at)
        return self._splitters[stream].feed(data, at)
