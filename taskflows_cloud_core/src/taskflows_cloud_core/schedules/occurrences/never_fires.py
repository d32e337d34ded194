"""Why a calendar never fires."""

from __future__ import annotations

from calendar import monthrange

import attrs

from taskflows_cloud_core.schedules.occurrences.occurrences import last_run
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.spec.units import ALL_WEEKDAYS, LONG_WEEKDAY_NAMES, MONTH_NAMES

_A_LEAP_YEAR = 2028


def why_never(spec: CalendarSpec) -> str | None:
    """Say why a calendar has no moment at all, past or to come.

    Args:
        spec: When it would fire.

    Returns:
        A sentence, for instance ``"this never fires: February has at most 29 days"``; ``None`` when it does fire.
    """
    if last_run(spec) is not None:
        return None
    if last_run(attrs.evolve(spec, timezone="UTC")) is not None:
        return f"this never fires: the clocks of {spec.timezone} skip the time"
    return f"this never fires: {_days(spec)}"


def _days(spec: CalendarSpec) -> str:
    if len(spec.months) > 1 or spec.days is None:
        return "no month in it has such a day"
    (month,), day = spec.months, min(spec.days)
    if spec.years is None or len(spec.years) > 1:
        return f"{MONTH_NAMES[month]} has at most {monthrange(_A_LEAP_YEAR, month)[1]} days"
    (year,) = spec.years
    first, length = monthrange(year, month)
    if day > length:
        return f"{MONTH_NAMES[month]} {year} has {length} days"
    if spec.weekdays != ALL_WEEKDAYS and len(spec.days) == 1:
        number = day if day > 0 else length + 1 + day
        return f"{year}-{month:02d}-{number:02d} is a {LONG_WEEKDAY_NAMES[(first + number - 1) % 7]}"
    return "no month in it has such a day"
