"""Colours and columns. Colour goes to terminals alone, and not where ``NO_COLOR`` is set."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TextIO

import attrs
import click


@attrs.frozen(kw_only=True)
class Style:
    """How words are marked.

    Args:
        colour: Whether there may be colours.
    """

    colour: bool

    def __call__(self, text: str, **how: Any) -> str:
        """A text in a style of ``click.style``, or as it is."""
        return click.style(text, **how) if self.colour else text

    def good(self, text: str) -> str:
        """What is as it should be."""
        return self(text, fg="green")

    def bad(self, text: str) -> str:
        """What failed."""
        return self(text, fg="red", bold=True)

    def careful(self, text: str) -> str:
        """What a person should look at."""
        return self(text, fg="yellow")

    def faint(self, text: str) -> str:
        """What matters less."""
        return self(text, dim=True)

    def strong(self, text: str) -> str:
        """What matters more."""
        return self(text, bold=True)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person is there to see it."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def may_have_colour(stream: TextIO) -> bool:
    """Whether a stream takes colours; ``NO_COLOR`` with any text but none refuses them (no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def say(text: Callable[[Style], str]) -> None:
    """Print an answer to stdout, unless it is empty."""
    _print(text, sys.stdout)


def note(text: str | Callable[[Style], str]) -> None:
    """Print what is not the answer to stderr."""
    _print((lambda _: text) if isinstance(text, str) else text, sys.stderr)


def _print(text: Callable[[Style], str], stream: TextIO) -> None:
    style = Style(colour=may_have_colour(stream))
    words = text(style)
    if words:
        click.echo(words, file=stream, color=style.colour)


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], style: Style) -> str:
    """Rows in aligned columns, as wide as they need to be: a terminal may wrap them, a program may cut them.

    Args:
        head: The names of the columns.
        rows: Their cells, without colours.
        style: For the names.
    """
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    first, *rest = (line.rstrip() for line in lines)
    return "\n".join([style.faint(first), *rest])
