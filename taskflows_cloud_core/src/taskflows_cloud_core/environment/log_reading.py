"""Reading a log from a provider's pages: the newest events, and following what comes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import attrs

from taskflows_cloud_core.results import LogEvent, LogPage, LogQuery

GetPage: TypeAlias = Callable[[LogQuery, str | None], LogPage]

# Events may arrive late; a follower looks back this far for those that it has not seen.
_LATENESS = timedelta(seconds=30)
_FOLLOW_LIMIT = 10_000


def newest_events(get_page: GetPage, query: LogQuery) -> list[LogEvent]:
    """Collect the newest events of a query.

    Args:
        get_page: Reads one page.
        query: Which events are wanted.

    Returns:
        At most ``query.limit`` events in the order of time; those of one moment in the order of the log.
    """
    newest_first: list[LogEvent] = []
    token: str | None = None
    while len(newest_first) < query.limit:
        page = get_page(query, token)
        newest_first += page.events
        if page.token is None or page.token == token:
            break
        token = page.token
    in_time_order = newest_first[: query.limit][::-1]
    return sorted(in_time_order, key=lambda event: event.timestamp)


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
        window = attrs.evolve(query, start_time=since, limit=_FOLLOW_LIMIT)
        for event in newest_events(get_page, window):
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
    return datetime.fromtimestamp(value / 1000, UTC)
