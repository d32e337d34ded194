"""Sort the lines of a log into runs, one after the other as they come, with little kept in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeAlias

import attrs

from taskflows_cloud_core.results import Level, LogEvent


@attrs.frozen(kw_only=True)
class LogRow:
    """A line as a cloud returned it.

    Args:
        timestamp: In milliseconds since 1970.
        message: With or without its line break.
        stream: The log of one process, which has one run at a time.
        event_id: Different from that of any other line of the function; made from the other fields when not given.
    """

    timestamp: int
    message: str
    stream: str = ""
    event_id: str | None = None


@attrs.frozen(kw_only=True)
class LineMarks:
    """What a line of a log says of its run.

    Args:
        request_id: The run that it names; ``None`` when it names none.
        begins: Whether it is the first line of a run.
        ends: Whether only lines that name the run may follow.
        is_failure: Whether it says that the run failed.
    """

    request_id: str | None = None
    begins: bool = False
    ends: bool = False
    is_failure: bool = False


@attrs.frozen
class LogLine:
    """A line with its place in the log.

    Args:
        timestamp: In milliseconds since 1970.
        stream: The log of one process.
        sequence: Its place in the order in which lines came.
        message: Without its line break.
        event_id: Different from that of any other line.
    """

    timestamp: int
    stream: str
    sequence: int
    message: str
    event_id: str

    def event(self, request_id: str | None, level_of: LevelOf) -> LogEvent:
        """The line for users."""
        return LogEvent(
            timestamp=datetime.fromtimestamp(self.timestamp / 1000, UTC),
            message=self.message,
            request_id=request_id,
            level=level_of(self.message),
            event_id=self.event_id,
        )


LevelOf: TypeAlias = Callable[[str], Level | None]
ReadMarks: TypeAlias = Callable[[str], LineMarks]
Emit: TypeAlias = Callable[[LogLine, str | None], None]


@attrs.define
class _Run:
    """What is known of the run that a stream is in."""

    lines: deque[LogLine]
    request_id: str | None = None
    began: int | None = None
    is_failed: bool = False
    is_over: bool = False


class RunReader:
    """Takes lines in the order of time and gives each with the run that it belongs to.

    A line that names no run belongs to the one that its stream is in.

    Args:
        emit: Called with each line and its run.
        read_marks: What a message says of its run.
        most: How many lines of one run are kept until it is known what to do with them; the oldest are dropped.
        failed_only: Give the lines of failed runs only.
        failed: Runs that are known to have failed later than the lines that come.
    """

    def __init__(
        self,
        emit: Emit,
        *,
        read_marks: ReadMarks,
        most: int,
        failed_only: bool = False,
        failed: frozenset[str] = frozenset(),
    ) -> None:
        self._emit = emit
        self._read_marks = read_marks
        self._most = most
        self._failed_only = failed_only
        self._known_failed = failed
        self._runs: dict[str, _Run] = {}
        self._equals: dict[str, tuple[int, int]] = {}
        self._count = 0
        self.failed: dict[str, int] = {}
        """The failed runs that were met, each with the time of its first line."""

    def take(self, row: LogRow) -> None:
        """Take the next line."""
        line = self._line(row)
        marks = self._read_marks(line.message)
        run = self._run_of(line, marks)
        run.is_failed |= marks.is_failure
        run.lines.append(line)
        if not self._failed_only and run.request_id is not None:
            self._give(run)
        run.is_over |= marks.ends

    def finish(self) -> None:
        """Give what is left, after the last line."""
        for run in self._runs.values():
            self._close(run)
        self._runs.clear()

    def _line(self, row: LogRow) -> LogLine:
        last, count = self._equals.get(row.stream, (row.timestamp, 0))
        number = count + 1 if last == row.timestamp else 1
        self._equals[row.stream] = row.timestamp, number
        self._count += 1
        # Where a cloud gives no ID: stream, time, and place among lines of the same time.
        event_id = row.event_id or f"{row.stream}/{row.timestamp}/{number}"
        return LogLine(row.timestamp, row.stream, self._count, row.message.rstrip("\r\n"), event_id)

    def _run_of(self, line: LogLine, marks: LineMarks) -> _Run:
        run = self._runs.get(line.stream)
        if run is None or marks.begins or self._is_another(run, marks.request_id):
            if run is not None:
                self._close(run)
            run = self._runs[line.stream] = _Run(deque(maxlen=self._most), began=line.timestamp)
        run.request_id = marks.request_id or run.request_id
        return run

    @staticmethod
    def _is_another(run: _Run, named: str | None) -> bool:
        """Whether a line begins a new run by what it names; after its end only what names the run is its own."""
        if named is None:
            return run.is_over
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
        self._kept: list[tuple[int, str, int, LogLine, str | None]] = []

    def add(self, line: LogLine, request_id: str | None) -> None:
        """Take a line."""
        self._kept.append((line.timestamp, line.stream, line.sequence, line, request_id))
        if len(self._kept) >= 2 * self._most:
            self._trim()

    def _trim(self) -> None:
        # Ties keep the order of their stream, and streams the order of their names, in every run alike.
        self._kept.sort(key=lambda kept: kept[:3])
        del self._kept[: -self._most]

    def newest_first(self, level_of: LevelOf) -> Iterator[LogEvent]:
        """The events, the newest first; ``level_of`` reads the severity of a message."""
        self._trim()
        return (line.event(request_id, level_of) for *_, line, request_id in reversed(self._kept))
