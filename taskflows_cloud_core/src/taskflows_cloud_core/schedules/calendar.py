"""A point in time that comes again: ``Calendar``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from attrs import validators

from taskflows_cloud_core._validators import at_least, kind_of
from taskflows_cloud_core.schedules.spec import single_line

if TYPE_CHECKING:
    from taskflows_cloud_core.schedules.spec.spec import CalendarSpec


@attrs.frozen
class Calendar:
    """Runs at moments described in systemd's OnCalendar language.

    The text is read when it is needed, so that a list of schedules can be checked as a whole; ``spec``
    and ``next_runs`` raise `ScheduleError` for a text that cannot be read.

    Args:
        schedule: For instance ``"Mon-Fri 09:00"`` or ``"Sun 17:00 America/New_York"``.
        timezone: An IANA name. A calendar without a zone, here or in the text, is UTC on every provider.
        description: For people; it has no effect.
        persistent: Whether a run that was missed while the scheduler was down is made up for, where the
            provider's scheduler can be down at all.
        accuracy: How much delay is tolerated, in systemd's spelling; no provider here delays on purpose.
        randomized_delay: Spread each run at random over this many seconds.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: The text is empty or has control characters.
    """

    schedule: str = attrs.field(validator=single_line.single_line)
    timezone: str | None = attrs.field(default=None, validator=validators.optional(single_line.single_line))
    description: str | None = attrs.field(default=None, kw_only=True, validator=kind_of(str, optional=True))
    persistent: bool = attrs.field(default=True, kw_only=True, validator=kind_of(bool))
    accuracy: str | None = attrs.field(
        default=None, kw_only=True, validator=validators.optional(single_line.single_line)
    )
    randomized_delay: int | None = attrs.field(default=None, kw_only=True, validator=at_least(0, optional=True))

    @property
    def spec(self) -> CalendarSpec:
        """The normalised form.

        Raises:
            ScheduleError: The text or the zone cannot be read.
        """
        from taskflows_cloud_core.schedules.oncalendar.parser import parse

        return parse(self.schedule, timezone=self.timezone)

    def next_runs(self, n: int, after: datetime | None = None) -> list[datetime]:
        """The next ``n`` moments strictly after ``after``.

        Args:
            n: How many, at least 0. Fewer come back when the calendar ends.
            after: An aware datetime; now, when not given.

        Returns:
            Aware datetimes in the calendar's zone, in ascending order.

        Raises:
            ScheduleError: The text or the zone cannot be read.
            TypeError: ``n`` is no int.
            ValueError: ``n`` is negative or ``after`` has no zone.
        """
        from taskflows_cloud_core.schedules.occurrences.occurrences import next_runs

        return next_runs(self.spec, n, after)

    def iterate(self, after: datetime | None = None) -> Iterator[datetime]:
        """All moments strictly after ``after``, to the end of the year 2199.

        Args:
            after: An aware datetime; now, when not given.

        Returns:
            Aware datetimes in the calendar's zone, in ascending order.

        Raises:
            ScheduleError: The text or the zone cannot be read.
            ValueError: ``after`` has no zone.
        """
        from taskflows_cloud_core.schedules.occurrences.occurrences import iterate

        return iterate(self.spec, after)

    def __str__(self) -> str:
        return f"{self.schedule} {self.timezone}" if self.timezone else self.schedule
