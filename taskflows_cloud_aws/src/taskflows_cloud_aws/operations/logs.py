"""Reading a function's log from CloudWatch, the newest events first, over all streams together.

CloudWatch answers oldest first. So the time before the wanted end is cut into windows that grow, the newest
window is read first, and no more is read than is asked for. Of what is read only what is wanted is kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from taskflows_cloud_aws.limits import TIMEOUT_SECONDS
from taskflows_cloud_aws.operations.log_lines import UUID
from taskflows_cloud_aws.operations.log_runs import Line, Newest, RunReader
from taskflows_cloud_aws.resources import function_access
from taskflows_cloud_aws.resources.log_group import find_log_group
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import LogEvent, LogPage, LogQuery, OperationError

_FIRST_WINDOW_MS, _GROWTH = 60_000, 4
# A machine's clock may be behind; nothing that was logged "in the future" is lost.
_AHEAD_MS = 60_000
# The first and the last line of a run are not further apart.
_LONGEST_RUN_MS = TIMEOUT_SECONDS[-1] * 1000 + 60_000
_TOKEN = re.compile(r"(?P<end>\d{1,15}):(?P<skip>\d{1,9})")


@attrs.frozen
class _Place:
    """Where reading goes on: at events not after ``last_ms``, without the newest ``skip`` of just that moment."""

    last_ms: int
    skip: int

    def __str__(self) -> str:
        return f"{self.last_ms}:{self.skip}"


def get_logs(session: AwsSession, name: str, query: LogQuery, token: str | None) -> LogPage:
    """Read one page, newest first.

    Args:
        session: Clients.
        name: The function's name.
        query: Which events.
        token: ``None`` for the newest page, else what the page before gave.

    Returns:
        At most ``query.limit`` events. Empty for a function that never ran.

    Raises:
        FunctionNotFoundError: There is neither a log nor such a function.
        OperationError: The token is none of ours.
    """
    group = find_log_group(session.logs, f"/aws/lambda/{name}")
    if group is None:
        function_access.require_ours(session, name)
        return LogPage()
    place = _place(query, token)
    wanted = place.skip + query.limit + 1
    reading = _Reading(session, group["logGroupName"], query, wanted, made_ms=group.get("creationTime", 0))
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


def windows(first_ms: int, last_ms: int, *, made_ms: int = 0) -> Iterator[tuple[int, int]]:
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
    """Reads spans of one log group.

    Args:
        session: Clients.
        group: The name of the log group.
        query: Which events are wanted.
        wanted: How many.
        made_ms: When the log group was made.
    """

    def __init__(self, session: AwsSession, group: str, query: LogQuery, wanted: int, *, made_ms: int) -> None:
        self._session = session
        self._made_ms = made_ms
        self._group = group
        self._query = query
        self._wanted = wanted
        self._text = (query.contains or "").casefold()
        self._failed: frozenset[str] = frozenset()

    def newest(self, first_ms: int, last_ms: int) -> list[LogEvent]:
        """The newest events of a span, both ends included, newest first; at most as many as are wanted."""
        first_ms, last_ms = self._narrowed(first_ms, last_ms)
        if self._query.failed_only:
            # A run that is under way at the end of the span may have failed later.
            self._read(last_ms + 1, last_ms + _LONGEST_RUN_MS)
        newest: list[LogEvent] = []
        for begin, end in windows(first_ms, last_ms, made_ms=self._made_ms):
            newest += self._read(begin, end)
            if len(newest) >= self._wanted:
                break
        return newest[: self._wanted]

    def _narrowed(self, first_ms: int, last_ms: int) -> tuple[int, int]:
        """The part of a span in which an invocation is named, with room for lines before that do not name it."""
        request_id = self._query.request_id or ""
        if not re.fullmatch(UUID, request_id):
            return first_ms, last_ms
        moments = [row["timestamp"] for row in self._rows(first_ms, last_ms, f'"{request_id}"')]
        if not moments:
            return first_ms, last_ms
        return max(first_ms, min(moments) - _LONGEST_RUN_MS), max(moments)

    def _read(self, begin: int, end: int) -> Iterator[LogEvent]:
        """The wanted events of a window, newest first; the failed runs that began before it are remembered."""
        kept = Newest(self._wanted)

        def emit(line: Line, request_id: str | None) -> None:
            if line.timestamp >= begin and self._is_wanted(line, request_id):
                kept.add(line, request_id)

        failed_only = self._query.failed_only
        reader = RunReader(emit, most=self._wanted, failed_only=failed_only, failed=self._failed)
        for row in self._rows(begin - _LONGEST_RUN_MS if failed_only else begin, end):
            reader.take(row)
        reader.finish()
        self._failed = frozenset(name for name, began in reader.failed.items() if began < begin)
        return kept.newest_first()

    def _is_wanted(self, line: Line, request_id: str | None) -> bool:
        if self._query.request_id not in (None, request_id):
            return False
        return not self._text or self._text in line.message.casefold()

    def _rows(self, begin: int, end: int, pattern: str = "") -> Iterator[dict[str, Any]]:
        """The rows of a span in the order of time, page by page."""
        request: dict[str, Any] = {"logGroupName": self._group, "startTime": max(begin, 0), "endTime": end}
        if pattern:
            request["filterPattern"] = pattern
        # A page may be empty although there are more: the paginator follows the tokens, not the events.
        for page in self._session.logs.get_paginator("filter_log_events").paginate(**request):
            yield from (dict(row) for row in page["events"])
