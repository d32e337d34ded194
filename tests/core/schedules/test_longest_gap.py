"""The longest time that schedules leave between two runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taskflows_cloud_core import Calendar, Periodic
from taskflows_cloud_core.schedules import longest_gap


@pytest.mark.parametrize(
    ("schedules", "gap"),
    [
        ([Periodic(300)], timedelta(minutes=5)),
        ([Periodic(300), Periodic(60)], timedelta(minutes=1)),
        ([Calendar("*-*-* 03:00")], timedelta(days=1)),
        ([Calendar("Mon..Fri 09:00")], timedelta(days=3)),
        ([Calendar("Mon 09:00"), Calendar("Thu 09:00")], timedelta(days=4)),
        ([Calendar("Mon 09:00"), Periodic(3600)], timedelta(hours=1)),
        ([Calendar("*-*-* 03:00", timezone="Europe/Berlin")], timedelta(days=1, hours=1)),
        ([Calendar("06..22:*:00")], timedelta(hours=7, minutes=1)),
    ],
)
def test_the_longest_gap(schedules: list[Calendar | Periodic], gap: timedelta) -> None:
    found = longest_gap(tuple(schedules))
    assert found is not None
    # Beyond twenty thousand runs the gap is found to the minute.
    assert abs(found - gap) <= timedelta(minutes=1)


@pytest.mark.parametrize("schedules", [(), (Calendar("2020-01-01 00:00"),), (Calendar("2024-05-01 00:00"),)])
def test_fewer_than_two_runs_leave_no_gap(schedules: tuple[Calendar, ...]) -> None:
    assert longest_gap(schedules) is None
