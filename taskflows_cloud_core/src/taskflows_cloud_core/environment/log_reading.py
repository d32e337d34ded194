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
# How many events of a page a follower asks for; it reads pages until there is none.
_FOLLOW_PAGE = 1000


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
    since = query.start_time or datetime.now(UTC)
    seen: dict[str, datetime] = {}
    while True:
        window = attrs.evolve(query, start_time=since, limit=_FOLLOW_PAGE)
        for event in _in_time_order(_newest_first(get_page, window)):
            identity = event.event_id or f"{event.timestamp.isoformat()} {event.message}"
            if identity not in seen:
                seen[identity] = event.timestamp
                yield event
        if seen:
            since = max(since, max(seen.values()) - _LATENESS)
            seen = {identity: moment for identity, moment in seen.items() if moment >= since}
        if stop.wait(poll_seconds):
            return


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
