"""A preview as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taskflows_cloud_core.schedules.previewrows import PreviewRow, SchedulePreview
from taskflows_cloud_core.schedules.translation import ScheduleExpression

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
