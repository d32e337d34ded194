"""Living with deployed functions, on a provider that keeps everything in memory."""

from __future__ import annotations

import itertools
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sample_jobs import job

from taskflows_cloud_core import (
    CloudEnvironment,
    CloudFunctionConfig,
    FunctionNotFoundError,
    LogEvent,
    OperationUnsupported,
    Periodic,
    get_environment,
)
from taskflows_cloud_core.testing import MemoryCloud


@pytest.fixture
def sky(starlight: Path, request: pytest.FixtureRequest) -> CloudEnvironment:
    environment = get_environment("starlight", sky=request.node.name)
    schedules = [Periodic(period=60 * number) for number in range(1, 6)]
    environment.deploy_function(job, CloudFunctionConfig(function_name="job", schedules=schedules))
    return environment


def test_invoking_also_with_the_words_of_taskflows_cloud(sky: CloudEnvironment) -> None:
    result = sky.invoke_function(function_name="job", payload={"a": 1}, invocation_type="RequestResponse")
    assert result.ok
    assert result.value == {"echo": {"a": 1}}
    assert result.get("StatusCode") == 200
    assert "Payload" in result
    assert result["Payload"] == {"echo": {"a": 1}}
    assert "Error" not in result


@pytest.mark.parametrize(
    ("words", "waited"),
    [
        ({}, True),
        ({"wait": True}, True),
        ({"wait": False}, False),
        ({"invocation_type": "Event"}, False),
        ({"invocation_type": "RequestResponse", "wait": True}, True),
        ({"invocation_type": "Event", "wait": False}, False),
    ],
)
def test_waiting_for_the_end_or_not(words: dict[str, Any], waited: bool) -> None:
    with MemoryCloud() as cloud:
        assert cloud.environment.deploy_function(job, CloudFunctionConfig(function_name="job"), [])
        result = cloud.environment.invoke_function("job", **words)
        assert (result.ok, result.started_only) == (True, not waited)


@pytest.mark.parametrize(("invocation_type", "wait"), [("Event", True), ("RequestResponse", False)])
def test_two_words_that_contradict_each_other(sky: CloudEnvironment, invocation_type: Any, wait: bool) -> None:
    with pytest.raises(ValueError, match=f"wait={wait} and invocation_type='{invocation_type}' contradict"):
        sky.invoke_function("job", None, invocation_type, wait=wait)


def test_a_payload_that_json_cannot_say(sky: CloudEnvironment) -> None:
    with pytest.raises(TypeError, match="JSON"):
        sky.invoke_function("job", payload={1, 2})


def test_mistakes_in_a_name_or_a_type(sky: CloudEnvironment) -> None:
    with pytest.raises(ValueError, match="function_name is empty"):
        sky.invoke_function("")
    with pytest.raises(TypeError, match="function_name must be a str, not int"):
        sky.describe_function(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'Sometimes'"):
        sky.invoke_function("job", invocation_type="Sometimes")  # type: ignore[arg-type]
    with pytest.raises(FunctionNotFoundError, match="no function 'ghost'"):
        sky.invoke_function("ghost")


def test_the_newest_events_in_the_order_of_time_over_many_pages(sky: CloudEnvironment) -> None:
    everything = sky.get_function_logs("job")
    assert len(everything) == 6
    assert [event.timestamp for event in everything] == sorted(event.timestamp for event in everything)
    assert sky.get_function_logs("job", limit=3) == everything[-3:]
    late = sky.get_function_logs("job", start_time=datetime.now(UTC) + timedelta(hours=1))
    assert late == []


def test_the_events_with_a_text(sky: CloudEnvironment) -> None:
    everything = sky.get_function_logs("job")
    text = everything[2].message
    assert everything[2] in sky.get_function_logs("job", contains=text.upper())
    assert sky.get_function_logs("job", contains="no such text") == []
    assert len(sky.get_function_logs("job", limit=2, contains=text[:3])) == 2


def test_failed_runs_alone_where_the_provider_cannot_tell(sky: CloudEnvironment) -> None:
    with pytest.raises(OperationUnsupported, match="starlight.*cannot tell the logs of failed runs"):
        sky.get_function_logs("job", failed_only=True)
    with pytest.raises(OperationUnsupported, match="cannot tell the logs of failed runs"):
        next(sky.follow_function_logs("job", failed_only=True))


def test_moments_are_aware_or_milliseconds(sky: CloudEnvironment) -> None:
    assert len(sky.get_function_logs("job", start_time=0)) == 6
    with pytest.raises(ValueError, match="start_time has no time zone"):
        sky.get_function_logs("job", start_time=datetime(2027, 1, 1))  # noqa: DTZ001 - the mistake under test
    with pytest.raises(TypeError, match="end_time must be"):
        sky.get_function_logs("job", end_time="now")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="limit"):
        sky.get_function_logs("job", limit=0)


