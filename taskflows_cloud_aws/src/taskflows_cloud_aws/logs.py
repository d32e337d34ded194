"""Reading a function's log from CloudWatch, the newest events first, over all streams together.

CloudWatch answers oldest first. So the time before the wanted end is cut into windows that grow, the newest
window is read first, and no more is read than is asked for.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

from taskflows_cloud_aws import function_access
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.log_lines import to_events
from taskflows_cloud_aws.resources.log_group import find_log_group
from taskflows_cloud_core import LogEvent, LogPage, LogQuery, OperationError

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
    first_ms = max(_milliseconds(query.start_time) or 0, group.get("creationTime", 0))
    wanted = place.skip + query.limit + 1
    found = _newest(session, group["logGroupName"], place.last_ms, first_ms, wanted, query.request_id)
    return _page(found, place, query.limit)


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


def _newest(
    session: AwsSession, group: str, last_ms: int, first_ms: int, wanted: int, request_id: str | None
) -> list[LogEvent]:
    """The newest events of a span, newest first; at most ``wanted``."""
    newest: list[LogEvent] = []
    for begin, end in windows(first_ms, last_ms):
        rows = _read_window(session, group, begin, end, None if request_id else wanted)
        events = [event for event in to_events(rows) if request_id in (None, event.request_id)]
        newest += reversed(events)
        if len(newest) >= wanted:
            break
    return newest[:wanted]


def windows(first_ms: int, last_ms: int) -> Iterator[tuple[int, int]]:
    """Cut a span, both ends included, into windows that grow towards the past; the newest comes first."""
    end, size = last_ms, _FIRST_WINDOW_MS
    while end >= first_ms:
        begin = max(first_ms, end - size + 1)
        yield begin, end
        end, size = begin - 1, size * _GROWTH


def _read_window(session: AwsSession, group: str, begin: int, end: int, wanted: int | None) -> list[dict[str, Any]]:
    """The newest rows of a window in the order of time; all of them when ``wanted`` is ``None``."""
    rows: list[dict[str, Any]] = []
    pages = session.logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=begin, endTime=end)
    # A page may be empty although there are more: the paginator follows the tokens, not the events.
    for page in pages:
        rows += (dict(row) for row in page["events"])
        # Ties keep the order of their stream, and streams the order of their names, in every run alike.
        rows.sort(key=lambda row: (row["timestamp"], row["logStreamName"]))
        if wanted is not None:
            del rows[:-wanted]
    return rows
