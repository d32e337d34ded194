"""``taskflows-cloud schedule``: when functions will run."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.groups import HelpingGroup
from taskflows_cloud_core.cli.input.sources import source_arguments, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.files import write_file
from taskflows_cloud_core.cli.output.schemas import NOT_IN_JSON
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.errors import SourceNotFoundError
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.schedules import Calendar, Preview, SchedulePreview, Week, week_of

if TYPE_CHECKING:
    from rich.console import RenderableType


def preview_words(preview: Preview, style: Style) -> str:
    """A preview, for ``say``."""
    return _coloured(preview.__rich__()) if style.colour else str(preview)


def week_words(week: Week, style: Style) -> str:
    """A week, for ``say``."""
    from taskflows_cloud_core.schedules import week_in_colour, week_text

    return _coloured(week_in_colour(week)) if style.colour else week_text(week)


def _coloured(what: RenderableType) -> str:
    from rich.console import Console

    width = shutil.get_terminal_size().columns
    console = Console(file=io.StringIO(), force_terminal=True, color_system="256", width=width)
    with console.capture() as captured:
        console.print(what)
    return captured.get().rstrip()


@attrs.frozen(kw_only=True)
class PreviewedSchedule:
    """One schedule and what the provider makes of it.

    Args:
        function: The function that it belongs to; empty for a text of its own.
        place: Provider and the options that may be seen.
        schedule: As it was written.
        words: When it runs, in English.
        verdict: "exact", "approximate" or "refused".
        reason: Why it is not exact.
        expressions: In the provider's language.
        next_runs: Its next moments.
        agrees: Whether the expressions fire at these moments and at no others; null where the provider cannot tell.
    """

    function: str
    place: str
    schedule: str
    words: str
    verdict: str
    reason: str | None
    expressions: tuple[str, ...] = attrs.field(converter=to_tuple)
    next_runs: tuple[datetime, ...] = attrs.field(converter=to_tuple)
    agrees: bool | None

    @classmethod
    def of(cls, preview: SchedulePreview, function: str, place: str) -> PreviewedSchedule:
        """From a preview of the call."""
        translation = preview.translation
        return cls(
            function=function,
            place=place,
            schedule=str(translation.schedule),
            words=preview.words,
            verdict=translation.verdict,
            reason=translation.reason or None,
            expressions=[str(expression) for expression in translation.expressions],
            next_runs=[row.moment for row in preview.rows if row.wanted],
            agrees=all(row.agrees for row in preview.rows) if preview.is_compared else None,
        )


@attrs.frozen(kw_only=True)
class ScheduleAnswer(Answer):
    """When functions will run.

    Args:
        schedules: Of all functions.
        written: The pictures that were written.
    """

    schedules: tuple[PreviewedSchedule, ...] = attrs.field(converter=to_tuple)
    written: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    tables: tuple[tuple[str, Preview], ...] = attrs.field(default=(), converter=to_tuple, metadata=NOT_IN_JSON)
    week: Week | None = attrs.field(default=None, metadata=NOT_IN_JSON)

    @property
    def exit_code(self) -> int:
        """1 when a schedule would stop a deployment: it is refused, and not because its last moment has passed."""
        translations = [each.translation for _, table in self.tables for each in table.schedules]
        return int(any(each.verdict == "refused" and not each.is_over for each in translations))

    def text(self, style: Style) -> str:
        """Tables, the week, and what was written."""
        parts = [f"{style.strong(name)}\n{preview_words(table, style)}" for name, table in self.tables]
        if self.week is not None:
            parts.append(week_words(self.week, style))
        return "\n\n".join([*parts, *(f"wrote {path}" for path in self.written)])


@click.group(cls=HelpingGroup)
def schedule() -> None:
    """Show when functions will run."""


@schedule.command()
@source_arguments
@click.option(
    "-n", "--count", type=click.IntRange(min=1, max=1000), default=5, show_default=True, help="Moments of each."
)
@click.option("--week", is_flag=True, help="Also draw the week.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="A day of the week to draw; today when left out.")
@click.option("--timezone", default="UTC", show_default=True, help="The clock of the drawn week.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw the week into this file.")
@click.option("--png", type=click.Path(dir_okay=False, path_type=Path), help="Draw the week into this file.")
@place_options
@answers(ScheduleAnswer, name="schedule preview")
def preview(
    words: Sequence[str],
    count: int,
    day: datetime | None,
    timezone: str,
    svg: Path | None,
    png: Path | None,
    where: Where,
    *,
    week: bool,
) -> ScheduleAnswer:
    """Show the next moments of the marked functions, and what the provider makes of their schedules.

    A moment that only the schedule or only the provider's expressions have is marked with an exclamation mark.
    """
    functions = [each for each in _functions(words, where) if each.config.schedules]
    tables = [
        (each.config.function_name, label, environment.preview_schedules(each.config, count))
        for label, environment in where.environments().items()
        for each in functions
    ]
    drawn = week_of(
        [each for function in functions for each in function.config.schedules],
        None if day is None else day.date(),
        timezone=timezone,
    )
    return ScheduleAnswer(
        schedules=[
            PreviewedSchedule.of(each, name, label) for name, label, table in tables for each in table.schedules
        ],
        written=list(_write(drawn, svg, png)),
        tables=[(f"{name} on {label}", table) for name, label, table in tables],
        week=drawn if week else None,
    )


@schedule.command()
@click.argument("text")
@click.option("-n", "--count", type=click.IntRange(min=1, max=1000), default=5, show_default=True, help="Moments.")
@click.option("--timezone", help="An IANA name; UTC when left out and the text has none.")
@place_options
@answers(ScheduleAnswer, name="schedule explain")
def explain(text: str, count: int, timezone: str | None, where: Where) -> ScheduleAnswer:
    """Tell how the schedule TEXT is read, when it fires next, and what the provider makes of it."""
    calendar = Calendar(text, timezone=timezone)
    _ = calendar.spec  # what cannot be read is an error here, with the place in the text
    tables = [
        (label, environment.preview_schedules(calendar, count)) for label, environment in where.environments().items()
    ]
    return ScheduleAnswer(
        schedules=[PreviewedSchedule.of(each, "", label) for label, table in tables for each in table.schedules],
        tables=[(f"on {label}", table) for label, table in tables],
    )


def _functions(words: Sequence[str], where: Where) -> Sequence[MarkedFunction]:
    try:
        return staged_functions(words, where)
    except SourceNotFoundError as error:
        if not _is_schedule(words[:1]):
            raise
        raise SourceNotFoundError(
            f"{error}; for a schedule by itself: taskflows-cloud schedule explain {words[0]!r}"
        ) from error


def _is_schedule(words: Sequence[str]) -> bool:
    try:
        return bool(words) and Calendar(words[0]).spec is not None
    except ValueError:
        return False


def _write(week: Week, svg: Path | None, png: Path | None) -> Iterator[str]:
    if svg is not None:
        from taskflows_cloud_core.schedules import week_svg

        yield write_file(svg, week_svg(week))
    if png is not None:
        from taskflows_cloud_core.schedules import week_png

        yield write_file(png, week_png(week))
