"""Calls keep to a number a second, with a second's worth at once after a pause."""

from __future__ import annotations

import threading

import pytest

from taskflows_cloud_core import stopping
from taskflows_cloud_core.kit import RateLimit


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_a_second_of_calls_goes_at_once_and_the_rest_at_the_rate() -> None:
    time = Time()
    limit = RateLimit(per_second=15, sleep=time.sleep, clock=time.clock)
    times = []
    for _ in range(60):
        limit.acquire()
        times.append(time.now)

    assert times[14] == 100.0
    assert 2.9 <= times[-1] - times[0] <= 3.1
    for start in range(15, 45):
        assert times[start + 15] - times[start] >= 0.99


@pytest.mark.parametrize("idle", [2, 3600])
def test_a_pause_does_not_save_up_more_than_a_second(idle: float) -> None:
    time = Time()
    limit = RateLimit(per_second=15, sleep=time.sleep, clock=time.clock)
    time.now += idle
    begin = time.now
    for _ in range(30):
        limit.acquire()

    assert 0.9 <= time.now - begin <= 1.1


def test_threads_share_the_rate() -> None:
    waits: list[float] = []
    limit = RateLimit(per_second=10, sleep=waits.append, clock=lambda: 100.0)
    threads = [threading.Thread(target=limit.acquire) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # The clock stands still: the first ten go at once, and each other one gets a slot of its own.
    assert sorted(round(wait, 6) for wait in waits) == [round(0.1 * slot, 6) for slot in range(1, 21)]


def test_an_interrupted_operation_waits_no_longer() -> None:
    limit = RateLimit(per_second=1 / 600)
    with stopping.stoppable() as stop:
        stop.set()
        limit.acquire()
        limit.acquire()
        assert stop.is_set()
