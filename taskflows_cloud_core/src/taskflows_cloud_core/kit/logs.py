"""Read logs newest first, over all runs together, from clouds that answer oldest first.

The time before the wanted end is cut into windows that grow; the newest window is read first, and no more is read than
is asked for. Of what is read only what is wanted is kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.kit.log_runs import LineMarks, LogLine, LogRow, Newest, RunReader
from taskflows_cloud_core.results import Level, LogEvent, LogPage, LogQuery

_FIRST_WINDOW_MS, _GROWTH = 60_000, 4
# A machine's clock may be behind; nothing that was logged "in the future" is lost.
_AHEAD_MS = 60_000
_TOKEN = re.compile(r"(?P<end>\d{1,15}):(?P<skip>\d{1,9})")


@attrs.frozen
class _Place:
    """Where reading goes on: at events not after ``last_ms``, without the newest ``skip`` of just that moment."""

    last_ms: int
    skip: int

    def __str__(self) -> str:
        return f"{self.last_ms}:{self.skip}"


class LogSource(Protocol):
    """Where the log of one function is read from."""

    longest_run_ms: int
    """How far apart the first and the last line of a run can be, in milliseconds."""
    created_ms: int
    """When the log was made, in milliseconds since 1970; 0 when unknown."""

    def rows(self, begin_ms: int, end_ms: int, *, request_id: str | None = None) -> Iterator[LogRow]:
        """Read a span of time, both ends included, oldest first.

        Args:
            begin_ms: In milliseconds since 1970.
            end_ms: In milliseconds since 1970.
            request_id: Rows that do not contain this text may be left out.
        """

    def is_request_id(self, text: str) -> bool:
        """Whether a text has the form of the ID of a run, which the cloud can search for."""

    def read_marks(self, message: str) -> LineMarks:
        """What a line says of its run."""

    def level_of(self, message: str) -> Level | None:
        """The severity of a line."""


def read_log_page(source: LogSource, query: LogQuery, token: str | None) -> LogPage:
    """Read one page, newest first.

    Args:
        source: The log.
        query: Which events.
        token: ``None`` for the newest page, else that of the page before.

    Returns:
        At most ``query.limit`` events.

    Raises:
        OperationError: The token is not one of this function's.
    """
    place = _place(query, token)
    reading = _Reading(source, query, place.skip + query.limit + 1)
    first_ms = _milliseconds(query.start_time) or 0
    return _page(reading.newest(first_ms, place.last_ms), place, query.limit)


def _place(query: LogQuery, token: str | None) -> _Place:
    if token is None:
        end = _milliseconds(query.end_time)
        return _Place(int(time.time() * 1000) + _AHEAD_MS if end is None else end - 1, 0)
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise OperationError(f"{token!r} is no token of this log; begin again without one")
    return _Place(int(match["end"]), int(match["skip"]))


def _milliseconds(moment: datetime | None) -> int | None:
    # Up to the next whole millisecond: nothing before the moment is taken for it.
    return None if moment is None else -int(-moment.timestamp() * 1000 // 1)


def _page(found: list[LogEvent], place: _Place, limit: int) -> LogPage:
    """Cut a page out of events that are newest first and begin at ``place``."""
    same_moment = sum(_ms(event) == place.last_ms for event in found)
    rest = found[min(place.skip, same_moment) :]
    events = rest[:limit]
    if len(rest) <= limit:
        return LogPage(events=events)
    last = _ms(events[-1])
    given = sum(_ms(event) == last for event in events) + (place.skip if last == place.last_ms else 0)
    return LogPage(events=events, token=str(_Place(last, given)))


def _ms(event: LogEvent) -> int:
    return round(event.timestamp.timestamp() * 1000)


def _windows(first_ms: int, last_ms: int, *, made_ms: int = 0) -> Iterator[tuple[int, int]]:
    """Cut a span, both ends included, into windows that grow towards the past; the newest comes first.

    The one that reaches the making of the log takes the rest as well: there are few older events, if any.
    """
    end, size = last_ms, _FIRST_WINDOW_MS
    while end >= first_ms:
        begin = end - size + 1
        if begin <= max(first_ms, made_ms):
            begin = first_ms
        yield begin, end
        end, size = begin - 1, size * _GROWTH


class _Reading:
    """Reads spans of one log.

    Args:
        source: The log.
        query: Which events are wanted.
        wanted: How many.
    """

    def __init__(self, source: LogSource, query: LogQuery, wanted: int) -> None:
        self._source = source
        self._query = query
        self._wanted = wanted
        self._text = (query.contains or "").casefold()
        self._failed: frozenset[str] = frozenset()

    def newest(self, first_ms: int, last_ms: int) -> list[LogEvent]:
        """The newest events of a span, both ends included, newest first; at most as many as are wanted."""
        first_ms, last_ms = self._narrowed(first_ms, last_ms)
        if self._query.failed_only:
            # A run that is under way at the end of the span may have failed later.
            self._read(last_ms + 1, last_ms + self._source.longest_run_ms)
        newest: list[LogEvent] = []
        for begin, end in _windows(first_ms, last_ms, made_ms=self._source.created_ms):
            newest += self._read(begin, end)
            if len(newest) >= self._wanted:
                break
        return newest[: self._wanted]

    def _narrowed(self, first_ms: int, last_ms: int) -> tuple[int, int]:
        """The part of a span in which a run is named, padded for earlier lines without its ID."""
        request_id = self._query.request_id or ""
        if not self._source.is_request_id(request_id):
            return first_ms, last_ms
        times = [row.timestamp for row in self._source.rows(max(first_ms, 0), last_ms, request_id=request_id)]
        if not times:
            return first_ms, last_ms
        return max(first_ms, min(times) - self._source.longest_run_ms), max(times)

    def _read(self, begin: int, end: int) -> Iterator[LogEvent]:
        """The wanted events of a window, newest first; the failed runs that began before it are remembered."""
        kept = Newest(self._wanted)

        def emit(line: LogLine, request_id: str | None) -> None:
            if line.timestamp >= begin and self._is_wanted(line, request_id):
                kept.add(line, request_id)

        failed_only = self._query.failed_only
        reader = RunReader(
            emit,
            read_marks=self._source.read_marks,
            most=self._wanted,
            failed_only=failed_only,
            failed=self._failed,
        )
        earliest = begin - self._source.longest_run_ms if failed_only else begin
        for row in self._source.rows(max(earliest, 0), end):
            reader.take(row)
        reader.finish()
        self._failed = frozenset(name for name, began in reader.failed.items() if began < begin)
        return kept.newest_first(self._source.level_of)

    def _is_wanted(self, line: LogLine, request_id: str | None) -> bool:
        if self._query.request_id not in (None, request_id):
            return False
        return not self._text or self._text in line.message.casefold()
