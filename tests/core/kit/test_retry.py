"""Calls are repeated while their errors pass, and polls until something is done; never beyond a deadline."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import OperationError, stopping
from taskflows_cloud_core.kit import Retry


class Time:
    """A clock that pauses move on."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now

    @property
    def retry(self) -> Retry:
        return Retry(sleep=self.sleep, clock=self.clock)


class Service:
    """Refuses some calls, then answers."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.calls = 0

    def __call__(self) -> str:
        self.calls += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return "done"


def is_busy(error: Exception) -> bool:
    return isinstance(error, ConnectionError)


def test_transient_errors_are_retried_with_growing_pauses() -> None:
    time, service = Time(), Service(*[ConnectionError("busy")] * 12)
    assert time.retry.call(service, seconds=600, is_transient=is_busy) == "done"
    assert service.calls == 13
    assert time.pauses == sorted(time.pauses)
    assert (time.pauses[0], time.pauses[-1]) == (0.1, 5.0)


def test_another_error_is_raised_at_once() -> None:
    time, service = Time(), Service(ConnectionError("busy"), ValueError("wrong"))
    with pytest.raises(ValueError, match="wrong"):
        time.retry.call(service, seconds=600, is_transient=is_busy)
    assert service.calls == 2


def test_the_last_error_is_raised_at_the_deadline() -> None:
    time, service = Time(), Service(*[ConnectionError(f"busy {number}") for number in range(1000)])
    with pytest.raises(ConnectionError, match=r"busy \d+"):
        time.retry.call(service, seconds=60, is_transient=is_busy)
    assert 50 <= time.now - 100 <= 60


def test_the_deadline_counts_from_the_first_attempt() -> None:
    time = Time()

    def slow() -> str:
        time.now += 61
        raise ConnectionError("busy")

    with pytest.raises(ConnectionError):
        time.retry.call(slow, seconds=60, is_transient=is_busy)
    assert time.pauses == []


def test_the_first_error_that_is_waited_for_is_reported() -> None:
    reported: list[Exception] = []
    first, second = ConnectionError("first"), ConnectionError("second")
    Time().retry.call(Service(first, second), seconds=60, is_transient=is_busy, on_retry=reported.append)
    assert reported == [first]


def test_an_error_that_is_not_waited_for_is_not_reported() -> None:
    reported: list[Exception] = []
    with pytest.raises(ValueError, match="wrong"):
        Time().retry.call(Service(ValueError("wrong")), seconds=60, is_transient=is_busy, on_retry=reported.append)
    assert reported == []


def test_polling_returns_the_first_answer() -> None:
    time, answers = Time(), [None, None, 0]
    assert time.retry.until(lambda: answers.pop(0), seconds=60, what="the version") == 0
    assert len(time.pauses) == 2


def test_polling_ends_at_the_deadline_and_names_what_is_missing() -> None:
    time = Time()
    with pytest.raises(OperationError, match="the version is still not there after 60 seconds; run again later"):
        time.retry.until(lambda: None, seconds=60, what="the version")
    assert time.now <= 160


def test_an_interrupted_operation_ends_a_retry() -> None:
    service = Service(*[ConnectionError("busy")] * 2)
    with stopping.stoppable() as stop:
        stop.set()
        with pytest.raises(OperationError, match="interrupted"):
            Retry().call(service, seconds=600, is_transient=is_busy)
    assert service.calls == 1


def test_an_interrupted_operation_ends_a_poll() -> None:
    with stopping.stoppable() as stop:
        stop.set()
        with pytest.raises(OperationError, match="interrupted"):
            Retry().until(lambda: None, seconds=600, what="the version")


def test_pauses_end_where_the_next_would_pass_the_deadline() -> None:
    time = Time()
    for pause in time.retry.pauses(10):
        time.sleep(pause)
    assert 5 <= sum(time.pauses) <= 10
