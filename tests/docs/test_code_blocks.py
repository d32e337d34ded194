"""Every Python block of the documents is run, as it stands; the bash blocks are run by `nox -s quickstart`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("taskflows_cloud_*/README.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.DOTALL | re.MULTILINE)
SHOWN_ONLY = {"", "text", "json", "toml", "console"}


@attrs.frozen
class Block:
    document: Path
    number: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}#{self.number}"


def blocks() -> Iterator[Block]:
    for document in DOCUMENTS:
        for number, match in enumerate(FENCE.finditer(document.read_text()), 1):
            yield Block(document, number, match["language"], match["code"])


PYTHON = [block for block in blocks() if block.language == "python"]


def documents_with(language: str) -> list[Path]:
    return sorted({block.document for block in blocks() if block.language == language})


@pytest.mark.parametrize("document", documents_with("python"), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_python_of_a_document_runs_from_top_to_bottom(document: Path, tmp_path: Path) -> None:
    """The blocks of one document are one program, saved as a file so that its functions have a source."""
    program = "\n\n".join(block.code for block in PYTHON if block.document == document)
    script = tmp_path / "document.py"
    script.write_text(PREAMBLE + program)
    run = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"


def test_every_block_names_a_language_that_is_run_or_only_shown() -> None:
    strange = [str(block) for block in blocks() if block.language not in {"python", "bash", *SHOWN_ONLY}]
    assert not strange


# What the documents take for granted: AWS is moto, in this process.
PREAMBLE = """
import os
from moto import mock_aws
os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")
mock_aws(config={"lambda": {"use_docker": False}}).start()
"""


def test_ci_runs_the_very_test_command_of_the_readme() -> None:
    section = (ROOT / "README.md").read_text().split("\n## Quick start\n", 1)[1]
    commands = [match["code"].strip() for match in FENCE.finditer(section) if match["language"] == "bash"]
    assert all("\n" not in command for command in commands[:2])
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()
