"""Schedules in the language of EventBridge, to the letter."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from taskflows_cloud_aws.schedules import schedule_to_eventbridge_expression, translate

from taskflows_cloud_core import Calendar, Periodic, ScheduleError, Translation


def said(schedule: Calendar | Periodic) -> list[tuple[str, str, str]]:
    translation = translate(schedule)
    assert translation.verdict == "exact", translation
    return [(each.expression, each.service, each.timezone) for each in translation.expressions]


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("Mon-Fri 14:00", "cron(00 14 ? * MON-FRI *)"),
        ("Mon,Wed,Fri 09:30", "cron(30 09 ? * MON,WED,FRI *)"),
        ("Sun 17:00", "cron(00 17 ? * SUN *)"),
        ("Mon-Sun 00:00", "cron(00 00 ? * * *)"),
        ("Sat,Sun 10:00", "cron(00 10 ? * SAT,SUN *)"),
        ("Tue..Sun 10:00", "cron(00 10 ? * TUE-SAT,SUN *)"),
        ("Mon,Tue 10:00", "cron(00 10 ? * MON,TUE *)"),
        ("*:0/5", "cron(0/5 * ? * * *)"),
        ("*:0,30", "cron(0,30 * ? * * *)"),
        ("*:10..50/10", "cron(10/10 * ? * * *)"),
        ("*:10..40/10", "cron(10-40/10 * ? * * *)"),
        ("Mon-Fri 9..17:00", "cron(00 9-17 ? * MON-FRI *)"),
        ("Mon *-6..8-* 7:05", "cron(05 07 ? 6-8 MON *)"),
        ("*-*-1,15 12:00", "cron(00 12 1,15 * ? *)"),
        ("*-*~01 23:59", "cron(59 23 L * ? *)"),
        ("yearly", "cron(00 00 1 1 ? *)"),
        ("2028-*-* 01:00", "cron(00 01 ? * * 2028)"),
    ],
)
def test_a_calendar_in_utc_is_a_rule(text: str, expression: str) -> None:
    assert said(Calendar(text)) == [(expression, "rule", "UTC")]
    assert schedule_to_eventbridge_expression(Calendar(text)) == expression


@pytest.mark.parametrize(
    ("seconds", "expression"),
    [
        (60, "rate(1 minute)"),
        (300, "rate(5 minutes)"),
        (3600, "rate(1 hour)"),
        (5400, "rate(90 minutes)"),
        (7200, "rate(2 hours)"),
        (86400, "rate(1 day)"),
        (604800, "rate(7 days)"),
    ],
)
def test_a_period_is_a_rate(seconds: int, expression: str) -> None:
    assert said(Periodic(period=seconds)) == [(expression, "rule", "UTC")]
    assert schedule_to_eventbridge_expression(Periodic(period=seconds)) == expression


def test_a_calendar_in_another_zone_is_for_the_scheduler() -> None:
    expected = [("cron(00 09 ? * MON-FRI *)", "scheduler", "Europe/Berlin")]
    assert said(Calendar("Mon-Fri 09:00", timezone="Europe/Berlin")) == expected
    assert said(Calendar("Mon-Fri 09:00 Europe/Berlin")) == expected
    with pytest.raises(ValueError, match="Europe/Berlin needs EventBridge Scheduler"):
        schedule_to_eventbridge_expression(Calendar("Mon-Fri 09:00 Europe/Berlin"))


def test_a_schedule_of_another_package_or_a_text_has_an_expression_too() -> None:
    assert schedule_to_eventbridge_expression("Mon-Fri 14:00") == "cron(00 14 ? * MON-FRI *)"
    foreign = SimpleNamespace(schedule="Sun 17:00", persistent=True, accuracy="1ms")
    assert schedule_to_eventbridge_expression(foreign) == "cron(00 17 ? * SUN *)"


@pytest.mark.parametrize("period", [1, 30, 59])
def test_under_a_minute_there_is_no_rate(period: int) -> None:
    for allow in (False, True):
        translation = translate(Periodic(period=period), allow_approximate=allow)
        assert translation.verdict == "refused"
        assert "at least 1 minute" in str(translation.reason)
    with pytest.raises(ValueError, match="at least 1 minute"):
        schedule_to_eventbridge_expression(Periodic(period=period))


def test_a_part_of_a_minute_is_refused_or_taken_down_with_a_warning() -> None:
    refused = translate(Periodic(period=90))
    assert refused.verdict == "refused"
    assert "nearest: rate(1 minute)" in str(refused.reason)
    near = translate(Periodic(period=90), allow_approximate=True)
    assert near.verdict == "approximate"
    assert [each.expression for each in near.expressions] == ["rate(1 minute)"]
    assert near.warnings == (near.reason,)


def test_seconds_are_refused_or_taken_down_with_a_warning() -> None:
    refused = translate(Calendar("Mon-Fri 16:30:30"))
    assert refused.reason == "seconds :30 cannot be scheduled on AWS; nearest: Mon-Fri 16:30"
    near = translate(Calendar("Mon-Fri 16:30:30"), allow_approximate=True)
    assert near.verdict == "approximate"
    assert [each.expression for each in near.expressions] == ["cron(30 16 ? * MON-FRI *)"]
    assert near.warnings == (near.reason,)


@pytest.mark.parametrize("text", ["*-02-30", "2027-02-29 10:00", "Mon 2027-01-01"])
def test_a_date_that_never_comes_is_refused(text: str) -> None:
    assert "never fires" in str(translate(Calendar(text)).reason)


def test_nothing_is_dropped_in_silence() -> None:
    plain = Periodic(period=300)
    assert translate(plain).warnings == ()
    for changed, word in [
        (Periodic(period=300, relative_to="finish"), "finish"),
        (Periodic(period=300, start_on="login"), "login"),
        (Periodic(period=300, start_on="command"), "command"),
        (Periodic(period=300, randomized_delay=20), "randomized_delay=20"),
        (Calendar("daily", randomized_delay=90), "randomized_delay=90"),
    ]:
        translation = translate(changed)
        assert translation.verdict == "exact"
        [warning] = translation.warnings
        assert word in warning


def test_text_that_cannot_be_read_raises() -> None:
    with pytest.raises(ScheduleError, match="weekday ranges do not wrap"):
        translate(Calendar("Fri-Mon 09:00"))


@given(
    st.text(min_size=1, max_size=60) | st.text("0123456789*/.,-~: MonFri@UTC", min_size=1, max_size=60), st.booleans()
)
@settings(max_examples=400, deadline=None)
def test_any_text_has_an_answer_or_a_schedule_error(text: str, allow: bool) -> None:
    try:
        calendar = Calendar(text)
    except ValueError:
        return
    try:
        translation = translate(calendar, allow_approximate=allow)
    except ScheduleError as error:
        translation = Translation.refused(calendar, str(error))
    assert translation.expressions or translation.reason
    assert all(len(each.expression) <= 256 for each in translation.expressions)
