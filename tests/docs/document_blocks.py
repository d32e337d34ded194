"""The fenced blocks of the documents, in their order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("taskflows_cloud_*/README.md"), *ROOT.glob("docs/**/*.md")])
_FENCE = re.compile(r"^```(?P<language>\w*)(?P<rest>[^\n]*)\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')


@attrs.frozen(kw_only=True)
class Block:
    """One fenced block.

    Args:
        number: From 1, in its document.
        language: The word after the fence.
        title: Of a block that is a file: its name; else empty.
        code: What stands inside.
        follows: Whether nothing but blank lines parts it from the block before.
    """

    number: int
    language: str
    title: str
    code: str
    follows: bool


def blocks(document: Path) -> Sequence[Block]:
    """The blocks of a document."""
    text = document.read_text()
    found, end = [], 0
    for number, match in enumerate(_FENCE.finditer(text), 1):
        title = _TITLE.search(match["rest"])
        found.append(
            Block(
                number=number,
                language=match["language"],
                title=title[1] if title else "",
                code=match["code"],
                follows=number > 1 and not text[end : match.start()].strip(),
            )
        )
        end = match.end()
    return found


def name_of(document: Path) -> str:
    """Its path in the repository."""
    return document.relative_to(ROOT).as_posix()
