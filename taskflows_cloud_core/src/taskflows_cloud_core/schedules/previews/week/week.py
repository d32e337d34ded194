"""When schedules fire in one week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.schedules.occurrences.occurrences import iterate
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.timezones.lookup import zone_of
from taskflows_cloud_core.schedules.translation import Schedule

# Of five minutes, in a day.
SLOTS = 288
_SLOT_MINUTES = 24 * 60 // SLOTS


@attrs.frozen(kw_only=True)
class Week:
    """When schedules fire in one week.

    Args:
        monday: Its first day.
        timezone: The zone whose clock the picture has.
        schedules: What is shown.
        slots: For each schedule, the five-minute slots of the week in which it fires: 0 is Monday from 00:00
            to 00:05 on the clock of ``timezone``.
    """

    monday: date
    timezone: str
    schedules: tuple[Schedule, ...] = attrs.field(converter=to_tuple)
    slots: tuple[frozenset[int], ...] = attrs.field(converter=to_tuple)


def week_of(schedules: Sequence[Schedule], day: date | None = None, *, timezone: str = "UTC") -> Week:
    """Compute when schedules fire in the week of a day.

    A period counts from the beginning of the week, since its real beginning is not known.

    Args:
        schedules: At most 52 of them can be told apart in text.
        day: Any day of the week; today, when not given.
        timezone: The zone whose clock the picture has.

    Raises:
        ScheduleError: The text of a calendar, or the zone, cannot be read.
    """
    shown = datetime.now(zone_of(timezone)).date() if day is None else day
    monday = shown - timedelta(days=shown.weekday())
    slots = tuple(_slots(schedule, monday, zone_of(timezone)) for schedule in schedules)
    return Week(monday=monday, timezone=timezone, schedules=schedules, slots=slots)


def _slots(schedule: Schedule, monday: date, zone: tzinfo) -> frozenset[int]:
    begin = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    end = begin + timedelta(days=7)
    if isinstance(schedule, Periodic):
        step = max(schedule.period, _SLOT_MINUTES * 60)
        count = int((end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds()) // step
        moments = [begin, *attrs.evolve(schedule, period=step).next_runs(count, begin)]
        return frozenset(_slot(moment, begin) for moment in moments if moment < end)
    # One second of each minute is enough to see in which slots it fires.
    spec = attrs.evolve(schedule.spec, microseconds={min(schedule.spec.microseconds)})
    found: set[int] = set()
    for moment in iterate(spec, begin - timedelta(microseconds=1)):
        local = moment.astimezone(zone)
        if local >= end:
            break
        found.add(_slot(local, begin))
    return frozenset(found)


def _slot(moment: datetime, begin: datetime) -> int:
    wall = moment.replace(tzinfo=None) - begin.replace(tzinfo=None)
    return int(wall.total_seconds()) // (_SLOT_MINUTES * 60)
