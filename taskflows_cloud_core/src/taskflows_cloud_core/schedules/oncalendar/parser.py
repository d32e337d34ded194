"""Reading systemd's OnCalendar language.

The grammar is that of systemd.time(7), "Calendar Events", as systemd 252 reads it, with two differences: a
calendar without a zone is UTC, and zones are those of the IANA database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import attrs

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.oncalendar import components
from taskflows_cloud_core.schedules.oncalendar.components import Chain
from taskflows_cloud_core.schedules.oncalendar.cursor import Cursor
from taskflows_cloud_core.schedules.oncalendar.weekdays import read_weekdays, weekday_here
from taskflows_cloud_core.schedules.spec import units
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.text import EVERY_SECOND
from taskflows_cloud_core.schedules.spec.units import ALL_MONTHS, ALL_WEEKDAYS, Field
from taskflows_cloud_core.schedules.spec.weekday_names import weekdays_text
from taskflows_cloud_core.schedules.timezones.names import zone_name

_LONGEST_TEXT = 4000
_HALF_YEARS = "*-01,07-01"
_SHORTHANDS = {
    "minutely": "*:*",
    "hourly": "*:00",
    "daily": "00:00",
    "weekly": "Mon",
    "monthly": "*-*-01",
    "quarterly": "*-01,04,07,10-01",
    **dict.fromkeys(("yearly", "annually", "anually"), "*-01-01"),
    **dict.fromkeys(("semiannually", "semi-annually", "biannually", "bi-annually"), _HALF_YEARS),
}
_ZERO = (components.Part(0, 0),)
_EVERY_HOUR, _EVERY_MINUTE = frozenset(range(24)), frozenset(range(60))


@attrs.frozen(kw_only=True)
class _Date:
    years: Chain | None = None
    months: Chain | None = None
    days: Chain | None = None
    from_end: bool = False


@attrs.frozen(kw_only=True)
class _Time:
    hours: Chain | None = _ZERO
    minutes: Chain | None = _ZERO
    seconds: Chain | None = _ZERO


_NO_DATE, _MIDNIGHT = _Date(), _Time()


def parse(text: str, *, timezone: str | None = None) -> CalendarSpec:
    """Read OnCalendar text.

    Args:
        text: For instance ``"Mon-Fri 09:00"``, ``"*-*~01 18:00 Europe/Berlin"``, ``"hourly"``; at most
            4,000 characters.
        timezone: ``"UTC"`` or an IANA name, for a text without a zone. UTC when there is none in either.

    Returns:
        The normalised form.

    Raises:
        ScheduleError: The text or the zone cannot be read, or they name two zones. It points at the
            character and says what was expected.
    """
    if len(text) > _LONGEST_TEXT:
        raise ScheduleError(f"a schedule has at most {_LONGEST_TEXT} characters; this one has {len(text)}")
    try:
        return _parse(text, timezone)
    except ScheduleError as error:
        from taskflows_cloud_core.schedules.suggestions.rewrites import with_remedy

        raise with_remedy(error, lambda meant: _parse(meant, timezone)) from None


def _parse(text: str, timezone: str | None) -> CalendarSpec:
    end, zone = _split_zone(text, timezone)
    if not end:
        raise ScheduleError("expected weekdays, a date or a time, as in Mon-Fri 09:00; there is none", text=text)
    shorthand = _SHORTHANDS.get(text[:end].lower())
    if shorthand is not None:
        return _read(Cursor(shorthand, len(shorthand)), zone)
    return _read(Cursor(text, end), zone)


def _split_zone(text: str, timezone: str | None) -> tuple[int, str]:
    """Find where the zone in the text begins, and the zone of the calendar."""
    wanted = None if timezone is None else zone_name(timezone)
    if timezone is not None and wanted is None:
        raise ScheduleError(f"there is no time zone {timezone!r}; {_advice_for(timezone)}", text=text)
    body, space, last = text.rpartition(" ")
    written = zone_name(last) if space else None
    if written is None:
        return len(text), wanted or "UTC"
    if wanted not in (None, written):
        raise ScheduleError(
            f"the text says {written} and the argument timezone says {wanted}; leave one of them out",
            text=text,
            position=len(body) + 1,
        )
    return len(body), written


def _read(cursor: Cursor, zone: str) -> CalendarSpec:
    weekdays = read_weekdays(cursor)
    if cursor.here == "@":
        return _read_epoch(cursor, weekdays)
    date = _read_date(cursor)
    time = _read_time(cursor)
    return _normalised(cursor, weekdays, date, time, zone)


def _read_epoch(cursor: Cursor, weekdays: frozenset[int] | None) -> CalendarSpec:
    """Read seconds since 1970. They count in UTC, whatever the zone."""
    cursor.take("@")
    digits = cursor.text[cursor.position : cursor.end]
    if not (digits.isascii() and digits.isdigit()):
        raise cursor.error("expected whole seconds since 1970, and nothing after them, as in @1893456000")
    last = int(datetime(units.YEAR.high, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
    if int(digits) > last:
        raise cursor.error(f"the last moment is @{last}, the end of the year {units.YEAR.high}")
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(digits))
    return _normalised(cursor, weekdays, *_moment(moment), "UTC")


def _moment(moment: datetime) -> tuple[_Date, _Time]:
    def single(value: int) -> Chain:
        return (components.Part(0, value),)

    date = _Date(years=single(moment.year), months=single(moment.month), days=single(moment.day))
    seconds = single(moment.second * units.SECOND)
    return date, _Time(hours=single(moment.hour), minutes=single(moment.minute), seconds=seconds)


def _read_date(cursor: Cursor) -> _Date:
    """Read ``[year-]month-day``, or nothing when what stands here is a time."""
    _refuse_word(cursor)
    word = cursor.word()
    separators = word.count("-") + word.count("~")
    if not separators:
        return _NO_DATE
    years = None
    if separators > 1:
        years = components.read_chain(cursor, units.YEAR)
        if not cursor.take("-"):
            raise cursor.error(
                f"expected '-' and a month after the year{_not(cursor)}; '~' stands before the day alone"
            )
    months = components.read_chain(cursor, units.MONTH)
    from_end = cursor.take("~")
    if not from_end and not cursor.take("-"):
        raise cursor.error(f"expected '-' or '~' and a day{_not(cursor)}")
    days = components.read_chain(cursor, units.DAY)
    if cursor.here == ":":
        raise cursor.error("expected a date before ':'; a range of hours is written with dots, as in 09..17:00")
    if cursor.here not in ("", " "):
        raise cursor.error(f"expected a space after the date{_not(cursor)}")
    cursor.skip_spaces()
    return _Date(years=years, months=months, days=days, from_end=from_end)


def _read_time(cursor: Cursor) -> _Time:
    if not cursor.here:
        return _MIDNIGHT
    _refuse_word(cursor)
    hours = components.read_chain(cursor, units.HOUR)
    if not cursor.take(":"):
        raise cursor.error(f"expected ':' and minutes, as in 09:00{_not(cursor)}")
    minutes = components.read_chain(cursor, units.MINUTE)
    seconds: Chain | None = _ZERO
    if cursor.take(":"):
        seconds = components.read_chain(cursor, units.MICROSECOND)
    if cursor.here:
        after = cursor.position
        cursor.skip_spaces()
        if not cursor.here:
            raise cursor.error("expected the end of the schedule; take the spaces away", after)
        _refuse_word(cursor)
        raise cursor.error(f"expected the end of the schedule or a time zone{_not(cursor)}")
    return _Time(hours=hours, minutes=minutes, seconds=seconds)


def _refuse_word(cursor: Cursor) -> None:
    """Refuse a word where a number is due, with a remedy that fits it."""
    word = cursor.word()
    if not word or (word[0].isascii() and (word[0].isdigit() or word[0] in "*,.:/-~")):
        return
    if weekday_here(cursor) is not None:
        raise cursor.error("weekdays come first, and one comma list holds them all, as in Mon,Tue 09:00")
    if zone_name(word):
        raise cursor.error("one time zone stands at the end, behind a date, a time, or a word such as daily")
    if cursor.position and cursor.position + len(word) == cursor.end:
        raise cursor.error(f"there is no time zone {word!r}; {_advice_for(word)}")
    raise cursor.error(f"expected weekdays (Mon or Monday), a date, a time, or a word such as daily, not {word!r}")


def _advice_for(zone: str) -> str:
    from taskflows_cloud_core.schedules.timezones.suggestions import advice_for

    return advice_for(zone)


def _not(cursor: Cursor) -> str:
    return f", not {cursor.here!r}" if cursor.here else ""


def _normalised(cursor: Cursor, weekdays: frozenset[int] | None, date: _Date, time: _Time, zone: str) -> CalendarSpec:
    days_field = units.DAY_FROM_END if date.from_end and date.days is not None else units.DAY
    written = (_full_years(date.years), date.months, date.days, time.hours, time.minutes, time.seconds)
    own_fields = (units.YEAR, units.MONTH, days_field, units.HOUR, units.MINUTE, units.MICROSECOND)
    chains = tuple(
        None if chain is None else components.normalise_chain(cursor, chain, field)
        for chain, field in zip(written, own_fields, strict=True)
    )
    years, months, days, hours, minutes, seconds = map(_values, chains, own_fields)
    spec = CalendarSpec(
        weekdays=weekdays or ALL_WEEKDAYS,
        years=years,
        months=months or ALL_MONTHS,
        days=days if days is None or days_field is units.DAY else frozenset([-day for day in days]),
        hours=hours or _EVERY_HOUR,
        minutes=minutes or _EVERY_MINUTE,
        microseconds=seconds or EVERY_SECOND,
        timezone=zone,
    )
    object.__setattr__(spec, "written", partial(_normalised_text, spec.weekdays, chains, own_fields, zone))
    return spec


def _normalised_text(
    weekdays: frozenset[int], chains: tuple[Chain | None, ...], own_fields: tuple[Field, ...], zone: str
) -> str:
    """The text as systemd normalises it."""
    years, months, days, *clock = map(_chain_text, chains, own_fields)
    hyphen = "~" if units.DAY_FROM_END in own_fields else "-"
    return f"{weekdays_text(weekdays)} {years}-{months}{hyphen}{days} {':'.join(clock)} {zone}".lstrip()


def _full_years(chain: Chain | None) -> Chain | None:
    if chain is None:
        return None
    return tuple(
        attrs.evolve(part, start=_full_year(part.start), stop=None if part.stop is None else _full_year(part.stop))
        for part in chain
    )


def _full_year(year: int) -> int:
    if year < 70:
        return 2000 + year
    return 1900 + year if year < 100 else year


def _values(chain: Chain | None, field: Field) -> frozenset[int] | None:
    if chain is None:
        return None
    if len(chain) == 1:
        return frozenset(chain[0].values(field))
    return frozenset([value for part in chain for value in part.values(field)])


def _chain_text(chain: Chain | None, field: Field) -> str:
    if chain is None:
        return "*"
    said = ",".join(part.text(field) for part in chain)
    return "*" if field is units.MICROSECOND and said == "00/1" else said
