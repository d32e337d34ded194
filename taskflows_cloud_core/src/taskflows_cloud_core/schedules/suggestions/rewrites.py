"""What people write when they mean a calendar, and the calendar that they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TypeAlias

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.spec.units import WEEKDAY_NAMES
from taskflows_cloud_core.schedules.suggestions.other_notations import in_other_language
from taskflows_cloud_core.schedules.timezones.names import zone_name
from taskflows_cloud_core.schedules.timezones.suggestions import near_zone

_Rule: TypeAlias = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

# Nothing longer is a slip of somebody who writes by hand.
_LONGEST = 120
# How much like a word a misspelt one is.
_CLOSE = 0.8
_SHORTHANDS = ("minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "yearly")
_DAY = r"\b(?:mon|tue|wed|thu|fri|sat|sun)(?:s|rs?|day|sday|nesday|rsday|urday)?s?\b"
_SHORT = r"\b(?:mon|tue|wed|thu|fri|sat|sun)\b"
_DAYS = rf"{_DAY}(?:(?:,|-|\.\.){_DAY})*"
_TIME = r"\b[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?\b"
_WEEKS = {
    **dict.fromkeys(("first", "1st", "1"), "*-*-1..7"),
    **dict.fromkeys(("second", "2nd", "2"), "*-*-8..14"),
    **dict.fromkeys(("third", "3rd", "3"), "*-*-15..21"),
    **dict.fromkeys(("fourth", "4th", "4"), "*-*-22..28"),
    **dict.fromkeys(("fifth", "5th", "5"), "*-*-29..31"),
    **dict.fromkeys(("last", "l"), "*-*~07/1"),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
# In German, French, Spanish, Italian, Portuguese and Dutch.
_FOREIGN = {
    "Mon": "mo montag lun lundi lunes lunedi segunda maandag",
    "Tue": "di dienstag mardi martes martedi terca dinsdag tu",
    "Wed": "mi mittwoch mercredi miercoles mercoledi quarta woensdag we",
    "Thu": "do donnerstag jeudi jueves giovedi quinta donderdag th",
    "Fri": "fr freitag vendredi viernes venerdi sexta vrijdag",
    "Sat": "sa samstag sonnabend samedi sabado sabato zaterdag",
    "Sun": "so sonntag dimanche domingo domenica zondag su",
}
_ENGLISH = {word: name for name, words in _FOREIGN.items() for word in words.split()}
_WORDS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", *_SHORTHANDS)
_OWN_WORDS = frozenset(["day", "days", "month", "week", "weekday", "weekdays", "weekend", "weekends", "year"])
_NTH = "first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last"
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")


def with_remedy(error: ScheduleError, read: Callable[[str], object]) -> ScheduleError:
    """The error for a text that cannot be read, with what was probably meant.

    Args:
        error: It has the text.
        read: Reads a text, or raises ``ScheduleError``.

    Returns:
        The same error, or one that says more.
    """
    text = error.text
    if len(text) > _LONGEST:
        return error
    other = in_other_language(text)
    if other is not None:
        return ScheduleError(other, text=text, position=0)
    meant = _rewritten(text)
    if meant != text and not _is_said(meant, error):
        with suppress(ScheduleError):
            read(meant)
            return ScheduleError(f"{error.message}; did you mean {meant!r}?", text=text, position=error.position)
    note = next((note for pattern, note in _NOTES if pattern.search(text)), None)
    return error if note is None else ScheduleError(f"{error.message}; {note}", text=text, position=error.position)


def _is_said(meant: str, error: ScheduleError) -> bool:
    """Whether only the zone differs, and the error names the right one already."""
    before, _, zone = meant.rpartition(" ")
    return bool(before) and before == error.text.rpartition(" ")[0] and zone in error.message


def _rewritten(text: str) -> str:
    """The text with everything put right that is wrong in a known way."""
    plain = "".join(map(_plain_digit, unicodedata.normalize("NFKC", text).translate(_DASHES)))
    meant = " ".join(plain.split())
    with suppress(ValueError, OverflowError):
        moment = datetime.fromisoformat(meant)
        if moment.tzinfo is not None:
            return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    for pattern, replacement in _RULES:
        meant = pattern.sub(replacement, meant)
    return " ".join(meant.split())


def _plain_digit(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _short_day(found: re.Match[str]) -> str:
    return next(name for name in WEEKDAY_NAMES if found[0].lower().startswith(name.lower()))


def _english(found: re.Match[str]) -> str:
    """A weekday of another language, or a misspelt word, in English."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", found[0].lower()) if letter.isalpha())
    if plain in _ENGLISH:
        return _ENGLISH[plain]
    if plain in _OWN_WORDS:
        return found[0]
    near = get_close_matches(plain, _WORDS, n=1, cutoff=_CLOSE)
    return near[0] if near else found[0]


def _zone(found: re.Match[str]) -> str:
    return found[0] if zone_name(found[1]) else near_zone(found[1]) or found[0]


def _month_first(found: re.Match[str]) -> str:
    return f"{found[3]}-{_MONTHS.index(found[1][:3].lower()) + 1:02d}-{int(found[2]):02d}"


def _day_first(found: re.Match[str]) -> str:
    return f"{found[3]}-{_MONTHS.index(found[2][:3].lower()) + 1:02d}-{int(found[1]):02d}"


def _week(found: re.Match[str]) -> str:
    return f"{found['day']} {_WEEKS[found['nth'].lower()]} "


