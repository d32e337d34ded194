"""Pages of a log that is at hand as a whole."""

from __future__ import annotations

from collections.abc import Iterable

from taskflows_cloud_core.results import LogEvent, LogPage, LogQuery


def page_of_events(events: Iterable[LogEvent], query: LogQuery, token: str | None) -> LogPage:
    """One page of what a query wants, newest first.

    Args:
        events: All of the log in the order of time, each with an ``event_id`` of its own.
        query: Which of them are wanted; failed runs are not told from others.
        token: Of the page before; lines that came since then do no harm.

    Returns:
        The page. The token is the ID of its last event; an event that is gone by then ends the log.
    """
    wanted = [
        event
        for event in events
        if (query.start_time is None or event.timestamp >= query.start_time)
        and (query.end_time is None or event.timestamp < query.end_time)
        and query.request_id in (None, event.request_id)
    ]
    identifiers = [event.event_id for event in wanted]
    end = len(wanted) if token is None else identifiers.index(token) if token in identifiers else 0
    first = max(0, end - query.limit)
    page = wanted[first:end][::-1]
    return LogPage(events=page, token=page[-1].event_id if first else None)
