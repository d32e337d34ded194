"""Calendars in dialects of cron that are described as data."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from random import Random

import attrs
import pytest
from cron_judge import assert_same
from oncalendar_samples import any_text, right_text

from taskflows_cloud_core import ScheduleError
from taskflows_cloud_core.schedules import (
    REPEATED_HOUR_CRON,
    SECONDS_CRON,
    UNIX_CRON,
    CalendarSpec,
    CronDialect,
    cron_lines,
    cron_warnings,
    parse,
    read_cron,
)

KINDS = {UNIX_CRON: "unix", REPEATED_HOUR_CRON: "unix", SECONDS_CRON: "ncrontab"}


@pytest.mark.parametrize(
    ("text", "dialect", "lines"),
    [
        ("Mon-Fri 09:30", UNIX_CRON, ["30 9 * * 1-5"]),
        ("Sat,Sun 09:30", UNIX_CRON, ["30 9 * * 6,0"]),
        ("Mon-Fri 09:30 Europe/Berlin", REPEATED_HOUR_CRON, ["30 9 * * 1-5"]),
        ("*:0/5", UNIX_CRON, ["*/5 * * * *"]),
        ("*:3/10", UNIX_CRON, ["3-53/10 * * * *"]),
        ("*-*-1/2 00:00", REPEATED_HOUR_CRON, ["0 0 1-31/2 * *"]),
        ("*-1/3-1 06:00", UNIX_CRON, ["0 6 1 1-10/3 *"]),
        ("*-4,6~2 06:00", UNIX_CRON, ["0 6 29 4,6 *"]),
        ("*-3,4~2 06:00", UNIX_CRON, ["0 6 30 3 *", "0 6 29 4 *"]),
        ("Mon *-2-1..29", UNIX_CRON, ["0 0 * 2 1"]),
        ("Mon *-*-1..7 09:00", SECONDS_CRON, ["0 0 9 1-7 * 1"]),
        ("Fri *-*-13 09:00:30", SECONDS_CRON, ["30 0 9 13 * 5"]),
        ("*:*:0/10", SECONDS_CRON, ["*/10 * * * * *"]),
    ],
)
def test_what_can_be_said(text: str, dialect: CronDialect, lines: list[str]) -> None:
    spec = parse(text)
    assert sorted(cron_lines(spec, dialect)) == sorted(lines)
    assert_same(spec, lines, KINDS[dialect])


@pytest.mark.parametrize(
    ("text", "dialect", "part"),
    [
        ("Mon *-*-1..7", UNIX_CRON, "Mon together with days of the month"),
        ("*-*~01", REPEATED_HOUR_CRON, r"days counted from the end of the month \(~01\)"),
        ("*-*~01", SECONDS_CRON, "February"),
        ("2027-*-01", UNIX_CRON, "years"),
        ("10:00:30", UNIX_CRON, "seconds :30"),
        ("10:00:00.5", SECONDS_CRON, r"seconds :00.5"),
        ("10:00 Europe/Berlin", SECONDS_CRON, "time zone Europe/Berlin"),
        ("*-02-30", UNIX_CRON, "never fires"),
    ],
)
def test_what_cannot_be_said_is_named(text: str, dialect: CronDialect, part: str) -> None:
    with pytest.raises(ScheduleError, match=part):
        cron_lines(parse(text), dialect)


@pytest.mark.parametrize(
    "lines", [["0 9 * * 1"], ["0 9 * * 1-5", "0 10 * * 6"], ["0 9 * * 1-5", "0 9 * * 5"], ["1 9 * * 1-5"], []]
)
def test_the_judge_of_these_tests_sees_what_is_wrong(lines: list[str]) -> None:
    with pytest.raises(AssertionError):
        assert_same(parse("Mon-Fri 09:00"), lines, "unix")


def test_a_dialect_of_ones_own() -> None:
    names = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
    quartz = CronDialect(
        name="Quartz",
        fields=("second", "minute", "hour", "day", "month", "weekday", "year"),
        weekdays=names,
        day_fields="either",
        unspecified="?",
        nth_weekday=True,
        open_steps=True,
        years=(1970, 2099),
    )
    assert cron_lines(parse("Mon *-*-8..14 10:00:15"), quartz) == ("15 0 10 ? * MON#2 *",)


def test_a_line_that_is_too_long_is_split() -> None:
    short = attrs.evolve(UNIX_CRON, longest=40)
    spec = CalendarSpec(minutes=[0, 1, 3, 7, 12, 20, 30, 44, 53, 55, 59], hours=[0, 1, 5, 7, 13, 22])
    lines = cron_lines(spec, short)
    assert len(lines) > 1
    assert all(len(line) <= 40 for line in lines)
    assert_same(spec, lines, "unix")


def test_every_long_field_can_be_split() -> None:
    years = [2027 + number * number % 101 for number in range(40)]
    yearly = attrs.evolve(UNIX_CRON, fields=(*UNIX_CRON.fields, "year"), years=(1970, 2199), longest=100)
    lines = cron_lines(CalendarSpec(years=years), yearly)
    assert len(lines) == 2
    said = [read_cron(line, yearly).years or frozenset() for line in lines]
    assert said[0] | said[1] == frozenset(years)
    assert not said[0] & said[1]
    narrow = attrs.evolve(UNIX_CRON, longest=27)
    for spec in (
        CalendarSpec(hours=[0, 1, 3, 7, 8, 11, 13, 17, 20, 22]),
        CalendarSpec(days=[1, 2, 4, 8, 9, 13, 18, 25, 29]),
    ):
        lines = cron_lines(spec, narrow)
        assert len(lines) == 2
        assert_same(spec, lines, "unix")


@pytest.mark.parametrize(
    ("text", "dialect", "warned"),
    [
        ("02:30 Europe/Berlin", REPEATED_HOUR_CRON, "Europe/Berlin have 02:30 twice on 2027-10-31"),
        ("*:15 America/New_York", REPEATED_HOUR_CRON, "America/New_York have 01:15 twice on 2027-11-07"),
        ("Mon-Fri 02:30 Europe/Berlin", REPEATED_HOUR_CRON, ""),
        ("03:30 Europe/Berlin", REPEATED_HOUR_CRON, ""),
        ("02:30 Asia/Kolkata", REPEATED_HOUR_CRON, ""),
        ("02:30", REPEATED_HOUR_CRON, ""),
        ("02:30 Europe/Berlin", UNIX_CRON, ""),
    ],
)
def test_an_hour_that_comes_twice_is_warned_of(text: str, dialect: CronDialect, warned: str) -> None:
    warnings = cron_warnings(parse(text), dialect, datetime(2027, 1, 1, tzinfo=UTC))
    assert len(warnings) == bool(warned)
    assert all(warned in warning for warning in warnings)


def test_no_more_lines_are_made_than_the_dialect_wants() -> None:
    tiny = attrs.evolve(UNIX_CRON, longest=12)
    with pytest.raises(ScheduleError, match="more than 10 lines"):
        cron_lines(CalendarSpec(minutes=[0, 1, 3, 7, 12, 20, 30, 44, 53, 55, 59], hours=[0, 1, 5, 7, 13, 22]), tiny)


@pytest.mark.parametrize("dialect", [UNIX_CRON, REPEATED_HOUR_CRON, SECONDS_CRON], ids=lambda each: each.name)
def test_every_calendar_has_an_answer_in_every_dialect(dialect: CronDialect) -> None:
    random = Random(13)
    answered = 0
    for _ in range(300):
        try:
            spec = parse(any_text(random))
        except ScheduleError:
            continue
        with suppress(ScheduleError):
            lines = cron_lines(spec, dialect)
            assert 1 <= len(lines) <= dialect.most_lines
            assert all(line.count(" ") == len(dialect.fields) - 1 for line in lines)
            answered += 1
    assert answered > 30


def check_random(seed: int, count: int) -> int:
    random = Random(seed)
    said = 0
    for _ in range(count):
        text = right_text(random, zones=("UTC",))
        for dialect in (UNIX_CRON, SECONDS_CRON):
            try:
                spec = parse(text)
                lines = cron_lines(spec, dialect)
            except ScheduleError:
                continue
            assert_same(spec, lines, KINDS[dialect])
            said += 1
    return said


def test_a_few_random_calendars_fire_exactly() -> None:
    assert check_random(seed=3, count=40) > 15


@pytest.mark.slow
def test_many_random_calendars_fire_exactly() -> None:
    assert check_random(seed=4, count=1000) > 500


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(100, 110))
def test_ten_thousand_random_calendars_fire_exactly(seed: int) -> None:
    assert check_random(seed, count=1000) > 500
