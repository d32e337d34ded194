"""What the user sees of a translation before anything is created."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskflows_cloud_aws import read_expression
from taskflows_cloud_aws.schedules.translate import translate
from taskflows_cloud_core import (
    Calendar,
    CloudFunctionConfig,
    Periodic,
    ScheduleError,
    ScheduleExpression,
    get_environment,
)
from taskflows_cloud_core.schedules import preview, preview_rows

AFTER = datetime(2027, 10, 30, 12, tzinfo=UTC)
EXACT = [
    "Mon-Fri 09:00",
    "Fri *-*~07/1 17:00",
    "Mon *-*-8..14,29..31 10:00",
    "*-*~02 10:00",
    "Fri *-*-13 09:00",
    "*:0/30 Europe/Berlin",
    "2028-02-29 10:00:30 Asia/Tokyo",
]


@pytest.mark.parametrize("text", EXACT)
def test_the_expressions_fire_beside_the_calendar(text: str) -> None:
    rows = preview_rows(translate(Calendar(text)), read_expression, 40, AFTER)
    assert rows
    assert all(row.agrees for row in rows)
    assert [row.moment for row in rows] == Calendar(text).next_runs(40, AFTER)


def test_a_rate_fires_beside_the_period() -> None:
    rows = preview_rows(translate(Periodic(period=7200)), read_expression, 3, AFTER)
    assert [row.moment.hour for row in rows if row.agrees] == [14, 16, 18]


def test_the_preview_shows_words_expressions_and_moments() -> None:
    shown = preview([translate(Calendar("Mon-Fri 09:00 Europe/Berlin"))], read_expression, 2, AFTER)
    assert str(shown) == (
        "Mon-Fri 09:00 Europe/Berlin: at 09:00 on weekdays, Europe/Berlin [exact]\n"
        "  -> cron(00 09 ? * MON-FRI *) Europe/Berlin (scheduler)\n"
        "  schedule                     translated\n"
        "  Mon 2027-11-01 09:00:00 CET  Mon 2027-11-01 09:00:00 CET\n"
        "  Tue 2027-11-02 09:00:00 CET  Tue 2027-11-02 09:00:00 CET"
    )


def test_a_configuration_is_shown_as_a_whole() -> None:
    config = CloudFunctionConfig(
        function_name="report", schedules=["*-*~02 10:00", "10:00:30", Periodic(period=300)], allow_approximate=True
    )
    shown = get_environment("aws").preview_schedules(config, 2, AFTER)
    assert [each.translation.verdict for each in shown.schedules] == ["exact", "approximate", "exact"]
    assert [row.agrees for row in shown.schedules[0].rows] == [True, True]
    first = str(shown).split("\n\n")[0].splitlines()
    assert first[1].startswith("  1-> cron(00 10 30 ")
    assert first[-1].endswith(" by 1")
    assert first[-2].endswith(" by 2")


def test_what_cannot_be_read_is_shown_among_the_others() -> None:
    shown = get_environment("aws").preview_schedules(["Fri-Mon 09:00", "*:00", "09:00"], 1, AFTER)
    assert [each.translation.verdict for each in shown.schedules] == ["refused", "exact", "exact"]
    assert "cannot be read [refused]\n  because 'Fri-Mon 09:00' at character 1: " in str(shown)
    assert "warning: schedules[1] '*:00' and schedules[2] '09:00' both fire at 2027-10-31 09:00" in str(shown)


def test_many_expressions_are_cut_short() -> None:
    translation = translate(Calendar("Fri *-*~03..05"))
    lines = str(preview([translation], read_expression, 0, AFTER)).splitlines()
    assert len(lines) == 15
    assert lines[-1] == "  … and 19 more"


def test_the_preview_marks_what_differs() -> None:
    near = translate(Calendar("10:00:30"), allow_approximate=True)
    shown = str(preview([near], read_expression, 1, AFTER)).splitlines()
    assert shown[0].endswith("[approximate]")
    assert shown[-1].split() == ["Sun", "2027-10-31", "10:00:30", "UTC", "-", "!"]
    assert shown[-2].split() == ["-", "Sun", "2027-10-31", "10:00:00", "UTC", "!"]


def test_the_preview_says_why_there_is_nothing() -> None:
    shown = str(preview([translate(Calendar("10:00:30"))], read_expression, 1, AFTER))
    assert "[refused]\n  because seconds :30 cannot be scheduled on AWS; nearest: 10:00\n" in shown


@pytest.mark.parametrize(
    ("text", "calendar"),
    [
        # The examples of the EventBridge and EventBridge Scheduler User Guides.
        ("cron(15 10 * * ? *)", "10:15"),
        ("cron(0 18 ? * MON-FRI *)", "Mon-Fri 18:00"),
        ("cron(0 8 1 * ? *)", "*-*-1 8:00"),
        ("cron(0/10 * ? * MON-FRI *)", "Mon-Fri *:0/10"),
        ("cron(0/5 8-17 ? * MON-FRI *)", "Mon-Fri 8..17:0/5"),
        ("cron(0 9 ? * 2#1 *)", "Mon *-*-1..7 9:00"),
        ("cron(15 12 ? * 6L 2022-2033)", "Fri 2022..2033-*~7/1 12:15"),
        ("cron(0 0 L * ? *)", "*-*~1"),
        ("cron(0 0 ? JAN-MAR L *)", "Sat *-1..3-*"),
        ("cron(0 0 ? * 2-6 *)", "Mon-Fri"),
    ],
)
def test_what_others_wrote_is_read_too(text: str, calendar: str) -> None:
    assert read_expression(text) == Calendar(calendar).spec


def test_the_nearest_weekday_is_no_calendar() -> None:
    with pytest.raises(ScheduleError, match="no calendar fires on the weekday nearest to a day"):
        read_expression("cron(0 9 15W * ? *)")


@pytest.mark.parametrize(
    "text",
    [
        "cron(0 9 * * * *)",
        "cron(0 9 ? * * *",
        "at(daily)",
        "rate(0 days)",
        "rate(1 week)",
        "every day",
        "at(2027-01-01)T",
    ],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        read_expression(ScheduleExpression(expression=text))
