"""The lines of a log sorted into runs, one after the other as they come, with little kept in memory. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_aws.operations.log_lines import is_failure, level_of, request_id_of
from taskflows_cloud_core import LogEvent


@attrs.frozen
class Line:
    """A line as CloudWatch gave it.

    Args:
        timestamp: In milliseconds since 1970.
        stream: The log stream.
        sequence: Its place in the order in which lines came.
        message: Without its line break.
        event_id: Unlike any other's of the function.
    """

    timestamp: int
    stream: str
    sequence: int
    message: str
    event_id: str

    def event(self, request_id: str | None) -> LogEvent:
        """The line for users."""
        return LogEvent(
            timestamp=datetime.fromtimestamp(self.timestamp / 1000, UTC),
            message=self.message,
            request_id=request_id,
            level=level_of(self.message),
            event_id=self.event_id,
        )


Emit: TypeAlias = Callable[[Line, str | None], None]


@attrs.define
class _Run:
    """What is known of the run that a stream is in."""

    lines: deque[Line]
    request_id: str | None = None
    began: int | None = None
    is_failed: bool = False
    is_reported: bool = False


class RunReader:
    """Takes lines in the order of time and gives each with the invocation that it belongs to.

    A line that names no invocation belongs to the one that its stream is in.

    Args:
        emit: Is given the lines that are wanted.
        most: How many lines of one run are kept until it is known what to do with them; the oldest are dropped.
        failed_only: Give the lines of failed runs only.
        failed: Invocations that are known to have failed later than the lines that come.
    """

    def __init__(
        self, emit: Emit, *, most: int, failed_only: bool = False, failed: frozenset[str] = frozenset()
    ) -> None:
        self._emit = emit
        self._most = most
        self._failed_only = failed_only
        self._known_failed = failed
        self._runs: dict[str, _Run] = {}
        self._equals: dict[str, tuple[int, int]] = {}
        self._count = 0
        self.failed: dict[str, int] = {}
        """The failed runs that were met, each with the moment of its first line."""

    def take(self, row: Mapping[str, Any]) -> None:
        """Take the next line.

        Args:
            row: With ``timestamp`` in milliseconds, ``message``, ``logStreamName``, ``eventId``.
        """
        line = self._line(row)
        mark, named = request_id_of(line.message)
        run = self._run_of(line, named, begins=mark == "START")
        run.is_failed |= is_failure(line.message)
        run.lines.append(line)
        if not self._failed_only and run.request_id is not None:
            self._give(run)
        run.is_reported |= mark == "REPORT"

    def finish(self) -> None:
        """Give what is left, after the last line."""
        for run in self._runs.values():
            self._close(run)
        self._runs.clear()

    def _line(self, row: Mapping[str, Any]) -> Line:
        stream, moment = str(row.get("logStreamName", "")), int(row["timestamp"])
        last, count = self._equals.get(stream, (moment, 0))
        number = count + 1 if last == moment else 1
        self._equals[stream] = moment, number
        self._count += 1
        # CloudWatch's own; where an emulator gives none, stream, moment and place among its equals.
        event_id = str(row.get("eventId") or f"{stream}/{moment}/{number}")
        return Line(moment, stream, self._count, str(row["message"]).rstrip("\r\n"), event_id)

    def _run_of(self, line: Line, named: str | None, *, begins: bool) -> _Run:
        run = self._runs.get(line.stream)
        if run is None or begins or self._is_another(run, named):
            if run is not None:
                self._close(run)
            run = self._runs[line.stream] = _Run(deque(maxlen=self._most), began=line.timestamp)
        run.request_id = named or run.request_id
        return run

    @staticmethod
    def _is_another(run: _Run, named: str | None) -> bool:
        """Whether a line begins a new run by what it names; after the report only what names the run is its own."""
        if named is None:
            return run.is_reported
        return run.request_id not in (None, named)

    def _close(self, run: _Run) -> None:
        failed = run.is_failed or run.request_id in self._known_failed
        if failed and run.request_id is not None and run.began is not None:
            self.failed[run.request_id] = run.began
        if not self._failed_only or (failed and run.request_id is not None):
            self._give(run)

    def _give(self, run: _Run) -> None:
        while run.lines:
            self._emit(run.lines.popleft(), run.request_id)


class Newest:
    """Keeps the newest of the lines that it is given.

    Args:
        most: How many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[tuple[int, str, int, Line, str | None]] = []

    def add(self, line: Line, request_id: str | None) -> None:
        """Take a line."""
        self._kept.append((line.timestamp, line.stream, line.sequence, line, request_id))
        if len(self._kept) >= 2 * self._most:
            self._trim()

    def _trim(self) -> None:
        # Ties keep the order of their stream, and streams the order of their names, in every run alike.
        self._kept.sort(key=lambda kept: kept[:3])
        del self._kept[: -self._most]

    def newest_first(self) -> Iterator[LogEvent]:
        """The events, the newest first."""
        self._trim()
        return (line.event(request_id) for *_, line, request_id in reversed(self._kept))
