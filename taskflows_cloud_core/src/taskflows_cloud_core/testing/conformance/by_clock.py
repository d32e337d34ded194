"""What the checks on scheduled runs share: calendars, their due times, and the run that one of them started."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.schedules import Calendar, next_runs
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike
from taskflows_cloud_core.testing.conformance.readings import Fire, FiredRun

_CALENDARS = (Calendar("Mon-Fri 09:00"), Calendar("Sun 17:00"), Calendar("*-*-* 06:30"), Calendar("*-*-* 21:45"))
# Without daylight saving time, and half an hour from every whole one.
_ZONED = Calendar("*-*-* 08:00 Asia/Kolkata")


class ByClock(Harness):
    """Calendars that fire, for the checks of runs that a schedule starts."""

    def calendars(self, environment: CloudEnvironment, count: int) -> list[Calendar]:
        """Different calendars without common due times that the provider translates exactly, or a skip."""
        exact = [one for one in _CALENDARS if environment.translate_schedule(one).verdict == "exact"]
        if len(exact) < count:
            pytest.skip(f"the provider {self.provider!r} has no {count} of {[str(one) for one in _CALENDARS]}")
        return exact[:count]

    def zoned_calendar(self, environment: CloudEnvironment) -> Calendar:
        """A calendar in a time zone other than UTC, or a skip."""
        if environment.translate_schedule(_ZONED).verdict != "exact":
            pytest.skip(f"the provider {self.provider!r} does not translate {_ZONED} exactly")
        return _ZONED

    def due(self, calendar: Calendar, after: datetime | None = None) -> datetime:
        """The first due time of a calendar after a timestamp, or after tomorrow at this time."""
        return next_runs(calendar.spec, 1, after or datetime.now(UTC) + timedelta(days=1))[0].astimezone(UTC)

    def fire_one(self, fire: Fire, environment: CloudEnvironment, due: datetime, name: str = "job") -> FiredRun:
        """The run that starts at a due time; the check fails when there is none."""
        fired = fire(environment, name, due)
        assert fired, unlike(f"a run of {name!r} starts at {due}, when its schedule is due", "no run")
        return fired[0]

    def value_of(self, fire: Fire, environment: CloudEnvironment, due: datetime, key: str) -> object:
        """One item of what ``jobs.scheduled`` or ``jobs.rescheduled`` returns at a due time."""
        run = self.fire_one(fire, environment, due)
        assert isinstance(run.value, dict), unlike("the scheduled run returns what the function returns", run)
        return run.value[key]


def occurrence_text(calendar: Calendar, due: datetime) -> str:
    """How ``str(context.occurrence)`` spells the due time of a calendar."""
    return f"{schedule_text_of(calendar)}@{due.astimezone(UTC).isoformat()}"


def schedule_text_of(calendar: Calendar) -> str:
    """The canonical spelling of a calendar that functions are given."""
    return str(calendar.spec).removesuffix(" UTC")
