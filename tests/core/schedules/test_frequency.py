"""How often schedules fire in thirty days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core import Calendar, Periodic, ScheduleError, runs_per_month

AFTER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Mon-Fri 09:00",
        "*-*-01 00:00",
        "*-*~01 06:30",
        "*-02-29 12:00",
        "2027-03-04 05:06",
        "*-*-* *:00/15",
        "Sun *-01..06-* 8..17:00:00",
        "2031-*-* 00:00",
    ],
)
def test_as_many_as_fire_in_the_year_to_come(text: str) -> None:
    moments = list(Calendar(text).next_runs(40_000, AFTER - timedelta(microseconds=1)))
    within = [moment for moment in moments if moment < AFTER + timedelta(days=365)]
    assert runs_per_month([text], after=AFTER) == pytest.approx(len(within) * 30 / 365)


def test_intervals_and_sums() -> None:
    assert runs_per_month([Periodic(period=3600)]) == 720
    assert runs_per_month([Periodic(period=3600), Periodic(period=86400), Periodic(period=3600)]) == 750
    assert runs_per_month([]) == 0


def test_every_microsecond_takes_no_time() -> None:
    assert runs_per_month(["*:*:*"]) == 86400 * 30


def test_what_cannot_be_read() -> None:
    with pytest.raises(ScheduleError):
        runs_per_month(["Mondays"])
    with pytest.raises(ValueError, match="no time zone"):
        runs_per_month(["daily"], after=datetime(2027, 1, 1))  # noqa: DTZ001 - the mistake under test
