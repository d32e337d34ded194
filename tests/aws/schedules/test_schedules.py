"""Schedules in the language of EventBridge, to the letter."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "core" / "schedules"))

from oncalendar_samples import any_text

from taskflows_cloud_aws.schedules.translate import schedule_to_eventbridge_expression, translate
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
        ("*-*-31 09:00", "cron(00 09 31 * ? *)"),
        ("*-*-30 09:00", "cron(00 09 30 * ? *)"),
        ("*-*~1 09:00", "cron(00 09 L * ? *)"),
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


NEVER = ["*-02-30", "2027-02-29 10:00", "Mon 2027-01-01", "2020-*-*", "@1700000000", "2027-03-28 02:30 Europe/Berlin"]


@pytest.mark.parametrize("text", NEVER)
def test_a_date_that_never_comes_is_refused(text: str) -> None:
    assert "never fires" in str(translate(Calendar(text)).reason)


@pytest.mark.parametrize(
    ("calendar", "open_until"),
    [
        (Calendar("2027..2028-01-01 10:00"), datetime(2028, 1, 1, 10, 1, tzinfo=UTC)),
        (Calendar("2028-01-01 10:00"), datetime(2028, 1, 1, 10, 1, tzinfo=UTC)),
        (Calendar("2028-01-01 10:00 Asia/Kolkata"), datetime(2028, 1, 1, 4, 31, tzinfo=UTC)),
        (Calendar("2028-01-01 10:00", randomized_delay=7200), datetime(2028, 1, 1, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_calendar_is_over_when_its_last_run_is_delivered(calendar: Calendar, open_until: datetime) -> None:
    assert translate(calendar, now=open_until).verdict == "exact"
    over = translate(calendar, now=open_until + timedelta(seconds=1))
    assert (over.verdict, over.is_over, over.expressions) == ("refused", True, ())
    assert "this never fires again: it ended at 2028-01-01 10:00 " in str(over)


def test_what_never_comes_at_all_is_not_over() -> None:
    for text in ("*-02-30", "2027-02-29 10:00", "2027-03-28 02:30 Europe/Berlin"):
        assert not translate(Calendar(text)).is_over


def test_many_expressions_are_warned_of_and_more_than_a_bus_holds_go_to_scheduler() -> None:
    [warning] = translate(Calendar("Mon..Fri *-*~01 18:00")).warnings
    assert warning == "it takes 13 EventBridge rules; an event bus has room for 300, in some regions for 100"
    many = translate(Calendar("Mon,Tue,Wed,Thu,Sat *-*~3..13 10:00"))
    assert {(each.service, each.timezone) for each in many.expressions} == {("scheduler", "UTC")}
    assert many.warnings == (f"it takes {len(many.expressions)} schedules of EventBridge Scheduler",)


@pytest.mark.parametrize(
    ("text", "expression", "zone"),
    [
        ("2027-05-06 07:08", "at(2027-05-06T07:08:00)", "UTC"),
        ("2027-05-06 07:08:30", "at(2027-05-06T07:08:30)", "UTC"),
        ("2027-05-06 07:08 Europe/Paris", "at(2027-05-06T07:08:00)", "Europe/Paris"),
        ("Fri 2027-08-13", "at(2027-08-13T00:00:00)", "UTC"),
        ("Fri 2027-*-13 10:00:30", "at(2027-08-13T10:00:30)", "UTC"),
        ("Fri 2027-*-13", None, "UTC"),
        ("2028-*-29..30 00:00 UTC", None, "UTC"),
        ("@1893456000", "at(2030-01-01T00:00:00)", "UTC"),
    ],
)
def test_a_single_date_is_an_at(text: str, expression: str | None, zone: str) -> None:
    [each] = translate(Calendar(text)).expressions
    assert each.expression == expression or (expression is None and each.expression.startswith("cron("))
    assert each.timezone == zone


def test_a_rule_says_a_single_date_too() -> None:
    assert schedule_to_eventbridge_expression("2027-05-06 07:08") == "cron(08 07 6 5 ? 2027)"


def test_a_calendar_that_takes_several_rules_has_no_single_expression() -> None:
    with pytest.raises(ValueError, match="it takes 4 EventBridge rules"):
        schedule_to_eventbridge_expression("*-*~02")


def test_a_random_delay_is_a_flexible_window_of_the_scheduler() -> None:
    [each] = translate(Calendar("Mon-Fri 09:00", randomized_delay=90)).expressions
    assert (each.service, each.timezone, each.window_minutes) == ("scheduler", "UTC", 2)
    [longest] = translate(Calendar("Mon-Fri 09:00", randomized_delay=10**6)).expressions
    assert longest.window_minutes == 1440


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("08:05:40", "seconds :40 cannot be scheduled on AWS; nearest: 08:05"),
        ("08:30,17:45", "seconds :45 cannot be scheduled on AWS; nearest: 08:17,30"),
        ("08:30,17:45", "for two times of day use two calendars"),
        ("2027-03-28 02:30 Europe/Berlin", "the clocks of Europe/Berlin skip the time"),
        ("2020-*-*", "it ended at 2020-12-31 00:00 UTC"),
        ("*-02-30", "February has at most 29 days"),
        ("10:00:00.5", "seconds :00.5 cannot"),
        ("*:*:0/10", "seconds :00 and 5 more in the minute cannot"),
    ],
)
def test_a_refusal_names_the_part_that_cannot_be_said(text: str, part: str) -> None:
    translation = translate(Calendar(text))
    assert translation.verdict == "refused"
    assert part in str(translation.reason)


def test_nothing_is_dropped_in_silence() -> None:
    plain = Periodic(period=300)
    assert translate(plain).warnings == ()
    for changed, word in [
        (Periodic(period=300, relative_to="finish"), "finish"),
        (Periodic(period=300, start_on="login"), "login"),
        (Periodic(period=300, start_on="command"), "command"),
        (Periodic(period=300, randomized_delay=20), "randomized_delay=20"),
        (Periodic(period=300, accuracy="1s"), "accuracy='1s'"),
        (Calendar("daily", accuracy="1s"), "accuracy='1s'"),
        (Calendar("daily", randomized_delay=90), "flexible window of 2 minutes"),
    ]:
        translation = translate(changed)
        assert translation.verdict == "exact"
        [warning] = translation.warnings
        assert word in warning


def test_a_period_without_end_is_refused() -> None:
    assert translate(Periodic(period=10**300)).verdict == "refused"


def test_what_is_no_schedule_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="int is no schedule"):
        translate(60)
    assert translate("Mon-Fri 14:00") == translate(Calendar("Mon-Fri 14:00"))


def test_text_that_cannot_be_read_raises() -> None:
    with pytest.raises(ScheduleError, match="weekday ranges do not wrap"):
        translate(Calendar("Fri-Mon 09:00"))


ANY = st.text(min_size=1, max_size=60)
LIKELY = st.text("0123456789*/.,-~: MonFri@UTC", min_size=1, max_size=60)
SAMPLES = st.randoms(use_true_random=False).map(any_text)


@given(ANY | LIKELY | SAMPLES, st.booleans())
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
    assert all(len(each.expression) <= 256 for each in translation.expressions)
    if not translation.expressions:
        assert translation.reason
        # The best of several, since a collection of garbage can fall into one of them.
        assert min(seconds_to_translate(calendar) for _ in range(3)) < 0.05


def seconds_to_translate(calendar: Calendar) -> float:
    begin = process_time()
    with suppress(ScheduleError):
        translate(calendar)
    return process_time() - begin
