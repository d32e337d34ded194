"""Reading OnCalendar text."""

from __future__ import annotations

import time
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oncalendar_samples import any_text

from taskflows_cloud_core import Calendar, ScheduleError
from taskflows_cloud_core.schedules import CalendarSpec, parse

WORKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("Mon-Fri 14:00", "Mon..Fri *-*-* 14:00:00 UTC"),
        ("Mon,Wed,Fri 09:30", "Mon,Wed,Fri *-*-* 09:30:00 UTC"),
        ("sunday,SAT 17:00", "Sat,Sun *-*-* 17:00:00 UTC"),
        ("Mon-Sun 00:00", "*-*-* 00:00:00 UTC"),
        ("Mon,", "Mon *-*-* 00:00:00 UTC"),
        ("Tue-Sun 7:5", "Tue..Sun *-*-* 07:05:00 UTC"),
        ("*:0/5", "*-*-* *:00/5:00 UTC"),
        ("9..17:0,30", "*-*-* 09..17:00,30:00 UTC"),
        ("*-*-1..15/5", "*-*-01..11/5 00:00:00 UTC"),
        ("24-*-*", "2024-*-* 00:00:00 UTC"),
        ("71-2-3", "1971-02-03 00:00:00 UTC"),
        ("10-15", "*-10-15 00:00:00 UTC"),
        ("02~03", "*-02~03 00:00:00 UTC"),
        ("*-*~07/1", "*-*~07/1 00:00:00 UTC"),
        ("*-*~*", "*-*-* 00:00:00 UTC"),
        ("10:00:00.5", "*-*-* 10:00:00.500000 UTC"),
        ("10:00:01.1234567", "*-*-* 10:00:01.123457 UTC"),
        ("*:*:*", "*-*-* *:*:* UTC"),
        ("minutely", "*-*-* *:*:00 UTC"),
        ("Hourly", "*-*-* *:00:00 UTC"),
        ("weekly Europe/Berlin", "Mon *-*-* 00:00:00 Europe/Berlin"),
        ("anually", "*-01-01 00:00:00 UTC"),
        ("quarterly", "*-01,04,07,10-01 00:00:00 UTC"),
        ("bi-annually", "*-01,07-01 00:00:00 UTC"),
        ("@1893456000", "2030-01-01 00:00:00 UTC"),
        ("@1893456000 Europe/Berlin", "2030-01-01 00:00:00 UTC"),
        ("10:00 utc", "*-*-* 10:00:00 UTC"),
        ("10:00 US/Eastern", "*-*-* 10:00:00 US/Eastern"),
        # One time of day with lists of minutes and seconds, not two times of day.
        ("08:30,17:45", "*-*-* 08:17,30:45 UTC"),
    ],
)
def test_text_is_normalised_as_systemd_does(text: str, normalised: str) -> None:
    assert str(parse(text)) == normalised


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("Fri-Mon 09:00", 0, "Fri-Mon: weekday ranges do not wrap; write Mon,Fri..Sun"),
        ("Sat..Tue 09:00", 0, "write Mon,Tue,Sat,Sun"),
        ("Mo 09:00", 0, "expected weekdays (Mon or Monday)"),
        ("Mon,Tues 09:00", 4, "expected a weekday, Mon or Monday, not 'Tues'"),
        ("Mon/2 09:00", 3, "weekdays have no steps"),
        ("Mon..Wed..Fri", 8, "expected ','"),
        ("every five minutes", 0, "a word such as daily"),
        ("Mon-Fri 9am", 9, "the clock has 24 hours"),
        ("22..02:00", 0, "ranges do not wrap; write 00..02,22..23"),
        ("*/2:00", 1, "write 0/2:00 instead of */2:00"),
        ("*,3:00", 1, "cannot stand in a list"),
        ("3,*:00", 2, "cannot stand in a list"),
        ("24:00", 0, "hour 24 is out of range; write 0 to 23"),
        ("10:60", 3, "minute 60 is out of range"),
        ("*-*-32", 4, "day 32 is out of range"),
        ("*-*~29", 4, "from the end of the month 29 is out of range; write 1 to 28"),
        ("*-*~26,28", 7, "reads at most 25 here"),
        ("2200-*-*", 0, "year 2200 is out of range; write 1970 to 2199"),
        ("23/1:00", 0, "no step of 1 fits after hour 23; write 23 alone"),
        ("*:0/0", 4, "a step of 0"),
        ("10", 2, "expected ':' and minutes"),
        ("9-17:00", 4, "a range of hours is written with dots"),
        ("10:00 europe/berlin", 6, "write Europe/Berlin"),
        ("10:00 america/new_york", 6, "write America/New_York"),
        ("10:00 est", 6, "write EST"),
        ("10:00 Moon", 6, "write UTC or a name such as Europe/Berlin"),
        ("10:00 +02:00", 6, "offsets are not supported"),
        ("10:00 Z", 6, "write UTC"),
        ("10:00 Mon", 6, "weekdays come first"),
        ("10:00 ", 5, "expected the end of the schedule"),
        (" 10:00", 0, "expected an hour"),
        ("secondly", 0, "expected weekdays"),
        ("10:00:01.", 9, "expected digits after the point"),
        ("*:*:0.5..1", 4, "needs a step"),
        ("*:*:0/0.0001", 4, "more often than once a millisecond"),
        ("@-1", 1, "expected whole seconds since 1970"),
        ("@7258118400", 1, "the end of the year 2199"),
        ("\u0661\u0660:00", 0, "expected weekdays"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_was_expected(text: str, position: int, said: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert caught.value.text == text
    assert caught.value.position == position


def test_a_calendar_reads_its_text_when_it_is_needed() -> None:
    calendar = Calendar("25:00")
    with pytest.raises(ScheduleError, match="'25:00' at character 1: hour 25 is out of range"):
        _ = calendar.spec


def test_a_zone_comes_from_the_text_or_from_the_argument() -> None:
    assert parse("10:00").timezone == "UTC"
    assert parse("10:00", timezone="utc").timezone == "UTC"
    assert parse("10:00", timezone="Europe/Berlin") == parse("10:00 Europe/Berlin")
    assert parse("10:00 Europe/Berlin", timezone="Europe/Berlin").timezone == "Europe/Berlin"


def test_two_zones_that_differ_are_an_error() -> None:
    with pytest.raises(ScheduleError, match=r"the text says Europe/Paris and the argument timezone says UTC"):
        parse("10:00 Europe/Paris", timezone="UTC")


@pytest.mark.parametrize(
    "name", ["europe/berlin", "Mars/Olympus", "../UTC", "/etc/passwd", "right/Asia/Tokyo", "x" * 400]
)
def test_a_zone_that_does_not_exist_is_an_error(name: str) -> None:
    with pytest.raises(ScheduleError, match="no time zone"):
        parse("10:00", timezone=name)


def test_every_day_is_the_same_in_whatever_words() -> None:
    assert parse("1970..2199-*-1..31 0..23:0..59") == parse("*:*") == CalendarSpec(hours=range(24), minutes=range(60))


def test_sets_are_filled_as_they_are_read() -> None:
    spec = parse("Mon-Fri 2027-1/3~10/3 8..18/5:15:30.25 Asia/Tokyo")
    assert spec == CalendarSpec(
        weekdays=WORKDAYS,
        years={2027},
        months={1, 4, 7, 10},
        days={-10, -7, -4, -1},
        hours={8, 13, 18},
        minutes={15},
        microseconds={30_250_000},
        timezone="Asia/Tokyo",
    )


def test_a_long_text_is_refused_at_once() -> None:
    with pytest.raises(ScheduleError, match="at most 4000 characters"):
        parse("1," * 100_000)


@given(st.text(max_size=60) | st.text(alphabet="0123456789*/.,-~: MonFri@UTC", max_size=60))
@example("*:*:0/0.000001")
@example("@" + "9" * 900)
@example("9" * 4000)
@example("0," * 1999 + ":")
@example("*:*:" + ",".join(["0/0.002"] * 120))
@settings(max_examples=500, deadline=None)
def test_arbitrary_text_is_read_or_refused_within_fifty_milliseconds(text: str) -> None:
    spec, error = read_or_refused(text)
    if spec is None:
        assert error
        # The best of several, since a collection of garbage can fall into one of them.
        assert min(seconds_to_refuse(text) for _ in range(3)) < 0.05
    else:
        assert parse(str(spec)) == spec


def seconds_to_refuse(text: str) -> float:
    begin = time.process_time()
    read_or_refused(text)
    return time.process_time() - begin


def read_or_refused(text: str) -> tuple[CalendarSpec | None, str]:
    try:
        return parse(text), ""
    except ScheduleError as error:
        return None, str(error)


@given(st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_what_is_printed_is_read_back(random: Random) -> None:
    spec, _ = read_or_refused(any_text(random))
    if spec is None:
        return
    assert parse(str(spec)) == spec
    assert str(parse(str(spec))) == str(spec)
