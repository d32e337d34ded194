"""What every error code means: why it comes, what to do about it, and an example."""

from __future__ import annotations

from textwrap import fill, indent

import attrs

from taskflows_cloud_core.cli.error_texts import TEXTS

_WIDTH = 90


@attrs.frozen(kw_only=True)
class ErrorCode:
    """The meaning of one code.

    Args:
        code: For instance ``"TFC1401"``. A code never changes its meaning and is never used again.
        title: What it is, in a few words.
        cause: Why it comes.
        remedy: What to do about it.
        example: A command, or some lines, that bring it about or mend it.
    """

    code: str
    title: str
    cause: str
    remedy: str
    example: str

    def __str__(self) -> str:
        parts = {"Cause": fill(self.cause, _WIDTH), "What to do": fill(self.remedy, _WIDTH), "Example": self.example}
        shown = "".join(f"\n\n{name}\n{indent(text, '    ')}" for name, text in parts.items())
        return f"{self.code}: {self.title}{shown}"


ERROR_CODES: dict[str, ErrorCode] = {
    code: ErrorCode(code=code, title=title, cause=cause, remedy=remedy, example=example)
    for code, (title, cause, remedy, example) in TEXTS.items()
}
"""Every code that the command line shows, in ascending order."""
