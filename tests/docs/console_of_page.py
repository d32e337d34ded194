"""Runs a console block in the middle of a document's program; see pages.py."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from document_blocks import blocks
from transcripts import run_transcript


def run_console(number: int) -> None:
    """Run one block of the document that is under way, and end everything when it is not as shown."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DOCUMENT")}
    document = Path(os.environ["DOCUMENT"])
    block = blocks(document)[number - 1]
    home = os.environ["HOME"]
    wrong = run_transcript(block.code, folder=Path.cwd(), environment=environment, home=home)
    if wrong:
        print(f"console block {number} of {document.name}:", *wrong, sep="\n", file=sys.stderr)
        sys.exit(1)
