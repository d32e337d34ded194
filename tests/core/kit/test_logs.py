"""Logs are read newest first and by run, from a place that answers oldest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import attrs
import pytest

from taskflows_cloud_core import LogQuery, OperationError
from taskflows_cloud_core.kit import LineMarks, LogRow, read_log_page
from taskflows_cloud_core.results import Level, LogEvent

END = datetime(2026, 1, 1, tzinfo=UTC)
END_MS = int(END.timestamp() * 1000)


@attrs.define(kw_only=True)
class Place:
    """A log of lines such as ``"begin r1"``, ``"r1: hello"``, ``"failed r1"``, ``"end r1"``."""

    lines: list[LogRow]
    longest_run_ms: int = 60_000
    created_ms: int = 0
    read: int = 0

    def rows(self, begin_ms: int, end_ms: int, *, request_id: str | None = None) -> Iterator[LogRow]:
        for row in sorted(self.lines, key=lambda row: row.timestamp):
            if begin_ms <= row.timestamp <= end_ms and (request_id is None or request_id in row.message):
                self.read += 1
                yield row

    def is_request_id(self, text: str) -> bool:
        return re.fullmatch(r"r\d+", text) is not None

    def read_marks(self, message: str) -> LineMarks:
        found = re.match(r"(?P<mark>begin |failed |end )?(?P<id>r\d+)", message)
        if found is None:
            return LineMarks()
        mark = found["mark"]
        return LineMarks(
            request_id=found["id"], begins=mark == "begin ", ends=mark == "end ", is_failure=mark == "failed "
        )

    def level_of(self, message: str) -> Level | None:
        return "ERROR" if message.startswith("failed") else None


def row(seconds_before_end: float, message: str, stream: str = "a") -> LogRow:
    return LogRow(timestamp=END_MS - int(seconds_before_end * 1000), message=message + "\n", stream=stream)


def run(name: str, seconds_before_end: float, *messages: str, stream: str = "a") -> list[LogRow]:
    lines = [f"begin {name}", *messages, f"end {name}"]
    return [row(seconds_before_end - index / 10, line, stream) for index, line in enumerate(lines)]


def whole(place: Place, **query: object) -> list[LogEvent]:
    events: list[LogEvent] = []
    token: str | None = None
    while True:
        page = read_log_page(place, LogQuery(end_time=END, **query), token)  # type: ignore[arg-type]
        events += page.events
        token = page.token
        if token is None:
            return events


def messages(events: list[LogEvent]) -> list[str]:
    return [event.message for event in events]


def test_the_newest_lines_come_first_with_their_run() -> None:
    place = Place(lines=[*run("r1", 50, "hello"), *run("r2", 20, "world")])
    events = whole(place)
    assert messages(events) == ["end r2", "world", "begin r2", "end r1", "hello", "begin r1"]
    assert [event.request_id for event in events] == ["r2"] * 3 + ["r1"] * 3
    assert events[0].timestamp == END - timedelta(seconds=19.8)


def test_runs_side_by_side_keep_their_lines() -> None:
    place = Place(lines=[*run("r1", 50, "one", stream="a"), *run("r2", 49.95, "two", stream="b")])
    assert {event.message: event.request_id for event in whole(place)}["two"] == "r2"
    assert messages(whole(place, request_id="r1")) == ["end r1", "one", "begin r1"]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_join_without_gaps_or_doubles(limit: int) -> None:
    # Five lines share each timestamp.
    place = Place(lines=[row(1000 - number // 5, f"line {number}", f"s{number % 5}") for number in range(60)])
    events = whole(place, limit=limit)
    assert len({event.event_id for event in events}) == len(events) == 60
    assert [event.timestamp for event in events] == sorted((event.timestamp for event in events), reverse=True)


def test_no_more_is_read_than_is_asked_for() -> None:
    place = Place(lines=[row(60 * number, f"line {number}") for number in range(1, 5000)])
    read_log_page(place, LogQuery(limit=3, end_time=END), None)
    assert place.read < 50


def test_only_failed_runs() -> None:
    place = Place(lines=[*run("r1", 50, "fine"), *run("r2", 40, "about to fail", "failed r2"), *run("r3", 30)])
    events = whole(place, failed_only=True)
    assert messages(events) == ["end r2", "failed r2", "about to fail", "begin r2"]
    assert [event.level for event in events] == [None, "ERROR", None, None]


def test_a_run_that_failed_after_the_end_of_the_query_is_a_failed_one() -> None:
    place = Place(lines=[row(5, "begin r1"), row(4, "working"), row(-5, "failed r1")])
    assert messages(whole(place, failed_only=True)) == ["working", "begin r1"]


def test_a_text_in_the_message_and_a_start_time() -> None:
    place = Place(lines=[row(50, "Early HELLO"), row(20, "late hello"), row(10, "other")])
    assert messages(whole(place, contains="hello")) == ["late hello", "Early HELLO"]
    assert messages(whole(place, start_time=END - timedelta(seconds=30))) == ["other", "late hello"]


def test_a_token_of_something_else_is_refused() -> None:
    with pytest.raises(OperationError, match="'x' is no token of this log"):
        read_log_page(Place(lines=[]), LogQuery(), "x")


def test_an_empty_log_is_an_empty_page() -> None:
    page = read_log_page(Place(lines=[]), LogQuery(), None)
    assert (page.events, page.token) == ((), None)
