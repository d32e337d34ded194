"""Previews and weeks: in rich's colours where there may be some, else as plain text."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

from taskflows_cloud_core.cli.terminal import Style
from taskflows_cloud_core.schedules import Preview, Week

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