def _clock(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[3].lower() == "p" else 0)
    return f"{hour:02d}:{found[2] or '00'}" if int(found[1]) in range(1, 13) else found[0]


def _two_times(found: re.Match[str]) -> str:
    hours = dict.fromkeys((int(found[1]), int(found[3])))
    return f"{','.join(f'{hour:02d}' for hour in hours)}:{found[2]}"


def _rule(pattern: str, replacement: str | Callable[[re.Match[str]], str]) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), replacement


# In this order, each on what the one before has left.
_RULES: tuple[_Rule, ...] = (
    _rule(r"^oncalendar ?= ?", ""),
    _rule(r"\b(?:secondly|every second)\b", "*:*:*"),
    _rule(r"^(['\"])(.*)\1$", r"\2"),
    _rule(r" # .*$", ""),
    # Times of day.
    _rule(r"\bnoon\b", "12:00"),
    _rule(r"\bmidnight\b", "00:00"),
    _rule(r"\b([0-9]{1,2})(?::([0-9]{2}))? ?([ap])\.?m\b\.?", _clock),
    _rule(r"(?<![:.\d])([0-9]{1,2})[h.]([0-9]{2})(?![.\d])", r"\1:\2"),
    _rule(r"(?<![-:/.,~\d])(0\d|1[0-8])([0-5]\d)(?![-:/.,~\d])", r"\1:\2"),
    _rule(r"\b([0-9]{1,2}):([0-9]{2}) ?(?:-|to) ?([0-9]{1,2}):\2\b", r"\1..\3:\2"),
    _rule(r"(?<![-\d])([0-9]{1,2})-([0-9]{1,2}:[0-9]{2})\b", r"\1..\2"),
    _rule(r"\b([0-9]{1,2}):([0-9]{2})(?: ?(?:;|&|\band\b) ?| )([0-9]{1,2}):\2\b", _two_times),
    # Dates.
    _rule(rf"\b({_MONTH}) ([0-9]{{1,2}})(?:st|nd|rd|th)?,? ([0-9]{{4}})\b", _month_first),
    _rule(rf"\b([0-9]{{1,2}})(?:st|nd|rd|th)? ({_MONTH}),? ([0-9]{{4}})\b", _day_first),
    _rule(r"\b([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})\b", r"\1-\2-\3"),
    _rule(r"\b([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})\b", r"\3-\2-\1"),
    _rule(r"(\b[0-9]{4}-[0-9]{2}-[0-9]{2})T(?=[0-9]{2}:)", r"\1 "),
    _rule(r"^([0-9]{4})(?= |$)", r"\1-*-*"),
    _rule(r"^([0-9]{4}-[0-9]{1,2})(?= |$)", r"\1-*"),
    _rule(r"(\*-)([0-9]{1,2})-([0-9]{1,2})(?= |$)", r"\1\2..\3"),
    _rule(r"-~", "~"),
    _rule(r"-(?:last|l)\b", "~01"),
    _rule(r"\blast day(?: of (?:the|each|every) month)?\b", "*-*~01"),
    # Weekdays.
    _rule(r"\b[^\W\d_]{2,}\b", _english),
    _rule(r"\b(?:weekday|workday|working day|business day)s?\b", "Mon-Fri"),
    _rule(r"\bweekends?\b", "Sat,Sun"),
    _rule(_DAY, _short_day),
    _rule(rf"\b(?P<nth>{_NTH}) (?P<day>{_DAY})(?: of (?:the |each |every )?month| in (?:the )?month)?", _week),
    _rule(rf"(?P<day>{_DAY})(?:#(?P<nth>[1-5l]))", _week),
    _rule(rf"(?P<day>{_SHORT}) (?P<nth>l)\b", _week),
    _rule(rf"({_SHORT}) ?(?:-|to|through|thru|until) ?(?={_SHORT})", r"\1-"),
    _rule(rf"({_SHORT})(?: ?(?:,|;|/|&|\+|\band\b) ?| )(?={_SHORT})", r"\1,"),
    _rule(r"(\*-\*[-~]\S+) +\*-\*-\*", r"\1"),
    # Words around a time.
    _rule(rf"\b(?:every day|each day|daily)\b(?=.*{_TIME})", ""),
    _rule(rf"({_TIME}) (?:every day|each day|daily)$", r"\1"),
    _rule(rf"\bweekly\b(?=.*{_TIME})", "Mon"),
    _rule(rf"\bmonthly\b(?=.*{_TIME})", "*-*-01"),
    _rule(rf"\b(?:yearly|annually)\b(?=.*{_TIME})", "*-01-01"),
    _rule(r"\b(?:hourly|every hour)(?: at)? ?:([0-9]{2})$", r"*:\1"),
    _rule(r"\b(?:at|on|every|each|the|o'clock)(?= |$)", ""),
    # The order.
    _rule(r"^([A-Z]\w+/\S+|UTC) (.+)$", r"\2 \1"),
    _rule(rf"^((?:\S+ )?\S*:\S*) ({_DAYS})(?= |$)", r"\2 \1"),
    _rule(r"(?:^|(?<= ))([0-9]{1,2})$", r"\1:00"),
    _rule(r"(?<=[0-9*] )([A-Z]\w*(?:[ /]\w+)*)$", _zone),
)
_NOTES = (
    (re.compile(r"\b[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b"), "a date is written year-month-day, as in 2027-05-06"),
    (re.compile(r"[0-9]:[0-9]{2}\W+[0-9]{1,2}:[0-9]{2}"), "a calendar has one time of day; use two calendars for two"),
)
