"""The zone of a name."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.timezones.names import zone_name


def zone_of(name: str) -> tzinfo:
    """The zone of a name.

    Raises:
        ScheduleError: There is no such zone.
    """
    known = zone_name(name)
    if known is None:
        from taskflows_cloud_core.schedules.timezones.suggestions import advice_for

        raise ScheduleError(f"there is no time zone {name!r}; {advice_for(name)}")
    return UTC if known == "UTC" else ZoneInfo(known)
