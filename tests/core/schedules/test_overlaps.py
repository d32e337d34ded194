"""Calendars of one function that fire at the same instant."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from random import Random

import pytest
from oncalendar_samples import right_text

from taskflows_cloud_core import Calendar, Periodic, ScheduleError
from taskflows_cloud_core.schedules import find_overlaps, iterate, overlap_warnings
from taskflows_cloud_core.schedules.analysis.overlaps import can_meet

AFTER = datetime(2027, 1, 1, tzinfo=UTC)


def first(one: str, other: str) -> str | None:
    found = find_overlaps([Calendar(one), Calendar(other)], AFTER)
    return found[0].moment.isoformat() if found else None


@pytest.mark.parametrize(
    ("one", "other", "moment"),
    [
        ("Mon-Fri 09:00", "Wed 09:00", "2027-01-06T09:00:00+00:00"),
        ("Mon-Fri 09:00", "Sat,Sun 09:00", None),
        ("09:00", "10:00", None),
        ("*:0/7", "*:0/5", "2027-01-01T00:35:00+00:00"),
        ("*-*-28", "*-*~01", "2027-02-28T00:00:00+00:00"),
        ("*-*-27", "*-*~01", None),
        ("Mon *-*-1..7", "Mon *-*~7/1", None),
        ("2027-*-* 10:00", "2028-*-* 10:00", None),
        ("2020-*-*", "daily", None),
        ("10:00 Europe/Berlin", "09:00", "2027-01-01T10:00:00+01:00"),
        ("10:00 Europe/Berlin", "10:00 Asia/Kolkata", None),
        ("02:30 Europe/Berlin", "2027-03-28 02:30 Europe/Berlin", None),
        ("10:00 Europe/Berlin", "09:00 Europe/London", "2027-01-01T10:00:00+01:00"),
    ],
)
def test_the_first_common_instant(one: str, other: str, moment: str | None) -> None:
    assert first(one, other) == moment
    assert (first(other, one) is None) == (moment is None)


def test_the_warning_names_both_and_the_instant() -> None:
    schedules = [Calendar("Mon-Fri 09:00"), Periodic(period=60), Calendar("25:00"), Calendar("daily"), Calendar("*:00")]
    assert overlap_warnings(schedules, AFTER) == (
        "schedules[0] 'Mon-Fri 09:00' and schedules[4] '*:00' both fire at 2027-01-01 09:00 UTC; it may run twice then",
        "schedules[3] 'daily' and schedules[4] '*:00' both fire at 2027-01-02 00:00 UTC; it may run twice then",
    )


def test_the_same_calendar_in_other_words_is_one_trigger_and_no_warning() -> None:
    schedules = [Calendar("daily"), Calendar("00:00")]
    assert len(find_overlaps(schedules, AFTER)) == 1
    assert overlap_warnings(schedules, AFTER) == ()


def moments(calendar: Calendar, until: datetime) -> set[datetime]:
    found = set()
    for moment in iterate(calendar.spec, AFTER):
        if moment > until:
            break
        found.add(moment.astimezone(UTC))
    return found


NEAR = ("UTC", "Europe/Berlin")
FAR = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12", "Australia/Lord_Howe")


def random_calendar(random: Random, zones: tuple[str, ...] = NEAR) -> Calendar:
    while True:
        calendar = Calendar(right_text(random, seconds=False, zones=zones))
        try:
            _ = calendar.spec
        except ScheduleError:
            continue
        return calendar


def test_random_pairs_overlap_when_their_moments_do() -> None:
    random = Random(5)
    until = datetime(2027, 3, 1, tzinfo=UTC)
    for _ in range(40):
        pair = [random_calendar(random), random_calendar(random)]
        common = moments(pair[0], until) & moments(pair[1], until)
        found = find_overlaps(pair, AFTER)
        if common:
            assert found[0].moment == min(common), pair
        else:
            assert not found or found[0].moment > until, pair


def test_no_pair_that_meets_is_ruled_out_beforehand() -> None:
    random = Random(6)
    until = datetime(2027, 3, 1, tzinfo=UTC)
    calendars = [random_calendar(random, FAR) for _ in range(40)]
    fired = [moments(calendar, until) for calendar in calendars]
    pairs = list(combinations(range(len(calendars)), 2))
    ruled_out = [
        (one, other)
        for one, other in pairs
        if not can_meet(calendars[one].spec, calendars[other].spec, after=AFTER, until=until)
    ]
    assert len(pairs) / 4 < len(ruled_out) < len(pairs)
    assert not [(calendars[one], calendars[other]) for one, other in ruled_out if fired[one] & fired[other]]


def test_hundreds_of_calendars_in_two_zones() -> None:
    in_utc = [Calendar(f"Mon-Fri {minute // 60:02d}:{minute % 60:02d}") for minute in range(0, 600, 4)]
    in_new_york = [
        Calendar(f"Mon-Fri {hour:02d}:{minute:02d} America/New_York")
        for hour in range(15)
        for minute in range(1, 40, 4)
    ]

    assert find_overlaps([*in_utc, *in_new_york], AFTER) == ()
    [found] = find_overlaps([*in_utc, *in_new_york, Calendar("05:01 America/New_York")], AFTER)[:1]
    assert (found.second, found.moment.isoformat()) == (300, "2027-01-01T05:01:00-05:00")
