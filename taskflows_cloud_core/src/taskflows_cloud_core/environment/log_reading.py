"""Read logs: the newest events of a log, and new events as they arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypeAlias

import attrs

from taskflows_cloud_core.environment.arguments import require_name
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.operations import describe_function
from taskflows_cloud_core.results import LogEvent, LogPage, LogQuery

GetPage: TypeAlias = Callable[[LogQuery, str | None], LogPage]

# Events may arrive late; a follower looks back this far for those that it has not seen.
# Of a provider that stops no run.
_LONGEST_RUN = timedelta(hours=1)
_LATENESS = timedelta(seconds=30)
# How far this machine's clock and the log's may be apart.
_CLOCKS_DIFFER = timedelta(minutes=5)
# How many events a follower holds at once.
_FOLLOW_PAGE = 10_000
_SHORTEST_SLICE = timedelta(milliseconds=1)


def get_logs(connection: Connection, name: str, query: LogQuery) -> list[LogEvent]:
    """Read the newest events of a function's log; see `CloudEnvironment.get_function_logs`."""
    return newest_events(_pages(connection, name, query), query)


def follow_logs(
    connection: Connection, name: str, query: LogQuery, *, poll_seconds: float, stop: threading.Event | None
) -> Iterator[LogEvent]:
    """Yield the events of a function's log as they arrive; see `CloudEnvironment.follow_function_logs`."""
    return follow_events(
        _pages(connection, name, query),
        query,
        longest_run=partial(_longest_run, connection, name),
        poll_seconds=poll_seconds,
        stop=stop or threading.Event(),
    )


def _longest_run(connection: Connection, name: str) -> timedelta:
    config = describe_function(connection, name).config.resolved(connection.provider.info.defaults)
    return _LONGEST_RUN if config.timeout_seconds is None else timedelta(seconds=config.timeout_seconds)


def _pages(connection: Connection, name: str, query: LogQuery) -> GetPage:
    require_name(name)
    if query.failed_only:
        connection.require_capability("failed_logs", "cannot tell the logs of failed runs from the others")
    return partial(_page, connection, name)


def _page(connection: Connection, name: str, query: LogQuery, token: str | None) -> LogPage:
    page: LogPage = connection.call("get_logs", name=name, query=query, token=token)
    return page


def newest_events(get_page: GetPage, query: LogQuery) -> list[LogEvent]:
    """Collect the newest events of a query.

    Args:
        get_page: Reads one page.
        query: Which events are wanted.

    Returns:
        At most ``query.limit`` events in the order of time; those of one moment in the order of the log.
    """
    return _in_time_order(islice(_newest_first(get_page, query), query.limit))


def _in_time_order(newest_first: Iterable[LogEvent]) -> list[LogEvent]:
    events = list(newest_first)
    # Before sorting, so that events of one moment stay in the order of the log.
    events.reverse()
    events.sort(key=lambda event: event.timestamp)
    return events


def _newest_first(get_page: GetPage, query: LogQuery) -> Iterator[LogEvent]:
    """All events of a query, page by page."""
    wanted = (query.contains or "").casefold()
    token: str | None = None
    while True:
        page = get_page(query, token)
        yield from (event for event in page.events if wanted in event.message.casefold())
        if page.token is None or page.token == token:
            return
        token = page.token


def follow_events(
    get_page: GetPage,
    query: LogQuery,
    *,
    longest_run: Callable[[], timedelta],
    poll_seconds: float,
    stop: threading.Event,
) -> Iterator[LogEvent]:
    """Yield events as they come, each once, until ``stop`` is set.

    Args:
        get_page: Reads one page.
        query: Which events are wanted; nothing before ``query.start_time`` is yielded.
        longest_run: How long one run may take. Asked once, and only where events of failed runs alone are wanted:
            their first line becomes one when the run ends.
        poll_seconds: How long to wait between two looks.
        stop: Ends the iteration.
    """
    lateness = _LATENESS + (longest_run() if query.failed_only else timedelta())
    since = query.start_time or datetime.now(UTC)
    seen: dict[str, datetime] = {}
    while True:
        looked_at = datetime.now(UTC)
        for events in _slices(get_page, attrs.evolve(query, start_time=since)):
            for event in events:
                identity = event.event_id or f"{event.timestamp.isoformat()} {event.message}"
                if identity not in seen:
                    seen[identity] = event.timestamp
                    yield event
            if seen:
                since = max(since, max(seen.values()) - lateness)
                seen = {identity: moment for identity, moment in seen.items() if moment >= since}
        # Also where nothing of what is wanted comes, not all of the log is read again at every look.
        since = max(since, looked_at - max(lateness, _CLOCKS_DIFFER))
        if stop.wait(poll_seconds):
            return


def _slices(get_page: GetPage, query: LogQuery) -> Iterator[list[LogEvent]]:
    """All events from ``query.start_time`` on, the oldest first, in parts that need little memory.

    Pages come newest first. So a span with too many events is cut in two, and the older part is read first.
    """
    begin = query.start_time or datetime.now(UTC)
    end: datetime | None = None
    while True:
        window = attrs.evolve(query, start_time=begin, end_time=end, limit=_FOLLOW_PAGE)
        newest_first = _newest_first(get_page, window)
        events = list(islice(newest_first, _FOLLOW_PAGE + 1))
        if len(events) > _FOLLOW_PAGE:
            middle = max(begin + (events[-1].timestamp - begin) / 2, begin + _SHORTEST_SLICE)
            if end is None or middle < end:
                end = middle
                continue
            # Too many share one timestamp to split further.
            events += newest_first
        yield _in_time_order(events)
        if end is None:
            return
        begin, end = end, end + 2 * (end - begin)
        if end >= datetime.now(UTC):
            end = None
