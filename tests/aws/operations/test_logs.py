"""The newest events over all streams, in the order of time, page by page."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_aws import plugin
from taskflows_cloud_aws.operations.log_lines import level_of
from taskflows_cloud_aws.operations.logs import LogGroup, read_marks
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import LogQuery, OperationError
from taskflows_cloud_core.kit.log_runs import Newest, RunReader
from tests.aws.support.account import answer, client, config

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


def write_more(stream, rows):
    logs = client("logs")
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    batch = [{"timestamp": when, "message": message} for when, message in rows]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=batch)


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


def test_events_that_are_older_than_their_log_group_are_found(job, aws):
    """A log group that was made anew, or whose clock differs from the writer's."""
    old = now_ms() - 9 * 86_400_000
    write("a", (old, "old"), (old + 86_400_000, "less old"))
    write("b", (now_ms(), "new"))
    aws.clear()

    events = job.get_function_logs("job")

    assert messages(events) == ["old", "less old", "new"]
    assert aws.calls.count("cloudwatch-logs:FilterLogEvents") <= 2
    assert messages(job.get_function_logs("job", limit=2)) == ["less old", "new"]
    assert messages(job.get_function_logs("job", start_time=old + 1)) == ["less old", "new"]


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
    start = now_ms() + 30_000
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


REPORTED = "REPORT RequestId: {}\tDuration: 3000.00 ms\tBilled Duration: 3000 ms"
THIRD = "33333333-3333-3333-3333-333333333333"
FOURTH = "44444444-4444-4444-4444-444444444444"


def run_of(request, start, *lines, report=REPORTED):
    whole = [f"START RequestId: {request} Version: 1", *lines, f"END RequestId: {request}", report.format(request)]
    return [(start + number * 10, line) for number, line in enumerate(whole)]


@pytest.mark.parametrize(
    "failure",
    [
        ["[ERROR] ValueError: no rows\rTraceback (most recent call last):\r  File"],
        [f"2026-11-24T09:00:00.000Z {SECOND} Task timed out after 3.00 seconds\n\n"],
        [f"RequestId: {SECOND} Error: Runtime exited with error: signal: killed", "Runtime.ExitError"],
        [f"RequestId: {SECOND} Process exited before completing request"],
        ["Task timed out after 3.00 seconds"],
    ],
    ids=["exception", "timeout", "crash", "exit", "timeout of an emulator"],
)
def test_the_lines_of_failed_runs_alone(backdated, failure):
    start = now_ms() - 3_600_000
    caught = f"[ERROR]\t2026-11-24T09:00:00.000Z\t{FIRST}\tlogged, but caught"
    write("a", *run_of(FIRST, start, "fine", caught), *run_of(SECOND, start + 1000, "bad", *failure))
    write("b", *run_of(THIRD, start + 500, "fine too"))

    events = backdated.get_function_logs("job", failed_only=True)

    assert {event.request_id for event in events} == {SECOND}
    assert messages(events)[:2] == [f"START RequestId: {SECOND} Version: 1", "bad"]
    assert messages(events)[-1].startswith("REPORT")
    assert messages(backdated.get_function_logs("job", failed_only=True, contains="BAD")) == ["bad"]
    assert backdated.get_function_logs("job", failed_only=True, request_id=FIRST) == []


def test_a_status_in_the_report_and_lines_after_it(backdated):
    start = now_ms() - 3_600_000
    write("a", *run_of(FIRST, start, "one", report=REPORTED + "\tStatus: timeout"))
    write("b", *run_of(SECOND, start, "two"), (start + 100, f"x {SECOND} Task timed out after 3.00 seconds"))
    write("c", *run_of(THIRD, start, "three", report=REPORTED + "\tStatus: success"))

    events = backdated.get_function_logs("job", failed_only=True)

    assert {event.request_id for event in events} == {FIRST, SECOND}


def test_the_log_as_json(backdated):
    start = now_ms() - 60_000
    lines = [
        {"type": "platform.start", "record": {"requestId": FIRST}},
        {"level": "INFO", "message": "working", "requestId": FIRST},
        {"type": "platform.report", "record": {"requestId": FIRST, "status": "error"}},
        {"type": "platform.start", "record": {"requestId": SECOND}},
        {"type": "platform.report", "record": {"requestId": SECOND, "status": "success"}},
        ["no object"],
    ]
    write("a", *((start + number, json.dumps(line)) for number, line in enumerate(lines)))

    events = backdated.get_function_logs("job", failed_only=True)

    assert [event.request_id for event in events] == [FIRST] * 3
    assert events[1].level == "INFO"


