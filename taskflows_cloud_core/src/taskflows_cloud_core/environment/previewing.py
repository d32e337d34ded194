"""What schedules become, shown before anything is created."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.operating import Operating
from taskflows_cloud_core.errors import OperationUnsupported, ScheduleError
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    Periodic,
    Preview,
    Schedule,
    ScheduleExpression,
    Translation,
    as_schedule,
    preview,
)


class Previewing(Operating):
    """The calls that look at schedules."""

    def translate_schedule(self, schedule: Schedule | str) -> Translation:
        """Say a schedule in the provider's language.

        Args:
            schedule: A `Calendar`, a `Periodic`, a text, or a schedule object of the taskflows package.

        Returns:
            The expressions and whether they are exact, or the reason why there are none.

        Raises:
            ScheduleError: The text cannot be read.
            TypeError: ``schedule`` has the shape of no schedule.
        """
        translation: Translation = self._call("translate_schedule", schedule=as_schedule(schedule), config=None)
        return translation

    def preview_schedules(
        self,
        schedules: CloudFunctionConfig | Schedule | str | Iterable[Schedule | str],
        n: int = 5,
        after: datetime | None = None,
    ) -> Preview:
        """Show what schedules become: the expressions, and the next moments of both beside each other.

        Args:
            schedules: A configuration, a schedule, or several. A text that cannot be read is shown as refused.
            n: How many moments of each, at least 0.
            after: An aware datetime; now, when not given.

        Returns:
            The preview; ``str()`` of it is plain text, and ``print`` of rich shows it in colours.

        Raises:
            TypeError: Something among ``schedules`` has the shape of no schedule.
            ValueError: ``n`` is negative or ``after`` has no zone.
        """
        config = schedules if isinstance(schedules, CloudFunctionConfig) else None
        translations = [self._translated(schedule, config) for schedule in _listed(schedules)]
        begin = datetime.now(UTC) if after is None else after
        try:
            return preview(translations, self._read, n, begin)
        except OperationUnsupported:
            return preview(translations, None, n, begin)

    def _translated(self, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
        try:
            translation: Translation = self._call("translate_schedule", schedule=schedule, config=config)
        except ScheduleError as error:
            return Translation.refused(schedule, str(error))
        return translation

    def _read(self, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        reading: CalendarSpec | Periodic = self._call("read_expression", expression=expression)
        return reading


def _listed(schedules: Any) -> tuple[Schedule, ...]:
    if isinstance(schedules, CloudFunctionConfig):
        return schedules.schedules
    if isinstance(schedules, str) or not isinstance(schedules, Iterable):
        return (as_schedule(schedules),)
    return tuple(as_schedule(schedule) for schedule in schedules)
