"""Pages of a log that is at hand as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from taskflows_cloud_core import LogEvent, LogQuery
from taskflows_cloud_core.kit import page_of_events

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def log(count: int) -> list[LogEvent]:
    return [
        LogEvent(
            timestamp=BEGIN + timedelta(seconds=number),
            message=f"line {number}",
            event_id=str(number),
            request_id="odd" if number % 2 else "even",
        )
        for number in range(count)
    ]


def all_pages(events: list[LogEvent], query: LogQuery, coming: int = 0) -> list[list[str]]:
    """The messages of each page; lines come in between."""
    pages, token = [], None
    while True:
        page = page_of_events(events, query, token)
        pages.append([event.message for event in page.events])
        token = page.token
        if token is None:
            return pages
        events = log(len(events) + coming)


def test_pages_are_newest_first_and_none_is_lost_or_doubled() -> None:
    expected = [["line 4", "line 3"], ["line 2", "line 1"], ["line 0"]]
    assert all_pages(log(5), LogQuery(limit=2)) == expected
    assert all_pages(log(5), LogQuery(limit=2), coming=7) == expected


def test_an_empty_log_has_an_empty_page() -> None:
    assert all_pages([], LogQuery(limit=2)) == [[]]


def test_only_what_is_wanted() -> None:
    span = LogQuery(limit=9, start_time=BEGIN + timedelta(seconds=1), end_time=BEGIN + timedelta(seconds=3))
    assert all_pages(log(5), span) == [["line 2", "line 1"]]
    assert all_pages(log(5), LogQuery(limit=9, request_id="odd")) == [["line 3", "line 1"]]


def test_a_log_whose_rest_is_gone_has_ended() -> None:
    page = page_of_events(log(5)[3:], LogQuery(limit=2), "1")
    assert (page.events, page.token) == ((), None)
