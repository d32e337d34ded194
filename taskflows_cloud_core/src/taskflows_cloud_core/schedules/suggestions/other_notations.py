"""Lines of cron and intervals where a calendar is due, said as what they are here."""

from __future__ import annotations

import re
from contextlib import suppress

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.cron.dialects import SECONDS_CRON, UNIX_CRON, WEEKDAY_NAMES, CronDialect
from taskflows_cloud_core.schedules.cron.reader import read_cron
from taskflows_cloud_core.schedules.spec.text import short_text
from taskflows_cloud_core.schedules.spec.units import FIRST_YEAR, LAST_YEAR
from taskflows_cloud_core.schedules.timezones.names import zone_name
from taskflows_cloud_core.schedules.timezones.suggestions import advice_for

_ALIASES = {
    **{f"@{word}": word for word in ("hourly", "daily", "weekly", "monthly", "yearly", "annually")},
    "@midnight": "daily",
    # Cron's week begins on Sunday.
    "@weekly": "Sun 00:00",
}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_INTERVAL = re.compile(
    r"(?:@?every )?([1-9][0-9]{0,8}) ?(s|m|h|d|w)(?:ec(?:ond)?s?|in(?:ute)?s?|ours?|rs?|ays?|eeks?)?", re.IGNORECASE
)
_RATE = re.compile(r"rate\((.*)\)", re.IGNORECASE)
_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})\)", re.IGNORECASE)
_CRON = re.compile(r"cron\((.*)\)", re.IGNORECASE)
_ZONE = re.compile(r"(?:CRON_TZ|TZ)=(\S+) +(.*)")
_NUMBERS = re.compile(r"[0-9*/,-]+")
_FIELD = re.compile(r"[0-9A-Za-z*/,?#-]+")
_QUARTZ = CronDialect(
    name="cron",
    fields=("second", "minute", "hour", "day", "month", "weekday"),
    weekdays=WEEKDAY_NAMES,
    read_weekdays=(("2", "3", "4", "5", "6", "7", "1"),),
    day_fields="either",
    unspecified="?",
    last_day=True,
    nth_weekday=True,
    last_weekday=True,
    open_steps=True,
    years=(FIRST_YEAR, LAST_YEAR),
)
_QUARTZ_WITH_YEAR = attrs.evolve(_QUARTZ, fields=(*_QUARTZ.fields, "year"))
_WITHOUT_SECONDS = attrs.evolve(_QUARTZ_WITH_YEAR, fields=_QUARTZ_WITH_YEAR.fields[1:])
_WITHOUT_SECONDS_AND_YEAR = attrs.evolve(_WITHOUT_SECONDS, fields=_WITHOUT_SECONDS.fields[:-1])
_FIELDS_OF_UNIX, _FIELDS_OF_QUARTZ = len(UNIX_CRON.fields), len(_QUARTZ.fields)


def in_other_language(text: str) -> str | None:
    """Say what a text is when it is no calendar but something else that says when to run.

    Args:
        text: That cannot be read as a calendar.

    Returns:
        A sentence with what to write, or ``None`` when it is nothing that is known.
    """
    line = " ".join(text.split())
    if line.lower() in _ALIASES:
        return f"this is a word of cron; as a calendar it is {_ALIASES[line.lower()]!r}"
    if line.lower() == "@reboot":
        return "no calendar fires at a start of the machine; write Periodic(period=...) for an interval from then on"
    return _interval(line) or _moment(line) or _cron(line)


def _interval(line: str) -> str | None:
    rate = _RATE.fullmatch(line)
    found = _INTERVAL.fullmatch(rate[1] if rate else line)
    if found is None:
        return None
    seconds = int(found[1]) * _UNITS[found[2].lower()]
    return f"this is an interval, not a calendar; write Periodic(period={seconds})"


def _moment(line: str) -> str | None:
    found = _AT.fullmatch(line)
    return None if found is None else f"as a calendar this is '{found[1]} {found[2]}'"


def _cron(line: str) -> str | None:
    zoned = _ZONE.fullmatch(line)
    zone = zoned[1] if zoned else "UTC"
    in_call = _CRON.fullmatch(line)
    said = in_call[1] if in_call else zoned[2] if zoned else line
    dialect = _dialect_of(said.split())
    if dialect is None:
        return None
    if zone_name(zone) is None:
        return f"this is a line of cron in a time zone that does not exist, {zone!r}; {advice_for(zone)}"
    try:
        return f"this is a line of cron; as a calendar it is {_as_calendar(said, dialect, zone)!r}"
    except ScheduleError as error:
        return _as_two(said, dialect, zone) or f"this looks like a line of cron, which is no calendar: {error.message}"


def _dialect_of(words: list[str]) -> CronDialect | None:
    """The dialect of a line: by the number of its fields, and by where its ``?`` stands."""
    if not all(map(_FIELD.fullmatch, words)) or not all(map(_NUMBERS.fullmatch, words[:2])):
        return None
    if len(words) == _FIELDS_OF_UNIX:
        # Who writes "?" may count Sunday as 1 or as 0: it is clear where no weekday has a number.
        is_clear = words[4] == "?" or (words[2] == "?" and words[4][0].isalpha())
        return _WITHOUT_SECONDS_AND_YEAR if is_clear else UNIX_CRON
    if len(words) == _FIELDS_OF_QUARTZ + 1:
        return _QUARTZ_WITH_YEAR
    if len(words) != _FIELDS_OF_QUARTZ:
        return None
    if "?" in (words[2], words[4]):
        return _WITHOUT_SECONDS
    return _QUARTZ if "?" in words else SECONDS_CRON


def _as_calendar(line: str, dialect: CronDialect, zone: str) -> str:
    return short_text(read_cron(line, dialect, timezone=zone))


def _as_two(line: str, dialect: CronDialect, zone: str) -> str | None:
    """Two calendars for a line that fires on its weekdays and on its days of the month."""
    words = line.split()
    if dialect is not UNIX_CRON or "*" in (words[2], words[4]):
        return None
    with suppress(ScheduleError):
        by_day, by_weekday = (
            _as_calendar(" ".join([*words[:place], "*", *words[place + 1 :]]), dialect, zone) for place in (4, 2)
        )
        return (
            "this is a line of cron that fires on its weekdays and on its days of the month; it is two calendars: "
            f"{by_day!r} and {by_weekday!r}"
        )
    return None
