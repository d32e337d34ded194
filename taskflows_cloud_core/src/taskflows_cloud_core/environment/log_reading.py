"""Reading a log from a provider's pages: the newest events, and following what comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeAlias

import attrs

from taskflows_cloud_core.results import LogEvent, LogPage, LogQuery

GetPage: TypeAlias = Callable[[LogQuery, str | None], LogPage]

# Events may arrive late; a follower looks back this far for those that it has not seen.
_LATENESS = timedelta(seconds=30)
# Lines of a run are wanted only when it has failed. AWS Lambda has the longest runs of the clouds that cut them short:
# 15 minutes ("Lambda quotas", gettingstarted-limits.html, 2026-11-24).
_LATENESS_OF_FAILURES = timedelta(minutes=20)
# How far this machine's clock and the log's may be apart; AWS refuses requests beyond it (RequestTimeTooSkewed).
_CLOCKS_DIFFER = timedelta(minutes=5)
# How many events a follower holds at once.
_FOLLOW_PAGE = 10_000
_SHORTEST_SLICE = timedelta(milliseconds=1)


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
    get_page: GetPage, query: LogQuery, *, poll_seconds: float, stop: threading.Event
) -> Iterator[LogEvent]:
    """Yield events as they come, each once, until ``stop`` is set.

    Args:
        get_page: Reads one page.
        query: Which events are wanted; nothing before ``query.start_time`` is yielded.
        poll_seconds: How long to wait between two looks.
        stop: Ends the iteration.
    """
    lateness = _LATENESS_OF_FAILURES if query.failed_only else _LATENESS
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
            # So many at one moment have to be borne.
            events += newest_first
        yield _in_time_order(events)
        if end is None:
            return
        begin, end = end, end + 2 * (end - begin)
        if end >= datetime.now(UTC):
            end = None


def as_span(start: datetime | int | None, end: datetime | int | None) -> tuple[datetime | None, datetime | None]:
    """Take the two ends of a span of time, as `as_moment` does.

    Raises:
        TypeError: One of them is no moment.
        ValueError: A datetime without a zone, or the end lies before the start.
    """
    first, last = as_moment(start, "start_time"), as_moment(end, "end_time")
    if first is not None and last is not None and last < first:
        raise ValueError(f"end_time {last.isoformat()} lies before start_time {first.isoformat()}")
    return first, last


def as_moment(value: datetime | int | None, name: str) -> datetime | None:
    """Take an aware datetime, or milliseconds since the epoch as ``taskflows.cloud`` had them.

    Raises:
        TypeError: Neither.
        ValueError: A datetime without a zone.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{name} has no time zone; pass an aware datetime")
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an aware datetime or an int of milliseconds, not {type(value).__name__}")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{name} is {value}; that is no moment in milliseconds since 1970") from error
