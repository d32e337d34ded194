"""Following a log: each event once, in order, with little in memory, and without reading all again."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from taskflows_cloud_core import LogEvent, LogPage, LogQuery
from taskflows_cloud_core.environment.log_reading import follow_events

START = datetime(2026, 1, 1, tzinfo=UTC)


@attrs.define
class Log:
    """A log in the order of time, read in pages, that remembers how it was read."""

    events: list[LogEvent]
    page_size: int = 10_000
    queries: list[LogQuery] = attrs.Factory(list)
    most_at_once: int = 0

    def get_page(self, query: LogQuery, token: str | None) -> LogPage:
        if token is None:
            self.queries.append(query)
        wanted = [
            event
            for event in self.events
            if (query.start_time is None or event.timestamp >= query.start_time)
            and (query.end_time is None or event.timestamp < query.end_time)
        ][::-1]
        first = int(token or 0)
        size = min(self.page_size, query.limit)
        self.most_at_once = max(self.most_at_once, first + size)
        last = first + size
        return LogPage(events=wanted[first:last], token=str(last) if last < len(wanted) else None)


def events_at(moments: Sequence[datetime]) -> list[LogEvent]:
    return [LogEvent(timestamp=at, message=f"line {n}", event_id=str(n)) for n, at in enumerate(moments)]


def follow(log: Log, count: int, **query: object) -> list[LogEvent]:
    wanted = LogQuery(**{"start_time": START, **query})  # type: ignore[arg-type]
    events = follow_events(log.get_page, wanted, longest_run=timedelta, poll_seconds=0.001, stop=threading.Event())
    return list(itertools.islice(events, count))


@pytest.mark.parametrize(
    "moments",
    [
        [START + timedelta(seconds=n) for n in range(45_000)],
        [START + timedelta(microseconds=n) for n in range(25_000)],
        [*[START] * 5, *(START + timedelta(days=300, milliseconds=n // 9) for n in range(30_000))],
        [START + timedelta(days=n // 100) for n in range(25_000)],
    ],
    ids=["evenly", "burst", "late burst", "daily"],
)
@pytest.mark.parametrize("page_size", [1000, 10_000])
def test_a_long_log_in_order_a_part_at_a_time(moments: list[datetime], page_size: int) -> None:
    log = Log(events_at(moments), page_size=page_size)

    assert follow(log, len(moments)) == log.events
    assert log.most_at_once <= 20_000
    assert len(log.queries) < 100


def test_many_events_of_one_moment() -> None:
    log = Log(events_at([START] * 25_000))
    assert {event.message for event in follow(log, 25_000)} == {event.message for event in log.events}


def test_a_text_that_does_not_come_is_not_looked_for_in_the_old_log_again() -> None:
    log = Log([LogEvent(timestamp=START, message="old")])
    begun = datetime.now(UTC)

    def come() -> None:
        log.events.append(LogEvent(timestamp=datetime.now(UTC), message="the TEXT at last"))

    threading.Timer(0.05, come).start()
    (event,) = follow(log, 1, contains="text")

    assert event.message == "the TEXT at last"
    assert log.queries[0].start_time == START
    assert log.queries[-1].start_time is not None
    assert log.queries[-1].start_time > begun - timedelta(minutes=6)


def test_lines_of_a_run_that_fails_late_still_come() -> None:
    """A provider with failed runs only shows lines when their run has failed."""
    now = datetime.now(UTC)
    lines = [LogEvent(timestamp=now - timedelta(minutes=m), message=f"{m}", event_id=f"{m}") for m in (14, 7, 0)]
    shown: list[LogEvent] = [lines[2]]
    log = Log(shown)
    stop = threading.Event()
    query = LogQuery(start_time=now - timedelta(hours=1), failed_only=True)
    events = follow_events(
        log.get_page, query, longest_run=lambda: timedelta(minutes=15), poll_seconds=0.001, stop=stop
    )
    assert next(events).message == "0"
    shown[:] = lines
    assert [next(events).message, next(events).message] == ["14", "7"]


def test_how_long_a_run_may_take_is_asked_once_and_only_for_failed_runs() -> None:
    log = Log(events_at([START, START + timedelta(seconds=1)]))
    asked = []

    def longest_run() -> timedelta:
        asked.append(1)
        return timedelta(minutes=15)

    for failed_only, times in ((False, 0), (True, 1)):
        query = LogQuery(start_time=START, failed_only=failed_only)
        stop = threading.Event()
        events = follow_events(log.get_page, query, longest_run=longest_run, poll_seconds=0.001, stop=stop)
        assert [next(events), next(events)] == log.events
        log.events.append(LogEvent(timestamp=datetime.now(UTC), message="more", event_id=f"more {failed_only}"))
        assert next(events).message == "more"
        stop.set()
        assert len(asked) == times
        log.events.pop()
