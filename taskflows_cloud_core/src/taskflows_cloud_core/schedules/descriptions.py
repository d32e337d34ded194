"""Schedules in plain English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.spec.ranges import Progression, as_progression, cover
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_MONTHS, ALL_WEEKDAYS, LONG_WEEKDAY_NAMES, MONTH_NAMES, SECOND
from taskflows_cloud_core.schedules.translation import Schedule

_WORKDAYS, _WEEKEND = frozenset(range(5)), frozenset({5, 6})
_ORDINALS = ("first", "second", "third", "fourth")
_FEW = 4
_WEEK = 7


def describe(schedule: Schedule | CalendarSpec) -> str:
    """Say in English when a schedule runs.

    Args:
        schedule: A `Calendar`, a `Periodic`, or the normalised form of a calendar.

    Returns:
        For instance ``"at 09:00 on weekdays, Europe/Berlin"``.

    Raises:
        ScheduleError: The text of the calendar cannot be read.
    """
    if isinstance(schedule, Periodic):
        after = ", counted from the end of the run before" if schedule.relative_to == "finish" else ""
        return f"every {_duration(schedule.period)}{after}"
    spec = schedule.spec if isinstance(schedule, Calendar) else schedule
    time, day = _time(spec), _day(spec)
    if day == "every day" and time.startswith("every "):
        day = ""
    return f"{' '.join(part for part in (time, day) if part)}, {spec.timezone}"


def _duration(seconds: int) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count, rest = divmod(seconds, length)
        if not rest:
            return unit if count == 1 else f"{count} {unit}s"
    return "second" if seconds == 1 else f"{seconds} seconds"


def _time(spec: CalendarSpec) -> str:
    if spec.hours != _all(24) and len(spec.hours) * len(spec.minutes) * len(spec.microseconds) <= _FEW:
        return f"at {_listed(_clock_times(spec))}"
    minutes = _minutes(spec)
    seconds = _seconds(spec.microseconds)
    if not seconds:
        return minutes if minutes.startswith("every ") else f"at {minutes}"
    return seconds if minutes == "every minute" and seconds.startswith("every ") else f"{seconds} of {minutes}"


def _all(count: int) -> frozenset[int]:
    return frozenset(range(count))


def _clock_times(spec: CalendarSpec) -> list[str]:
    with_seconds = spec.microseconds != {0}
    return [
        f"{hour:02d}:{minute:02d}" + (f":{_second(microsecond)}" if with_seconds else "")
        for hour in sorted(spec.hours)
        for minute in sorted(spec.minutes)
        for microsecond in sorted(spec.microseconds)
    ]


def _second(microsecond: int) -> str:
    whole, fraction = divmod(microsecond, SECOND)
    return f"{whole:02d}" + (f".{fraction:06d}".rstrip("0") if fraction else "")


def _seconds(microseconds: frozenset[int]) -> str:
    if microseconds == {0}:
        return ""
    whole = as_progression(microseconds)
    if whole is not None and whole.start == 0 and whole.step * whole.count == 60 * SECOND:
        return "every second" if whole.step == SECOND else f"every {whole.step / SECOND:g} seconds"
    said = [_second(microsecond) for microsecond in sorted(microseconds)]
    if len(said) > 2 * _FEW:
        return f"at {len(said)} moments from second {said[0]} to second {said[-1]}"
    return f"at second {said[0]}" if len(said) == 1 else f"at seconds {_listed(said)}"


def _minutes(spec: CalendarSpec) -> str:
    """Hours and minutes, to be said after ``at`` unless it begins with ``every``."""
    hours, minutes = as_progression(spec.hours), sorted(spec.minutes)
    if spec.hours != _all(24) and len(spec.hours) * len(minutes) <= _FEW:
        return _listed([f"{hour:02d}:{minute:02d}" for hour in sorted(spec.hours) for minute in minutes])
    every = _steps(spec.minutes, 60, "minute")
    if every and hours is not None and hours.step == 1:
        return every + (
            "" if hours.count == 24 else f" from {hours.start:02d}:00 to {hours.stop:02d}:{minutes[-1]:02d}"
        )
    if len(minutes) == 1 and hours is not None:
        step = "every hour" if hours.step == 1 else f"every {hours.step} hours"
        if hours.count == 24:
            return step if minutes == [0] else f"every hour at :{minutes[0]:02d}"
        return f"{step} from {hours.start:02d}:{minutes[0]:02d} to {hours.stop:02d}:{minutes[0]:02d}"
    return f"{every or _minute_list(minutes)} of {_hours(spec.hours)}"


def _minute_list(minutes: list[int]) -> str:
    whole = as_progression(minutes)
    if whole is not None and whole.count > _FEW:
        step = "every minute" if whole.step == 1 else f"every {whole.step} minutes"
        return f"{step} from :{whole.start:02d} to :{whole.stop:02d}"
    return _listed([f":{minute:02d}" for minute in minutes])


def _steps(values: frozenset[int], count: int, unit: str) -> str:
    """``every 5 minutes``, when the values are evenly spread over all of the hour."""
    whole = as_progression(values)
    if whole is None or whole.start or whole.count == 1 or whole.step * whole.count != count:
        return ""
    return f"every {unit}" if whole.step == 1 else f"every {whole.step} {unit}s"


def _hours(hours: frozenset[int]) -> str:
    if hours == _all(24):
        return "every hour"
    whole = as_progression(hours)
    if whole is None or whole.count <= _FEW:
        one = "the hour" if len(hours) == 1 else "the hours"
        return f"{one} {_listed([f'{hour:02d}' for hour in sorted(hours)])}"
    step = "every hour" if whole.step == 1 else f"every {_ordinal(whole.step)} hour"
    return f"{step} from {whole.start:02d} to {whole.stop:02d}"


def _day(spec: CalendarSpec) -> str:
    if spec.years is not None and spec.days is not None and len(spec.years) * len(spec.months) * len(spec.days) == 1:
        [year], [month], [day] = spec.years, spec.months, spec.days
        if day > 0 and spec.weekdays == ALL_WEEKDAYS:
            return f"on {day} {MONTH_NAMES[month]} {year}"
    return " ".join(part for part in (_day_of_month(spec), _month(spec), _year(spec)) if part)


def _day_of_month(spec: CalendarSpec) -> str:
    if spec.days is None:
        return "every day" if spec.weekdays == ALL_WEEKDAYS else _weekdays(spec.weekdays)
    days = _days(spec.days)
    if spec.weekdays == ALL_WEEKDAYS:
        return f"on {days}"
    week = _week(spec.days)
    if week and len(spec.weekdays) == 1:
        return f"on the {week} {LONG_WEEKDAY_NAMES[min(spec.weekdays)]}"
    return f"{_weekdays(spec.weekdays)} that are {days}"


def _weekdays(weekdays: frozenset[int]) -> str:
    if weekdays == _WORKDAYS:
        return "on weekdays"
    if weekdays == _WEEKEND:
        return "on weekends"
    whole = as_progression(weekdays)
    if whole is not None and whole.step == 1 and whole.count >= _FEW:
        return f"from {LONG_WEEKDAY_NAMES[whole.start]} to {LONG_WEEKDAY_NAMES[whole.stop]}"
    return f"on {_listed([LONG_WEEKDAY_NAMES[day] + 's' for day in sorted(weekdays)])}"


def _week(days: frozenset[int]) -> str:
    """``first``, …, ``fourth`` or ``last``, when the days are such a week of the month."""
    if days == frozenset(range(-_WEEK, 0)):
        return "last"
    for index, ordinal in enumerate(_ORDINALS):
        if days == frozenset(range(_WEEK * index + 1, _WEEK * index + _WEEK + 1)):
            return ordinal
    return ""


def _days(days: frozenset[int]) -> str:
    if min(days) > 0:
        return f"the {_listed([_day_range(part) for part in cover(days)])}"
    if days == {-1}:
        return "the last day"
    whole = as_progression(days)
    if whole is not None and whole.stop == -1 and whole.step == 1:
        return f"the last {whole.count} days"
    return f"the {_listed([_from_end(-day) for day in sorted(days)])} day"


def _from_end(day: int) -> str:
    return "last" if day == 1 else f"{_ordinal(day)} to last"


def _day_range(part: Progression) -> str:
    if part.start == part.stop:
        return _ordinal(part.start)
    if part.step == 1:
        return f"{_ordinal(part.start)} to {_ordinal(part.stop)}"
    return _listed([_ordinal(day) for day in part.numbers])


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _month(spec: CalendarSpec) -> str:
    of_month = spec.days is not None
    if spec.months == ALL_MONTHS:
        return "of the month" if of_month else ""
    whole = as_progression(spec.months)
    if whole is not None and whole.step == 1 and whole.count > 1 and not of_month:
        return f"from {MONTH_NAMES[whole.start]} to {MONTH_NAMES[whole.stop]}"
    said = _listed([_month_range(part) for part in cover(spec.months)])
    return f"{'of' if of_month else 'in'} {said}"


def _month_range(part: Progression) -> str:
    if part.step == 1 and part.count > 1:
        return f"{MONTH_NAMES[part.start]} to {MONTH_NAMES[part.stop]}"
    return _listed([MONTH_NAMES[month] for month in part.numbers])


def _year(spec: CalendarSpec) -> str:
    if spec.years is None:
        return ""
    whole = as_progression(spec.years)
    if whole is not None and whole.step == 1 and whole.count > 1:
        return f"from {whole.start} to {whole.stop}"
    return f"in {_listed([_year_range(part) for part in cover(spec.years)])}"


def _year_range(part: Progression) -> str:
    if part.count == 1:
        return str(part.start)
    every = "" if part.step == 1 else f"every {_ordinal(part.step)} year from "
    return f"{every}{part.start} to {part.stop}"


def _listed(words: Iterable[str]) -> str:
    said: Sequence[str] = list(words)
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
