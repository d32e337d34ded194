"""Lambda's control plane takes fifteen requests a second: a session keeps to it."""

from __future__ import annotations

from taskflows_cloud_aws.budget import Budget


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def clock(self) -> float:
        return self.now


def test_a_second_of_calls_goes_at_once_and_the_rest_at_the_rate():
    time = Time()
    budget = Budget(per_second=15, sleep=time.sleep, clock=time.clock)
    moments = []
    for _ in range(60):
        budget.take()
        moments.append(time.now)

    assert moments[14] == 100.0
    assert 2.9 <= moments[-1] - moments[0] <= 3.1
    for start in range(15, 45):
        assert moments[start + 15] - moments[start] >= 0.99


def test_a_pause_does_not_save_up_more_than_a_second():
    time = Time()
    budget = Budget(per_second=15, sleep=time.sleep, clock=time.clock)
    time.now += 3600
    begin = time.now
    for _ in range(30):
        budget.take()

    assert 0.9 <= time.now - begin <= 1.1