@pytest.mark.parametrize("length_ms", [1000, 59_000, 120_000, 900_000])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_runs_over_the_edges_of_windows_are_whole(backdated, length_ms, limit):
    """A run is read in several parts, wherever its first line and its failure lie."""
    now = now_ms()
    expected = []
    for number in range(8):
        request = f"00000000-0000-0000-0000-00000000000{number}"
        start = now - 30_000 - length_ms - number * 47_000
        bad = number % 2 == 0
        last = "[ERROR] KeyError: 'x'" if bad else "done"
        lines = [f"START RequestId: {request} Version: 1", f"first {number}", f"last {number}", last]
        moments = [start, start + 1, start + length_ms, start + length_ms + 1]
        ends = [f"END RequestId: {request}", REPORTED.format(request)]
        rows = [*zip(moments, lines, strict=True), *((start + length_ms + 2, line) for line in ends)]
        write(f"stream-{number}", *rows)
        expected += [(moment, line) for moment, line in rows if bad]
    expected.sort(key=lambda row: row[0])

    events = backdated.get_function_logs("job", limit=limit, failed_only=True)

    assert [round(event.timestamp.timestamp() * 1000) for event in events] == [row[0] for row in expected][-limit:]
    if limit == 100:
        assert sorted(messages(events)) == sorted(line for _, line in expected)


def test_a_failure_after_the_wanted_span_counts_for_the_lines_in_it(backdated):
    start = now_ms() - 3_600_000
    write("a", *run_of(FIRST, start, "early", *["more"] * 50, "[ERROR] OSError: late"))
    end = datetime.fromtimestamp((start + 100) / 1000, UTC)

    events = backdated.get_function_logs("job", end_time=end, failed_only=True)

    assert messages(events)[:2] == [f"START RequestId: {FIRST} Version: 1", "early"]
    assert len(events) == 10


def test_a_run_that_is_under_way_has_not_failed(backdated):
    start = now_ms() - 5000
    write("a", (start, f"START RequestId: {FIRST} Version: 1"), (start + 1, "working"))

    assert backdated.get_function_logs("job", failed_only=True) == []


def test_an_invocation_is_found_without_reading_the_whole_log(backdated, aws):
    start = now_ms() - 20 * 3_600_000
    write("a", *run_of(FIRST, start, "long ago"))
    write("b", *((start + 3_600_000 + number * 1000, "noise") for number in range(2000)))
    aws.clear()

    events = backdated.get_function_logs("job", request_id=FIRST)

    assert messages(events) == [line for _, line in run_of(FIRST, start, "long ago")]
    assert aws.calls.count("cloudwatch-logs:FilterLogEvents") <= 5


@pytest.mark.slow
def test_tens_of_thousands_of_events_need_the_memory_of_what_is_wanted(backdated):
    start = now_ms() - 3_600_000
    for stream in range(4):
        rows = [(start + number * 50, f"{stream} {number}" + "x" * 200) for number in range(10_000)]
        for first in range(0, 10_000, 2500):
            write_more(f"s{stream}", rows[first : first + 2500])
    session = AwsSession(AwsOptions(region="us-east-1"))
    plugin.get_logs(session, "job", LogQuery(limit=1), None)
    kept = Newest(10)
    lines = 0
    reader = RunReader(kept.add, read_marks=read_marks, most=10)
    for row in LogGroup(session=session, name=GROUP, created_ms=0).rows(0, now_ms()):
        reader.take(row)
        lines += 1
        assert lines % 1000 or sum(len(run.lines) for run in reader._runs.values()) <= 4 * 10
    reader.finish()
    assert lines == 40_000
    assert [event.message.split("x")[0] for event in kept.newest_first(level_of)][:2] == ["3 9999", "2 9999"]
    whole = backdated.get_function_logs("job", limit=50_000)
    assert len({event.event_id for event in whole}) == len(whole) == 40_000


def test_the_line_that_awss_own_client_writes_about_an_exception(backdated, capsys):
    from awslambdaric.bootstrap import StandardLogSink, log_error

    error = {"errorType": "ValueError", "errorMessage": "no rows", "stackTrace": ["  File 'job.py', line 1\n    x"]}
    log_error(error, StandardLogSink())
    written = capsys.readouterr().out
    write("a", *run_of(FIRST, now_ms() - 60_000, "begins", written))

    events = backdated.get_function_logs("job", failed_only=True)

    assert messages(events)[1] == "begins"
    assert len(events) == 5
