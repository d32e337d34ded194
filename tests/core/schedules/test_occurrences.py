"""When calendars and periods fire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim

from taskflows_cloud_core import Calendar, Periodic, ScheduleError
from taskflows_cloud_core.schedules import CalendarSpec, iterate, last_run, next_runs, parse, why_never

BERLIN = ZoneInfo("Europe/Berlin")


def walls(text: str, after: datetime, count: int) -> list[str]:
    return [moment.isoformat() for moment in next_runs(parse(text), count, after)]


def test_moments_come_in_the_zone_of_the_calendar() -> None:
    runs = Calendar("Mon-Fri 09:00", timezone="Europe/Berlin").next_runs(2, datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert [run.isoformat() for run in runs] == ["2027-01-04T09:00:00+01:00", "2027-01-05T09:00:00+01:00"]
    assert runs[0].tzinfo is BERLIN


def test_a_moment_is_strictly_after() -> None:
    at = datetime(2027, 1, 1, 10, tzinfo=UTC)
    assert walls("10:00", at, 1) == ["2027-01-02T10:00:00+00:00"]
    assert walls("10:00", at - timedelta(microseconds=1), 1) == ["2027-01-01T10:00:00+00:00"]


def test_a_time_that_the_clock_skips_does_not_fire() -> None:
    after = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert walls("02:30 Europe/Berlin", after, 2) == ["2027-03-29T02:30:00+02:00", "2027-03-30T02:30:00+02:00"]
    assert walls("1..3:00 Europe/Berlin", after, 3)[:2] == ["2027-03-28T01:00:00+01:00", "2027-03-28T03:00:00+02:00"]


def test_a_time_that_comes_twice_fires_the_first_time() -> None:
    after = datetime(2027, 10, 30, 22, 30, tzinfo=UTC)
    assert walls("*:0/30 Europe/Berlin", after, 5) == [
        "2027-10-31T01:00:00+02:00",
        "2027-10-31T01:30:00+02:00",
        "2027-10-31T02:00:00+02:00",
        "2027-10-31T02:30:00+02:00",
        "2027-10-31T03:00:00+01:00",
    ]
    within = datetime(2027, 10, 31, 2, 15, fold=1, tzinfo=BERLIN)
    assert walls("*:0/30 Europe/Berlin", within, 1) == ["2027-10-31T03:00:00+01:00"]


def test_half_an_hour_of_change_is_no_different() -> None:
    after = datetime(2027, 10, 2, 14, tzinfo=UTC)
    assert walls("2:15 Australia/Lord_Howe", after, 1) == ["2027-10-04T02:15:00+11:00"]


def test_a_day_that_an_island_skipped() -> None:
    after = datetime(2011, 12, 28, tzinfo=UTC)
    runs = walls("12:00 Pacific/Apia", after, 3)
    assert [run[:10] for run in runs] == ["2011-12-28", "2011-12-29", "2011-12-31"]


def test_days_from_the_end_follow_the_length_of_the_month() -> None:
    after = datetime(2028, 1, 15, tzinfo=UTC)
    assert [run[:10] for run in walls("*-*~02", after, 3)] == ["2028-01-30", "2028-02-28", "2028-03-30"]
    assert [run[:10] for run in walls("*-02~01", datetime(2096, 3, 1, tzinfo=UTC), 3)] == [
        "2097-02-28",
        "2098-02-28",
        "2099-02-28",
    ]


def test_the_calendar_ends_with_2199() -> None:
    assert walls("*-12-31 12:00", datetime(2197, 12, 31, 13, tzinfo=UTC), 9) == [
        "2198-12-31T12:00:00+00:00",
        "2199-12-31T12:00:00+00:00",
    ]
    assert walls("2020-01-01", datetime(2027, 1, 1, tzinfo=UTC), 3) == []
    assert walls("*-02-30", datetime(2027, 1, 1, tzinfo=UTC), 3) == []
    assert walls("daily", datetime.max.replace(tzinfo=UTC), 1) == []


def test_it_begins_with_1970() -> None:
    assert walls("daily Europe/Berlin", datetime.min.replace(tzinfo=UTC), 1) == ["1970-01-01T00:00:00+01:00"]


def test_fractions_of_seconds() -> None:
    assert walls("10:00:0/20.25", datetime(2027, 1, 1, tzinfo=UTC), 3) == [
        "2027-01-01T10:00:00+00:00",
        "2027-01-01T10:00:20.250000+00:00",
        "2027-01-01T10:00:40.500000+00:00",
    ]


def test_a_rare_day_is_found_in_no_time() -> None:
    runs = next_runs(parse("Mon *-02-29"), 3, datetime(2027, 1, 1, tzinfo=UTC))
    assert [run.year for run in runs] == [2044, 2072, 2112]


@pytest.mark.parametrize("ask", [Calendar("10:00"), Periodic(period=60)])
def test_wrong_arguments_are_refused(ask: Calendar | Periodic) -> None:
    with pytest.raises(ValueError, match="n is -1"):
        ask.next_runs(-1)
    with pytest.raises(ValueError, match="no time zone"):
        ask.next_runs(1, datetime(2027, 1, 1))  # noqa: DTZ001 - that is the point
    assert ask.next_runs(0) == []


def test_a_moment_is_a_datetime_that_utc_can_hold() -> None:
    for schedule in (Calendar("daily"), Periodic(period=60)):
        for wrong in ("2027-01-01", datetime(2027, 1, 1, tzinfo=UTC).date(), 5):
            with pytest.raises(TypeError, match="after must be of type datetime or None, not"):
                schedule.next_runs(1, wrong)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(ValueError, match="which no datetime in UTC can hold"):
        Periodic(period=60).next_runs(1, datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))))


def test_an_empty_zone_is_answered_with_a_zone() -> None:
    with pytest.raises(ValueError, match="Calendar.timezone is empty; write something like 'Europe/Berlin'"):
        Calendar("daily", timezone="")


def test_without_a_moment_it_is_now() -> None:
    [run] = Calendar("*:*").next_runs(1)
    assert timedelta(0) < run - datetime.now(UTC) + timedelta(seconds=5) < timedelta(seconds=70)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize(
    ("text", "cron"),
    [
        ("Mon-Fri 09:30", "30 9 * * 1-5"),
        ("Sat,Sun 23:59", "59 23 * * 0,6"),
        ("*-*-1,15 12:00", "0 12 1,15 * *"),
        ("*-2-29 06:00", "0 6 29 2 *"),
        ("*-1/3~1 18:00", "0 18 L 1,4,7,10 *"),
        ("Fri *-*~7/1 17:00", "0 17 * * 5L"),
        ("Mon *-*-8..14 10:00", "0 10 * * 1#2"),
        ("8..18/2:0/7", "*/7 8-18/2 * * *"),
    ],
)
def test_it_agrees_with_cronsim_away_from_changes_of_the_clock(text: str, cron: str, zone: str) -> None:
    after = datetime(2027, 1, 1, tzinfo=ZoneInfo(zone))
    # CronSim knows no last year.
    theirs = [moment.astimezone(UTC) for moment in islice(CronSim(cron, after), 300) if moment.year < 2200]
    ours = [moment.astimezone(UTC) for moment in islice(iterate(parse(text, timezone=zone), after), len(theirs))]
    assert len(theirs) > 10
    assert ours == theirs


def test_periods_count_from_the_given_moment() -> None:
    runs = Periodic(period=5400).next_runs(2, datetime(2027, 3, 28, 1, tzinfo=BERLIN))
    assert [run.isoformat() for run in runs] == ["2027-03-28T03:30:00+02:00", "2027-03-28T05:00:00+02:00"]


def test_periods_end_where_dates_end() -> None:
    runs = Periodic(period=10**11).next_runs(5, datetime(2027, 1, 1, tzinfo=UTC))
    assert [run.year for run in runs] == [5195, 8364]
    assert Periodic(period=10**300).next_runs(5, datetime(2027, 1, 1, tzinfo=UTC)) == []


def test_a_form_with_a_zone_that_does_not_exist_cannot_run() -> None:
    with pytest.raises(ScheduleError, match="there is no time zone 'Mars/Olympus'"):
        next_runs(CalendarSpec(timezone="Mars/Olympus"), 1)


@pytest.mark.parametrize("schedule", [Calendar("*:0/20", timezone="Europe/Berlin"), Periodic(period=1200)])
def test_schedules_can_be_walked_along(schedule: Calendar | Periodic) -> None:
    after = datetime(2027, 3, 28, 0, 0, tzinfo=UTC)
    assert list(islice(schedule.iterate(after), 7)) == schedule.next_runs(7, after)
    with pytest.raises(ValueError, match="no time zone"):
        schedule.iterate(datetime(2027, 1, 1))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("text", "after", "moment"),
    [
        # The clock of the Chatham Islands jumps from 02:45 to 03:45, and that is a time of the day.
        ("3:45 Pacific/Chatham", datetime(2028, 9, 23, tzinfo=UTC), datetime(2028, 9, 23, 14, 0, tzinfo=UTC)),
        # That of Troll jumps two hours, from 01:00 to 03:00.
        ("2,3:00 Antarctica/Troll", datetime(2028, 3, 25, 12, tzinfo=UTC), datetime(2028, 3, 26, 1, tzinfo=UTC)),
        # Ireland's summer time is its standard time.
        ("1,2:30 Europe/Dublin", datetime(2028, 3, 25, 12, tzinfo=UTC), datetime(2028, 3, 26, 1, 30, tzinfo=UTC)),
        (
            "2:00,15,30 Australia/Lord_Howe",
            datetime(2027, 10, 2, 12, tzinfo=UTC),
            datetime(2027, 10, 2, 15, 30, tzinfo=UTC),
        ),
    ],
)
def test_clocks_that_change_in_unusual_ways(text: str, after: datetime, moment: datetime) -> None:
    assert Calendar(text).next_runs(1, after) == [moment]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2027-05-06 07:08", "2027-05-06T07:08:00+00:00"),
        ("2020..2021-*~01 6,18:00,30 Europe/Berlin", "2021-12-31T18:30:00+01:00"),
        ("2027-03-27..28 02:30 Europe/Berlin", "2027-03-27T02:30:00+01:00"),
        ("daily", "2199-12-31T00:00:00+00:00"),
        ("2027-03-28 02:30 Europe/Berlin", None),
        ("*-02-30", None),
    ],
)
def test_the_last_run(text: str, last: str | None) -> None:
    found = last_run(parse(text))
    assert (found and found.isoformat()) == last


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("*-02-30", "February has at most 29 days"),
        ("2027-02-29", "February 2027 has 28 days"),
        ("2027,2029-2-29", "February has at most 29 days"),
        ("*-4-31", "April has at most 30 days"),
        ("*-06,09-31", "no month in it has such a day"),
        ("Mon 2027-01-01", "2027-01-01 is a Friday"),
        ("Mon 2027-01~01", "2027-01-31 is a Sunday"),
        ("Mon 2027-01-01..03", "no month in it has such a day"),
        ("2027-03-28 02:30 Europe/Berlin", "the clocks of Europe/Berlin skip the time"),
    ],
)
def test_why_a_calendar_never_fires(text: str, reason: str) -> None:
    assert why_never(parse(text)) == f"this never fires: {reason}"


@pytest.mark.parametrize("text", ["daily", "*-02-29", "2020-01-01", "2027-03-27 02:30 Europe/Berlin"])
def test_what_fires_once_has_no_reason(text: str) -> None:
    assert why_never(parse(text)) is None
