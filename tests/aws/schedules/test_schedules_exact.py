"""Expressions fire exactly when the calendar does, to the year 2199, by the judgement of another evaluator."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "core" / "schedules"))

from cron_judge import assert_same
from oncalendar_samples import right_text

from taskflows_cloud_aws.schedules.translate import translate
from taskflows_cloud_core import Calendar, ScheduleError, Translation
from taskflows_cloud_core.schedules import next_runs

# How many expressions a calendar takes.
KNOWN = {
    "Mon-Fri 14:00": 1,
    "Sun,Sat 10:00": 1,
    "*:0/7": 1,
    "*:0,1,2,3,5,8,13,21,34,55": 1,
    "Mon..Fri *-12-* 08:00": 1,
    "Sun 2028-*-* 09:00": 1,
    "*-*-1..15/5 01:00": 1,
    "*-02-29": 1,
    "*-1/2-1,3 *:30": 1,
    "2027,2029-06-15 10:00": 1,
    "1970..2199-*-* 01:00": 1,
    "*-*~01 23:59": 1,
    "*-3/3~1 18:00": 1,
    "*-*~02": 4,
    "*-*~28": 4,
    "*-04~05 02:00": 1,
    "*-*~10/3 02:00": 4,
    "*-03~14/7": 1,
    "2028-*~02": 3,
    "Thu *-11-22..28 10:00": 1,
    "Mon *-1/3-1..7 09:00": 1,
    "Mon *-*-1..14 03:00": 2,
    "Mon *-*-22..31 03:00": 2,
    "Mon *-*-8..31": 4,
    "Mon 2027..2030-*-1..7": 1,
    "Mon *-02-22..29": 2,
    "Mon *-02-22..28": 1,
    "Mon *-02-1..29": 1,
    "Mon,Tue *-*-1..7": 2,
    "Mon *-04-24..30 05:00": 1,
    "Mon *-01,03,05,07,08,10,12-25..31": 1,
    "Fri *-*~07/1 17:00": 1,
    "Fri *-12~01..07 12:00": 1,
    "Fri *-02~07/1": 1,
    "Mon *-02-23..29": 7,
    "Fri *-*-13 09:00": 9,
    "Sat,Sun *-*-1": 9,
    "Thu,Fri 2027-*-1,5 11:12": 2,
    "Mon..Fri *-*-1..3 08:00": 27,
    "Tue..Thu *-*-10..20 06:00": 63,
    "Mon..Fri *-*~01 18:00": 13,
    "Fri *-*~03..05": 31,
    "Sat *-*-29,30 00:00": 17,
    "Fri 2027-*-13": 1,
    "Mon,Tue,Wed,Thu,Sat *-*~3..13 10:00": 141,
    "hourly America/New_York": 1,
    "Mon *-*-1..7 09:00 America/New_York": 1,
    "Fri *-*-13 13:00 Europe/Berlin": 9,
    "0,5,12:15 Asia/Kolkata": 1,
}


def check(calendar: Calendar) -> Translation:
    translation = translate(calendar, now=datetime(2019, 1, 1, tzinfo=UTC))
    lines = []
    if translation.expressions and translation.expressions[0].expression.startswith("at("):
        [run] = next_runs(calendar.spec, 2, datetime(2019, 1, 1, tzinfo=UTC))
        assert [each.expression for each in translation.expressions] == [f"at({run:%Y-%m-%dT%H:%M:%S})"]
        return translation
    for each in translation.expressions:
        assert each.expression.startswith("cron(")
        assert each.expression.endswith(")")
        assert len(each.expression) <= 256
        assert each.timezone == calendar.spec.timezone
        few = len(translation.expressions) <= 100
        assert each.service == ("rule" if each.timezone == "UTC" and few else "scheduler")
        lines.append(each.expression[5:-1])
    if lines:
        assert_same(calendar.spec, lines, "eventbridge")
    else:
        assert translation.reason
    return translation


@pytest.mark.parametrize("text", KNOWN)
def test_a_known_calendar_takes_few_expressions_and_fires_exactly(text: str) -> None:
    translation = check(Calendar(text))
    assert len(translation.expressions) == KNOWN[text], translation


def check_random(seed: int, count: int) -> int:
    random = Random(seed)
    said = 0
    for _ in range(count):
        calendar = Calendar(right_text(random, seconds=False, zones=("UTC", "Europe/Berlin")))
        try:
            said += bool(check(calendar).expressions)
        except ScheduleError:
            continue
    return said


def test_a_few_random_calendars_fire_exactly() -> None:
    assert check_random(seed=1, count=30) > 10


@pytest.mark.slow
def test_many_random_calendars_fire_exactly() -> None:
    assert check_random(seed=2, count=1000) > 500


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(100, 110))
def test_ten_thousand_random_calendars_fire_exactly(seed: int) -> None:
    assert check_random(seed, count=1000) > 500
