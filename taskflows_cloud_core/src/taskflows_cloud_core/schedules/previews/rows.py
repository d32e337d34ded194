"""The next moments of one schedule beside those of its translation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.schedules.occurrences.occurrences import next_runs
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.spec.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import ScheduleExpression, Translation

# Reads an expression of a provider, so that its moments can be computed.
ReadExpression: TypeAlias = Callable[[ScheduleExpression], CalendarSpec | Periodic]


@attrs.frozen(kw_only=True)
class PreviewRow:
    """A moment at which a schedule fires, or one of its expressions, or both.

    Args:
        moment: Aware, in the zone of the schedule.
        wanted: Whether the schedule fires.
        expressions: The expressions that fire; exactly one, when all is well.
    """

    moment: datetime
    wanted: bool
    expressions: tuple[ScheduleExpression, ...]

    @property
    def agrees(self) -> bool:
        """Whether the schedule fires and so does one expression."""
        return self.wanted and len(self.expressions) == 1


@attrs.frozen(kw_only=True)
class SchedulePreview:
    """One schedule, what became of it, and the next moments of both.

    Args:
        translation: The schedule and its expressions.
        words: When it runs, in English; the user's own description where there is one.
        rows: The next moments, in ascending order.
        is_compared: Whether the provider can say when its expressions fire. When it cannot, the rows have the
            moments of the schedule alone.
    """

    translation: Translation
    words: str
    rows: tuple[PreviewRow, ...] = attrs.field(default=(), converter=to_tuple)
    is_compared: bool = True


def preview_rows(
    translation: Translation,
    read: Callable[[ScheduleExpression], CalendarSpec | Periodic | None],
    n: int = 5,
    after: datetime | None = None,
) -> tuple[PreviewRow, ...]:
    """Compare a schedule's next moments with those of the expressions, as the provider reads them.

    Args:
        translation: The schedule and its expressions.
        read: Reads an expression of the provider, or answers ``None``.
        n: How many moments of the schedule, at least 0.
        after: Aware; now, when not given.

    Returns:
        The moments of both up to the last one of the schedule, in ascending order.

    Raises:
        ScheduleError: The text of the calendar cannot be read.
        ValueError: ``n`` is negative or ``after`` has no zone.
    """
    begin = datetime.now(UTC) if after is None else after
    wanted = translation.schedule.next_runs(n, begin)
    fired: dict[datetime, list[ScheduleExpression]] = {}
    for expression in translation.expressions:
        for moment in _moments(read(expression), n, begin):
            fired.setdefault(moment.astimezone(UTC), []).append(expression)
    moments = {moment.astimezone(UTC): moment for moment in wanted}
    last = max(moments, default=None)
    zone = wanted[0].tzinfo if wanted else UTC
    return tuple(
        PreviewRow(moment=at.astimezone(zone), wanted=at in moments, expressions=tuple(fired.get(at, ())))
        for at in sorted({*moments, *fired})
        if last is None or at <= last
    )


def _moments(reading: CalendarSpec | Periodic | None, n: int, after: datetime) -> list[datetime]:
    if reading is None:
        return []
    return reading.next_runs(n, after) if isinstance(reading, Periodic) else next_runs(reading, n, after)


_MOST_EXPRESSIONS = 12


def preview_text(schedules: Sequence[SchedulePreview], warnings: Sequence[str]) -> str:
    """Lines of text: for each schedule its words, its expressions, and a table of its next moments."""
    sections = ["\n".join(_section(each)) for each in schedules]
    if warnings:
        sections.append("\n".join(f"warning: {warning}" for warning in warnings))
    return "\n\n".join(sections)


def _section(preview: SchedulePreview) -> Iterator[str]:
    translation = preview.translation
    yield f"{translation.schedule}: {preview.words} [{translation.verdict}]"
    for line in (*reason_lines(preview), *expression_lines(preview), *_table(preview)):
        yield f"  {line}"


def reason_lines(preview: SchedulePreview) -> Iterator[str]:
    """Why the translation is not exact, and what else there is to know."""
    translation = preview.translation
    if translation.reason:
        yield f"because {translation.reason}"
    yield from (f"note: {warning}" for warning in translation.warnings if warning != translation.reason)


def expression_lines(preview: SchedulePreview) -> Iterator[str]:
    """The expressions, numbered when there are several."""
    expressions = preview.translation.expressions
    for number, expression in enumerate(expressions[:_MOST_EXPRESSIONS], 1):
        service = f" ({expression.service})" if expression.service else ""
        yield f"{number if len(expressions) > 1 else ''}-> {expression}{service}"
    if len(expressions) > _MOST_EXPRESSIONS:
        yield f"… and {len(expressions) - _MOST_EXPRESSIONS} more"


def table_cells(preview: SchedulePreview) -> Iterator[tuple[str, str, str]]:
    """For each row what the schedule does, what its expressions do, and ``!`` where they differ."""
    expressions = preview.translation.expressions
    for row in preview.rows:
        moment = f"{row.moment:%a %Y-%m-%d %H:%M:%S %Z}"
        yield (
            moment if row.wanted else "-",
            f"{moment}{_firing(row, expressions)}" if row.expressions else "-",
            "" if row.agrees else "!",
        )


def _firing(row: PreviewRow, expressions: Sequence[ScheduleExpression]) -> str:
    if len(expressions) == 1:
        return ""
    return f" by {' and '.join(str(expressions.index(each) + 1) for each in row.expressions)}"


def _table(preview: SchedulePreview) -> list[str]:
    cells = list(table_cells(preview))
    if not cells:
        return []
    if not preview.is_compared:
        return ["schedule", *(cell[0] for cell in cells)]
    cells.insert(0, ("schedule", "translated", ""))
    widths = [max(len(cell[column]) for cell in cells) for column in range(2)]
    return [f"{left:{widths[0]}}  {right:{widths[1]}}  {mark}".rstrip() for left, right, mark in cells]
