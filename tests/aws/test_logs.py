"""The newest events over all streams, in the order of time, page by page."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_aws import plugin
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.options import AwsOptions
from taskflows_cloud_core import LogQuery, OperationError
from tests.aws.account import answer, client, config

GROUP = "/aws/lambda/job"
FIRST = "11111111-1111-1111-1111-111111111111"
SECOND = "22222222-2222-2222-2222-222222222222"


@pytest.fixture
def job(env, jobs):
    assert env.deploy_function(jobs.report, config(), [])
    return env


def now_ms():
    return int(time.time() * 1000)


def write(stream, *events):
    logs = client("logs")
    logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    rows = [{"timestamp": when, "message": message} for when, message in events]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=rows)


@pytest.fixture
def backdated(monkeypatch, job):
    """Let the log group be a day old, so that events of the past count."""
    from moto.logs.models import logs_backends

    group = logs_backends["123456789012"]["us-east-1"].groups[GROUP]
    group.creation_time = group.creation_time - timedelta(days=1)
    return job


def messages(events):
    return [event.message for event in events]


def test_a_function_that_never_ran_has_an_empty_log(job):
    assert job.get_function_logs("job") == []


def test_the_newest_of_all_streams_in_the_order_of_time(backdated):
    start = now_ms() - 3_600_000
    write("a", *((start + number * 2000, f"a{number}") for number in range(50)))
    write("b", *((start + number * 2000 + 1000, f"b{number}") for number in range(50)))

    events = backdated.get_function_logs("job", limit=5)

    assert messages(events) == ["b47", "a48", "b48", "a49", "b49"]
    assert events[-1].timestamp.tzinfo is not None


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_every_limit_gives_the_end_of_the_same_log(backdated, limit):
    start = now_ms() - 7_200_000
    # Many at one moment, over two streams, and far apart from the others.
    write("a", (start, "a0"), (start, "a1"), (start, "a2"), (start + 5_000_000, "a3"))
    write("b", (start, "b0"), (start, "b1"), (start + 6_000_000, "b2"), (start + 6_000_000, "b3"))
    whole = ["a0", "a1", "a2", "b0", "b1", "a3", "b2", "b3"]

    assert messages(backdated.get_function_logs("job", limit=limit)) == whole[-limit:]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 9])
def test_pages_join_without_loss_or_repetition(backdated, size):
    start = now_ms() - 7_200_000
    write("a", (start, "a0"), (start, "a1"), (start, "a2"), (start + 5_000_000, "a3"))
    write("b", (start, "b0"), (start, "b1"), (start + 6_000_000, "b2"), (start + 6_000_000, "b3"))
    session = AwsSession(AwsOptions(region="us-east-1"))

    newest_first, token, pages = [], None, 0
    while pages == 0 or token is not None:
        page = plugin.get_logs(session, "job", LogQuery(limit=size), token)
        newest_first += messages(page.events)
        token, pages = page.token, pages + 1
        assert len(page.events) <= size

    assert newest_first[::-1] == ["a0", "a1", "a2", "b0", "b1", "a3", "b2", "b3"]


def test_a_span_of_time(backdated):
    start = now_ms() - 3_600_000
    write("a", *((start + number * 1000, f"a{number}") for number in range(10)))
    moment = datetime.fromtimestamp(start / 1000, UTC)

    events = backdated.get_function_logs(
        "job", start_time=moment + timedelta(seconds=2), end_time=moment + timedelta(seconds=5)
    )

    assert messages(events) == ["a2", "a3", "a4"]


def test_lines_belong_to_their_invocation(backdated):
    start = now_ms() - 60_000
    write(
        "a",
        (start, "tail of a run that began before\n"),
        (start, f"REPORT RequestId: {FIRST}\tDuration: 12.5 ms"),
        (start + 1, f"START RequestId: {SECOND} Version: $LATEST"),
        (start + 2, "plain line"),
        (start + 3, f"[WARNING]\t2026-11-24T09:00:00.000Z\t{SECOND}\tcareful"),
        (start + 4, "[ERROR] ValueError: no"),
        (start + 5, f"END RequestId: {SECOND}"),
    )

    events = backdated.get_function_logs("job")

    assert [event.request_id for event in events] == [FIRST, FIRST, SECOND, SECOND, SECOND, SECOND, SECOND]
    assert [event.level for event in events] == [None, None, None, None, "WARNING", "ERROR", None]
    assert events[0].message == "tail of a run that began before"
    assert len({event.event_id for event in events}) == len(events)
    of_first = backdated.get_function_logs("job", request_id=FIRST)
    assert messages(of_first) == messages(events[:2])


def test_empty_pages_with_a_token_are_followed(backdated, aws):
    start = now_ms() - 1000
    event = {"timestamp": start, "message": "late", "logStreamName": "a", "eventId": "1"}
    pages = [
        {"events": [], "nextToken": "one"},
        {"events": [], "nextToken": "two"},
        {"events": [event]},
    ]
    aws.before = lambda _number, call: (
        answer(pages.pop(0)) if call == "cloudwatch-logs:FilterLogEvents" and pages else None
    )

    assert messages(backdated.get_function_logs("job", limit=1)) == ["late"]


def test_a_foreign_token_is_refused(job):
    session = AwsSession(AwsOptions(region="us-east-1"))
    with pytest.raises(OperationError, match="no token"):
        plugin.get_logs(session, "job", LogQuery(), "from elsewhere")


def test_control_characters_do_not_reach_a_terminal(backdated):
    write("a", (now_ms() - 1000, "\x1b[31mred"))

    (event,) = backdated.get_function_logs("job")

    assert "\x1b" not in str(event)
