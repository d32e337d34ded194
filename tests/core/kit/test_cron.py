"""Schedules for a cloud whose cron runs in UTC."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, Periodic
from taskflows_cloud_core.kit import cron_translation
from taskflows_cloud_core.schedules import UNIX_CRON


@pytest.mark.parametrize(
    ("schedule", "lines"),
    [
        (Calendar("Mon-Fri 09:00"), ["0 9 * * 1-5"]),
        (Calendar("*-*-* 06:00,30"), ["0,30 6 * * *"]),
        (Periodic(period=60), ["* * * * *"]),
        (Periodic(period=900), ["*/15 * * * *"]),
        (Periodic(period=7200), ["0 */2 * * *"]),
        (Periodic(period=86400), ["0 0 * * *"]),
    ],
)
def test_what_cron_can_say(schedule: Calendar | Periodic, lines: list[str]) -> None:
    translation = cron_translation(schedule, UNIX_CRON, service="clock")
    assert [expression.expression for expression in translation.expressions] == lines
    assert {expression.service for expression in translation.expressions} == {"clock"}


@pytest.mark.parametrize(
    ("schedule", "reason"),
    [
        (Calendar("Mon-Fri 09:00 Europe/Berlin"), "clock runs in UTC, not in Europe/Berlin"),
        (Calendar("*-*-* 10:00:30"), "second"),
        (Periodic(period=30), "at least 1 minute"),
        (Periodic(period=5400), "must divide an hour or a day"),
        (Periodic(period=172800), "must divide an hour or a day"),
        (Periodic(period=3600, start_on="command"), "leave the schedule out"),
    ],
)
def test_what_cron_cannot_say_is_refused(schedule: Calendar | Periodic, reason: str) -> None:
    translation = cron_translation(schedule, UNIX_CRON, service="clock")
    assert translation.verdict == "refused"
    assert reason in str(translation.reason)


def test_a_period_after_the_finish_is_warned_about() -> None:
    warnings = cron_translation(Periodic(period=3600, relative_to="finish"), UNIX_CRON, service="clock").warnings
    assert any("counted from midnight" in warning for warning in warnings)
    assert any("not from its finish" in warning for warning in warnings)
