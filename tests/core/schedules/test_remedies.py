"""What an error proposes for a text that means a calendar and is none."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oncalendar_samples import right_text

from taskflows_cloud_core import Calendar, Periodic, ScheduleError
from taskflows_cloud_core.schedules import UNIX_CRON, cron_lines, misreading_warnings, parse, read_cron

PROPOSED = re.compile(r"(?:did you mean|as a calendar it is) '(.*?)'\??$")


def error_of(text: str) -> str:
    with pytest.raises(ScheduleError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (" 09:00", "09:00"),
        ("Mon - Fri 09:00", "Mon-Fri 09:00"),
        ("Mon, Tue 09:00", "Mon,Tue 09:00"),
        ("Mon; Tue 09:00", "Mon,Tue 09:00"),
        ("Mon Tue and Fri 09:00", "Mon,Tue,Fri 09:00"),
        ("Mon to Fri 09:00", "Mon-Fri 09:00"),
        ("Mondays at 9am", "Mon 09:00"),
        ("Tues,Thurs 9:30pm", "Tue,Thu 21:30"),
        ("weekdays 09:00", "Mon-Fri 09:00"),
        ("weekday at 9", "Mon-Fri 9:00"),
        ("weekends noon", "Sat,Sun 12:00"),
        ("Montag 09:00", "Mon 09:00"),
        ("lundi-vendredi 9h30", "Mon-Fri 9:30"),
        ("S\u00e1bado 10:00", "Sat 10:00"),
        ("Mo-Fr 09:00", "Mon-Fri 09:00"),
        ("Mondey 09:00", "Mon 09:00"),
        ("dialy", "daily"),
        ("every day at 9am", "09:00"),
        ("daily 09:00", "09:00"),
        ("09:00 daily", "09:00"),
        ("monthly 06:00", "*-*-01 06:00"),
        ("hourly:30", "*:30"),
        ("midnight", "00:00"),
        ("12am", "00:00"),
        ("9.30", "9:30"),
        ("0900", "09:00"),
        ("09-17:00", "09..17:00"),
        ("9:00-17:00", "9..17:00"),
        ("10:00 12:00", "10,12:00"),
        ("2027-05-06 9am 09:00", "2027-05-06 09:00"),
        ("10:00 Mon-Fri", "Mon-Fri 10:00"),
        ("Europe/Berlin 09:00", "09:00 Europe/Berlin"),
        ("Mon-Fri 09:00 Europe/Berlin UTC", "Mon-Fri 09:00 Europe/Berlin"),
        ("10:00 New York", "10:00 America/New_York"),
        ("Mon - Fri 09:00 Europe/Berln", "Mon-Fri 09:00 Europe/Berlin"),
        ("2027-05-06T07:08", "2027-05-06 07:08"),
        ("2027-05-06T07:08:00Z", "2027-05-06 07:08:00 UTC"),
        ("2027-05-06T07:08:00+02:00", "2027-05-06 05:08:00 UTC"),
        ("2027/05/06 10:00", "2027-05-06 10:00"),
        ("06.05.2027 10:00", "2027-05-06 10:00"),
        ("May 6th, 2027 10:00", "2027-05-06 10:00"),
        ("6 May 2027", "2027-05-06"),
        ("2027", "2027-*-*"),
        ("2027-05", "2027-05-*"),
        ("*-*-1-5", "*-*-1..5"),
        ("*-*-L 18:00", "*-*~01 18:00"),
        ("last day of the month", "*-*~01"),
        ("first Monday of the month 10:00", "Mon *-*-1..7 10:00"),
        ("Mon#2", "Mon *-*-8..14"),
        ("last Fri *-*-* 10:00", "Fri *-*~07/1 10:00"),
        ("OnCalendar=daily", "daily"),
        ("'10:00'", "10:00"),
        ("10:00 # at ten", "10:00"),
        ("Mon\u2013Fri 09:00", "Mon-Fri 09:00"),
        ("\u0660\u0669:\uff10\uff10", "09:00"),
        ("secondly", "*:*:*"),
    ],
)
def test_what_was_meant_is_proposed(text: str, meant: str) -> None:
    assert error_of(text).endswith(f"; did you mean {meant!r}?")
    parse(meant)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 9 * * 1-5", "this is a line of cron; as a calendar it is 'Mon-Fri 09:00'"),
        ("*/5 * * * *", "this is a line of cron; as a calendar it is '*:00/5'"),
        ("0  9 * * mon-fri", "as a calendar it is 'Mon-Fri 09:00'"),
        ("30 4 1,15 * 5", "it is two calendars: '*-*-01,15 04:30' and 'Fri 04:30'"),
        ("30 9 ? * MON-FRI *", "as a calendar it is 'Mon-Fri 09:30'"),
        ("cron(0 9 ? * 6L *)", "as a calendar it is 'Fri *-*~01..07 09:00'"),
        ("0 0 9 ? * MON-FRI", "as a calendar it is 'Mon-Fri 09:00'"),
        ("0 0 9 ? * MON-FRI 2027", "as a calendar it is 'Mon-Fri 2027-*-* 09:00'"),
        ("15 0 9 * * 1", "as a calendar it is 'Mon 09:00:15'"),
        ("CRON_TZ=Europe/Berlin 0 9 * * *", "as a calendar it is '09:00 Europe/Berlin'"),
        ("0 0 L * ?", "this is a line of cron; as a calendar it is '*-*~01 00:00'"),
        ("0 9 ? * MON-FRI", "this is a line of cron; as a calendar it is 'Mon-Fri 09:00'"),
        ("0 9 ? * FRIL", "this is a line of cron; as a calendar it is 'Fri *-*~01..07 09:00'"),
        ("0 9 15W * ?", "this looks like a line of cron, which is no calendar"),
        ("60 9 * * *", "'60' is out of range for a minute"),
        (
            "TZ=Europe/Berln 0 9 * * *",
            "in a time zone that does not exist, 'Europe/Berln'; did you mean Europe/Berlin?",
        ),
        ("9999-12-31T23:59:59-01:00", "expected ',', '..', '/' or the end of the day, not 'T'"),
        ("0001-01-01T00:00:00+02:00", "expected ',', '..', '/' or the end of the day, not 'T'"),
        ("@daily", "as a calendar it is 'daily'"),
        ("@weekly", "as a calendar it is 'Sun 00:00'"),
        ("@reboot", "no calendar fires at a start of the machine"),
        ("at(2027-01-01T10:00:00)", "as a calendar this is '2027-01-01 10:00:00'"),
        ("25:00", "hour 25 is out of range; write 0 to 23"),
        ("05/06/2027 10:00", "a date is written year-month-day, as in 2027-05-06"),
        ("10:00 12:30", "a calendar has one time of day; use two calendars for two"),
        ("10:00 Europe/Berln", "there is no time zone 'Europe/Berln'; did you mean Europe/Berlin?"),
        ("10:00 berlin", "did you mean Europe/Berlin?"),
        ("10:00 CEST", "did you mean Europe/Berlin?"),
        ("10:00 UTC+2", "offsets are not supported"),
        ("UTC", "one time zone stands at the end"),
    ],
)
def test_what_it_is_instead_is_said(text: str, said: str) -> None:
    assert said in error_of(text)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5m", 300),
        ("every 5 minutes", 300),
        ("@every 1h", 3600),
        ("rate(2 days)", 172800),
        ("90 sec", 90),
        ("1w", 604800),
    ],
)
def test_an_interval_is_a_period(text: str, period: int) -> None:
    assert f"write {Periodic(period=period)!r}".split(",")[0] + ")" in error_of(text)


def test_control_characters_are_named() -> None:
    with pytest.raises(ValueError, match="has a tab at character 8"):
        Calendar("Mon-Fri\t09:00")
    with pytest.raises(ValueError, match=r"the unprintable character '\\x00' at character 6"):
        Calendar("09:00\x00")


WORDS = (
    "Mon Tue,Wed monday first last day of the month at every daily noon 9am 09:00 10:00-12:00 2027-05-06 06.05.2027 "
    "TZ=Mars CRON_TZ=Europe/Berlin 9999-12-31T23:59:59-01:00 "
    "T Z UTC Europe/Berln New_York L #1 - to , ; 5 * */5 ? cron( ) rate( 0 9 1-5 a_a_a_a_a : -- ~ / 1..2 @ weekdays"
)


def proposal_for(text: str) -> str | None:
    """What is proposed in place of a text; ``None`` when it can be read, or when nothing is."""
    try:
        parse(text)
    except ScheduleError as error:
        proposed = PROPOSED.search(str(error))
        return proposed[1] if proposed else None
    return None


def can_be_read(text: str) -> bool:
    try:
        parse(text)
    except ScheduleError:
        return False
    return True


@given(st.lists(st.sampled_from(WORDS.split(" ")), min_size=1, max_size=12), st.sampled_from(["", " ", "  "]))
@settings(max_examples=400, deadline=None)
def test_what_is_proposed_can_be_read(pieces: list[str], between: str) -> None:
    proposal = proposal_for(between.join(pieces))
    assert proposal is None or can_be_read(proposal)


def test_proposals_are_found_in_such_texts() -> None:
    random = Random(5)
    texts = [" ".join(random.choices(WORDS.split(" "), k=random.randint(1, 4))) for _ in range(1000)]
    assert len({proposal_for(text) for text in texts} - {None}) >= 20


def test_every_line_of_cron_is_said_as_the_calendar_that_it_is() -> None:
    random = Random(11)
    said = 0
    for _ in range(200):
        try:
            lines = cron_lines(parse(right_text(random, seconds=False, zones=("UTC",))), UNIX_CRON)
        except ScheduleError:
            continue
        for line in lines:
            proposed = PROPOSED.search(error_of(line))
            assert proposed, line
            assert parse(proposed[1]) == read_cron(line, UNIX_CRON)
            said += 1
    assert said > 80


@pytest.mark.parametrize(
    ("text", "surprise"),
    [
        ("10:00,12:00", "so this runs at 10:00 and 10:12 every day, UTC; for two times of day use two calendars"),
        ("Mon 09:00..17:00", "09:00..17:00 is one time of day with lists in it"),
        ("24-*-* 10:00", "24 is the year 2024; write all four digits"),
        ("9:00,30:00", ""),
        ("9..17:00,15:00", ""),
        ("10,12:00", ""),
        ("10-15 09:00", ""),
        ("2027-05-06 07:08", ""),
        ("25:00", ""),
    ],
)
def test_what_is_right_and_surprising_is_warned_of(text: str, surprise: str) -> None:
    warnings = misreading_warnings([Periodic(period=60), Calendar(text)])
    assert len(warnings) == bool(surprise)
    assert all(warning.startswith(f"schedules[1] {text!r}: ") and surprise in warning for warning in warnings)
