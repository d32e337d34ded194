"""Schedules in plain English."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oncalendar_samples import any_text

from taskflows_cloud_core import Calendar, Periodic, ScheduleError
from taskflows_cloud_core.schedules import describe


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mon-Fri 09:00 Europe/Berlin", "at 09:00 on weekdays, Europe/Berlin"),
        ("Sat,Sun 10:00", "at 10:00 on weekends, UTC"),
        ("Sun 17:00", "at 17:00 on Sundays, UTC"),
        ("Mon,Wed,Fri 09:30", "at 09:30 on Mondays, Wednesdays and Fridays, UTC"),
        ("Mon-Sat 8:00", "at 08:00 from Monday to Saturday, UTC"),
        ("daily", "at 00:00 every day, UTC"),
        ("hourly", "every hour, UTC"),
        ("minutely", "every minute, UTC"),
        ("*:*:*", "every second, UTC"),
        ("*:*:0/10", "every 10 seconds, UTC"),
        ("*:30", "every hour at :30, UTC"),
        ("*:0/5", "every 5 minutes, UTC"),
        ("*:0/7", "every 7 minutes from :00 to :56 of every hour, UTC"),
        ("*:15,45", "at :15 and :45 of every hour every day, UTC"),
        ("Mon-Fri 9..17:0/15", "every 15 minutes from 09:00 to 17:45 on weekdays, UTC"),
        ("8..18/2:15", "every 2 hours from 08:15 to 18:15, UTC"),
        ("8..18:0,20", "at :00 and :20 of every hour from 08 to 18 every day, UTC"),
        ("8,12,13,14,20:5/10", "every 10 minutes from :05 to :55 of the hours 08, 12, 13, 14 and 20, UTC"),
        ("23:0/20", "at 23:00, 23:20 and 23:40 every day, UTC"),
        ("10:00:00.5", "at 10:00:00.5 every day, UTC"),
        ("*:0/5:10", "at second 10 of every 5 minutes every day, UTC"),
        ("*-*-1,15 12:00", "at 12:00 on the 1st and 15th of the month, UTC"),
        ("*-*-11..13 03:00", "at 03:00 on the 11th to 13th of the month, UTC"),
        ("Mon *-*-1..7 09:00", "at 09:00 on the first Monday of the month, UTC"),
        ("Fri *-*~7/1 17:00", "at 17:00 on the last Friday of the month, UTC"),
        ("Fri *-*-13 09:00", "at 09:00 on Fridays that are the 13th of the month, UTC"),
        ("*-*~01 18:00", "at 18:00 on the last day of the month, UTC"),
        ("*-*~03/1 18:00", "at 18:00 on the last 3 days of the month, UTC"),
        ("*-*~02 18:00", "at 18:00 on the 2nd to last day of the month, UTC"),
        ("quarterly", "at 00:00 on the 1st of January, April, July and October, UTC"),
        ("2027-05-06 07:08:30", "at 07:08:30 on 6 May 2027, UTC"),
        ("Mon 2027..2030-6..8-* 10:00", "at 10:00 on Mondays from June to August from 2027 to 2030, UTC"),
        ("2028/4-02-29", "at 00:00 on the 29th of February in every 4th year from 2028 to 2196, UTC"),
    ],
)
def test_a_calendar_in_words(text: str, said: str) -> None:
    assert describe(Calendar(text)) == said
    assert describe(Calendar(text).spec) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "every second"),
        (90, "every 90 seconds"),
        (60, "every minute"),
        (5400, "every 90 minutes"),
        (86400, "every day"),
    ],
)
def test_a_period_in_words(seconds: int, said: str) -> None:
    assert describe(Periodic(period=seconds)) == said
    after = describe(Periodic(period=seconds, relative_to="finish"))
    assert after == f"{said}, counted from the end of the run before"


@given(st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_every_calendar_has_words(random: Random) -> None:
    try:
        said = describe(Calendar(any_text(random)))
    except ScheduleError:
        return
    assert said.isprintable()
    assert "  " not in said
    assert said.startswith(("at ", "every "))
