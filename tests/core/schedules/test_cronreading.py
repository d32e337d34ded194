"""Reading lines of cron."""

from __future__ import annotations

from random import Random

import pytest
from cron_judge import assert_same
from oncalendar_samples import right_text

from taskflows_cloud_core import ScheduleError
from taskflows_cloud_core.schedules import (
    REPEATED_HOUR_CRON,
    SECONDS_CRON,
    UNIX_CRON,
    CronDialect,
    cron_lines,
    parse,
    read_cron,
)

KINDS = {UNIX_CRON: "unix", SECONDS_CRON: "ncrontab"}


@pytest.mark.parametrize(
    ("line", "dialect", "text"),
    [
        ("*/5 * * * *", UNIX_CRON, "*:00/5"),
        ("0 9 * * 1-5", UNIX_CRON, "Mon-Fri 09:00"),
        ("30 8 * * 0-2,6", UNIX_CRON, "Mon,Tue,Sat,Sun 08:30"),
        ("0 0 1,15 1-3 *", REPEATED_HOUR_CRON, "*-01..03-01,15 00:00"),
        ("0 9 * jan,Mar-MAY mon-fri", UNIX_CRON, "Mon-Fri *-01,03..05-* 09:00"),
        ("0 9 * * 5-7", UNIX_CRON, "Fri,Sat,Sun 09:00"),
        ("0 9 * * */2", UNIX_CRON, "Tue,Thu,Sat,Sun 09:00"),
        ("0 9 * * 1-5/2", REPEATED_HOUR_CRON, "Mon,Wed,Fri 09:00"),
        ("30 */20 4 1-7 * 1", SECONDS_CRON, "Mon *-*-01..07 04:00/20:30"),
    ],
)
def test_a_line_becomes_a_calendar(line: str, dialect: CronDialect, text: str) -> None:
    spec = read_cron(line, dialect, timezone="Asia/Tokyo")
    assert spec == parse(text, timezone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("line", "dialect", "said"),
    [
        ("0 9 * *", UNIX_CRON, "5 fields, not 4"),
        ("0 9 1 * 1", UNIX_CRON, "write two calendars"),
        ("60 9 * * *", UNIX_CRON, "out of range"),
        ("9-5 9 * * *", UNIX_CRON, "out of range"),
        ("*/0 9 * * *", UNIX_CRON, "out of range"),
        ("5/10 9 * * *", UNIX_CRON, "needs a range"),
        ("x 9 * * *", UNIX_CRON, "'X' is no minute"),
        ("0 9 * * 7", REPEATED_HOUR_CRON, "'7' is no weekday"),
        ("0 9 * * 5-0", UNIX_CRON, "do not wrap"),
        ("0 9 L * *", UNIX_CRON, "'L' is no day"),
        ("0 9 * * 1#2", UNIX_CRON, "'1#2' is no weekday"),
        ("0 9 * * 1/2", UNIX_CRON, "'1/2' is no weekday"),
        ("0 9 * * 1-5/0", UNIX_CRON, "'1-5/0' is no weekday"),
        ("0 9 15W * *", UNIX_CRON, "nearest to a day"),
    ],
)
def test_what_is_no_line_is_refused(line: str, dialect: CronDialect, said: str) -> None:
    with pytest.raises(ScheduleError, match=said) as caught:
        read_cron(line, dialect)
    assert line in str(caught.value)


def test_what_was_written_is_read_back() -> None:
    random = Random(11)
    count = 0
    while count < 30:
        dialect = random.choice((UNIX_CRON, SECONDS_CRON))
        try:
            lines = cron_lines(parse(right_text(random, zones=("UTC",))), dialect)
        except ScheduleError:
            continue
        count += 1
        for line in lines:
            assert_same(read_cron(line, dialect), [line], KINDS[dialect])