def test_a_span_ends_after_its_start(sky: CloudEnvironment) -> None:
    with pytest.raises(ValueError, match="end_time 1970-.* lies before start_time 2027-"):
        sky.get_function_logs("job", start_time=datetime(2027, 1, 1, tzinfo=UTC), end_time=0)
    with pytest.raises(ValueError, match="lies before start_time"):
        sky.get_metrics("job", datetime(2027, 1, 2, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_following_yields_each_event_once_and_stops(sky: CloudEnvironment) -> None:
    stop = threading.Event()
    events = sky.follow_function_logs("job", start_time=0, poll_seconds=0.01, stop=stop)
    first = list(itertools.islice(events, 6))
    sky.delete_function("job")
    rest = list(itertools.islice(events, 6))
    assert [event.message.split()[0] for event in first] == ["create"] * 6
    assert [event.message.split()[0] for event in rest] == ["delete"] * 6
    stop.set()
    assert list(events) == []


def test_a_listing_can_be_read_like_a_dict(sky: CloudEnvironment) -> None:
    (function,) = sky.list_functions()
    assert function["name"] == function.name == "job"
    assert function["memory"] is None
    assert str(function).startswith("job [every ")


def test_a_long_run_id_is_shown_with_its_end() -> None:
    names = ("nightly-report-29012345-x7k2p", "nightly-report-29013785-9qzrt")
    moment = datetime(2027, 1, 2, tzinfo=UTC)
    lines = [str(LogEvent(timestamp=moment, message="ok", request_id=name)).split()[1:] for name in names]
    assert lines == [["[nightly-…45-x7k2p]", "ok"], ["[nightly-…85-9qzrt]", "ok"]]


def test_a_log_event_prints_as_one_line_without_control_characters() -> None:
    moment = datetime(2027, 1, 2, 3, 4, 5, 678000, UTC)
    event = LogEvent(timestamp=moment, message="a\x1b[31mred\r\nb\tc", request_id="12345678-9", level="ERROR")
    assert str(event) == "2027-01-02T03:04:05.678+00:00 ERROR [12345678-9] a\\x1b[31mred\\r\\nb\tc"


def test_following_loses_nothing_of_a_long_log(sky: CloudEnvironment) -> None:
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    log = sys.modules["starlight.sky"].sky(sky.shown_options["sky"]).log
    log[:] = [(moment, f"line {number}") for number in range(25_000)]
    events = sky.follow_function_logs("job", start_time=0, poll_seconds=0.01)
    assert [event.message for event in itertools.islice(events, 25_000)] == [line for _, line in log]


def test_a_moment_beyond_time_is_refused(sky: CloudEnvironment) -> None:
    with pytest.raises(ValueError, match="no moment in milliseconds"):
        sky.get_function_logs("job", start_time=10**30)


def test_a_number_that_is_none_is_no_payload(sky: CloudEnvironment) -> None:
    with pytest.raises(ValueError, match="JSON"):
        sky.invoke_function("job", payload=float("nan"))
