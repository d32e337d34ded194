"""Previews and weeks in the colours of a terminal.

rich leaves the colours out where the output is no terminal, and where ``NO_COLOR`` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from taskflows_cloud_core.schedules.previews.rows import SchedulePreview, expression_lines, reason_lines, table_cells
from taskflows_cloud_core.schedules.previews.week.plain import MARGIN, SEVERAL, legend, letter_of, week_lines
from taskflows_cloud_core.schedules.previews.week.week import Week
from taskflows_cloud_core.schedules.translation import Verdict

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

_STYLES: dict[Verdict, str] = {"exact": "green", "approximate": "yellow", "refused": "bold red"}
# The palette of Okabe and Ito without its black, which is not seen on a dark ground.
_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#D55E00", "#0072B2")


def preview_in_colour(schedules: Sequence[SchedulePreview], warnings: Sequence[str]) -> RenderableType:
    """Previews as tables, for ``Console.print`` of rich."""
    from rich.console import Group
    from rich.text import Text

    said = [Text(f"warning: {warning}", style="yellow") for warning in warnings]
    return Group(*(part for each in schedules for part in _section(each)), *said)


def _section(preview: SchedulePreview) -> Iterator[RenderableType]:
    from rich.text import Text

    translation = preview.translation
    style = _STYLES[translation.verdict]
    yield Text.assemble((str(translation.schedule), "bold"), f": {preview.words} [", (translation.verdict, style), "]")
    yield from (Text(f"  {line}", style=style if number == 0 else "dim") for number, line in _remarks(preview))
    yield from (Text(f"  {line}", style="cyan") for line in expression_lines(preview))
    if preview.rows:
        yield _table(preview)
    yield Text()


def _remarks(preview: SchedulePreview) -> Iterator[tuple[int, str]]:
    first = 0 if preview.translation.reason else 1
    yield from enumerate(reason_lines(preview), first)


def _table(preview: SchedulePreview) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table("schedule", box=box.SIMPLE_HEAD, pad_edge=True)
    if preview.is_compared:
        table.add_column("translated")
        table.add_column("", style="bold red")
    for left, right, mark in table_cells(preview):
        cells = (left, right, mark) if preview.is_compared else (left,)
        table.add_row(*cells, style="red" if mark and preview.is_compared else None)
    return table


def week_in_colour(week: Week) -> RenderableType:
    """A week as a grid with a colour for each schedule, for ``Console.print`` of rich."""
    from rich.console import Group
    from rich.text import Text

    colours = {letter_of(index): _COLOURS[index % len(_COLOURS)] for index in range(len(week.schedules))}
    head, hours, *days = week_lines(week)
    lines: list[Text] = [Text(head, style="bold"), Text(hours, style="dim")]
    lines += [_coloured(day, colours) for day in days]
    for letter, text in legend(week):
        lines.append(Text.assemble((letter, f"bold {colours[letter]}"), f"  {text}"))
    return Group(*lines)


def _coloured(line: str, colours: dict[str, str]) -> Text:
    from rich.text import Text

    text = Text(line[:MARGIN])
    for mark in line[MARGIN:]:
        colour = colours.get(mark)
        text.append(mark, style=f"bold {colour}" if colour else "bold" if mark == SEVERAL else "dim")
    return text
