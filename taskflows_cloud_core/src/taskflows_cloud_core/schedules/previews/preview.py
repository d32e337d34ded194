"""What the schedules of a function are and become, to be looked at before anything is created."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import ScheduleError
from taskflows_cloud_core.schedules.analysis.ambiguities import misreading_warnings
from taskflows_cloud_core.schedules.analysis.overlaps import overlap_warnings
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.descriptions import describe
from taskflows_cloud_core.schedules.previews.rows import ReadExpression, SchedulePreview, preview_rows
from taskflows_cloud_core.schedules.translation import Schedule, ScheduleExpression, Translation

if TYPE_CHECKING:
    from rich.console import RenderableType


@attrs.frozen(kw_only=True)
class Preview:
    """What the schedules of a function are and become.

    ``str()`` is plain text. rich's ``print`` and ``Console.print`` show it as coloured tables.

    Args:
        schedules: In the order in which they were given.
        warnings: Which of them fire at the same instant, and which mean something surprising.
    """

    schedules: tuple[SchedulePreview, ...] = attrs.field(converter=to_tuple)
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    def __str__(self) -> str:
        from taskflows_cloud_core.schedules.previews.rows import preview_text

        return preview_text(self.schedules, self.warnings)

    def __rich__(self) -> RenderableType:
        from taskflows_cloud_core.schedules.previews.rich_text import preview_in_colour

        return preview_in_colour(self.schedules, self.warnings)


def preview(
    translations: Iterable[Translation],
    read: ReadExpression | None = None,
    n: int = 5,
    after: datetime | None = None,
) -> Preview:
    """Show what schedules are and become: in words, in expressions, and as tables of their next moments.

    Args:
        translations: Of the schedules of one function. A schedule that cannot be read may be among them, as
            refused.
        read: Reads an expression of the provider; ``None`` where nothing can, and then the tables have the
            moments of the schedules alone.
        n: How many moments of each, at least 0.
        after: Aware; now, when not given.

    Returns:
        The preview. In its tables, a moment that only one side has, or that fires twice, is marked ``!``.

    Raises:
        ValueError: ``n`` is negative or ``after`` has no zone.
    """
    begin = datetime.now(UTC) if after is None else after
    given = tuple(translations)
    schedules = [translation.schedule for translation in given]
    return Preview(
        schedules=[_preview_of(translation, read, n, begin) for translation in given],
        warnings=[*misreading_warnings(schedules), *overlap_warnings(schedules, begin)],
    )


def _preview_of(translation: Translation, read: ReadExpression | None, n: int, after: datetime) -> SchedulePreview:
    try:
        words = _words(translation.schedule)
    except ScheduleError:
        return SchedulePreview(translation=translation, words="cannot be read")
    rows = preview_rows(translation, read or _read_nothing, n, after)
    return SchedulePreview(translation=translation, words=words, rows=rows, is_compared=read is not None)


def _words(schedule: Schedule) -> str:
    said = describe(schedule)
    return schedule.description or said if isinstance(schedule, Calendar) else said


def _read_nothing(_: ScheduleExpression) -> None:
    return None
