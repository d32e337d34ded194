"""The next moments of a schedule beside those of its translation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import attrs

from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.english import describe
from taskflows_cloud_core.schedules.occurrences import next_runs
from taskflows_cloud_core.schedules.periodic import Periodic
from taskflows_cloud_core.schedules.spec import CalendarSpec
from taskflows_cloud_core.schedules.translation import Schedule, ScheduleExpression, Translation

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


def preview_rows(
    translation: Translation, read: ReadExpression, n: int = 5, after: datetime | None = None
) -> tuple[PreviewRow, ...]:
    """Compare a schedule's next moments with those of the expressions, as the provider reads them.

    Args:
        translation: The schedule and its expressions.
        read: Reads an expression of the provider.
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


def _moments(reading: CalendarSpec | Periodic, n: int, after: datetime) -> list[datetime]:
    return reading.next_runs(n, after) if isinstance(reading, Periodic) else next_runs(reading, n, after)


def preview(
    translations: Iterable[Translation], read: ReadExpression, n: int = 5, after: datetime | None = None
) -> str:
    """Show what schedules are and become: in words, in expressions, and as a table of their next moments.

    Args:
        translations: Of the schedules of one function.
        read: Reads an expression of the provider.
        n: How many moments of each.
        after: Aware; now, when not given.

    Returns:
        Lines of text. In the table, a moment that only one side has, or that fires twice, is marked ``!``.

    Raises:
        ScheduleError: The text of a calendar cannot be read.
        ValueError: ``n`` is negative or ``after`` has no zone.
    """
    begin = datetime.now(UTC) if after is None else after
    return "\n\n".join("\n".join(_section(translation, read, n, begin)) for translation in translations)


def _section(translation: Translation, read: ReadExpression, n: int, after: datetime) -> list[str]:
    lines = [f"{translation.schedule}: {_words(translation.schedule)} [{translation.verdict}]"]
    if translation.reason:
        lines.append(f"  because {translation.reason}")
    lines += [f"  -> {expression}" + _service(expression) for expression in translation.expressions]
    lines += [f"  note: {warning}" for warning in translation.warnings if warning != translation.reason]
    rows = preview_rows(translation, read, n, after)
    return lines + [f"  {line}" for line in _table(rows)]


def _words(schedule: Schedule) -> str:
    return schedule.description or describe(schedule) if isinstance(schedule, Calendar) else describe(schedule)


def _service(expression: ScheduleExpression) -> str:
    return f" ({expression.service})" if expression.service else ""


def _table(rows: Sequence[PreviewRow]) -> list[str]:
    if not rows:
        return []
    cells = [("schedule", "translated", "")]
    for row in rows:
        moment = f"{row.moment:%a %Y-%m-%d %H:%M:%S %Z}"
        translated = moment if row.expressions else "-"
        if len(row.expressions) > 1:
            translated += f" x{len(row.expressions)}"
        cells.append((moment if row.wanted else "-", translated, "" if row.agrees else "!"))
    widths = [max(len(cell[column]) for cell in cells) for column in range(2)]
    return [f"{left:{widths[0]}}  {right:{widths[1]}}  {mark}".rstrip() for left, right, mark in cells]
