"""Every code block and command line of the documents is executed, or shown only for a reason that is named here.

Python and console blocks are run here; bash blocks, which install things, by ``nox -s quickstart``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from document_blocks import DOCUMENTS, ROOT, blocks, name_of
from pages import is_run, run_page
from transcripts import matches, read_transcript, run_transcript

# Languages that are not run: they show a file or an answer.
SHOWN_ONLY = {"text", "json", "toml", "yaml", "mermaid", "ini"}
# Documents whose functions really run on AWS calls need an emulator that runs functions.
ON_EMULATOR = {"docs/getting-started-aws.md"}


def _parameters(*, on_emulator: bool) -> list[object]:
    chosen = [path for path in DOCUMENTS if is_run(path) and (name_of(path) in ON_EMULATOR) is on_emulator]
    return [pytest.param(path, id=name_of(path)) for path in chosen]


@pytest.mark.slow
@pytest.mark.parametrize("document", _parameters(on_emulator=False))
def test_a_document_runs_from_top_to_bottom(
    document: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    finding = run_page(document, tmp_path)
    assert not finding.wrong, "\n\n".join(finding.wrong)
    for name, count in finding.executed.items():
        record_property(f"executed {name}", count)


@pytest.mark.integration
@pytest.mark.parametrize("document", _parameters(on_emulator=True))
def test_a_document_runs_on_the_emulator(
    document: Path, tmp_path: Path, emulator: str, record_property: Callable[[str, object], None]
) -> None:
    finding = run_page(document, tmp_path, endpoint_url=emulator)
    assert not finding.wrong, "\n\n".join(finding.wrong)
    for name, count in finding.executed.items():
        record_property(f"executed {name}", count)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_block_is_run_or_only_shown(document: Path) -> None:
    strange = [
        f"{name_of(document)}#{block.number} {block.language!r}"
        for block in blocks(document)
        if block.language not in {"python", "bash", "console", *SHOWN_ONLY}
    ]
    assert not strange


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_file_in_python_is_used_by_a_command(document: Path) -> None:
    """A file is executed by what stands around it: a command or an import that names it."""
    found = blocks(document)
    for block in found:
        if block.title and block.language == "python":
            module = Path(block.title).stem
            used = "\n".join(other.code for other in found if other is not block)
            assert block.title in used or re.search(rf"\b{module}\b", used), f"{block.title} is used by nothing"


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_shown_files_can_be_read(document: Path) -> None:
    for block in blocks(document):
        if block.language == "toml":
            assert tomllib.loads(block.code)


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_path_of_a_machine(document: Path) -> None:
    found = re.findall(r"(?<![\w~.])/(?:home|root|Users|work|tmp)/[\w.-]+", document.read_text())
    assert not found


def test_ci_runs_the_very_test_command_of_the_readme() -> None:
    section = (ROOT / "README.md").read_text().split("\n## Quick start\n", 1)[1]
    commands = re.findall(r"```bash\n(.*?)\n```", section, re.DOTALL)
    assert all("\n" not in command for command in commands[:2])
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize(
    ("shown", "printed", "equal"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\nb", "a\nc", False),
        ("a", "a\nb", False),
        ("a\n…\nz", "a\nb\nc\nz", True),
        ("deployed … in us-east-1", "deployed arn:x in us-east-1", True),
        ("deployed … in us-east-1", "deployed arn:x in us-east-2", False),
        ("at 2026-11-25 10:00:00 UTC after 3 ms", "at 2027-01-01 23:59:59 UTC after 17 ms", True),
        ("3 functions", "4 functions", False),
        ("sha 0f3a9b2c", "sha 77777777", True),
    ],
)
def test_what_is_shown_is_compared_with_what_is_printed(shown: str, printed: str, equal: bool) -> None:
    assert matches(shown.splitlines(), printed.splitlines()) is equal


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("$ echo one\none\n$ echo two\ntwo\n", 0),
        ("$ echo one\ntwo\n", 1),
        ("$ false\n$ echo two\ntwo\n", 1),
        ("$ false\n$ echo $?\n1\n", 0),
        ("$ echo 'error: no'; (exit 3)\nerror: no\n", 0),
        ("$ printf 'reading …\\na: 1/2 b\\nerror: no\\n' >&2; (exit 1)\nerror: no\n", 0),
        ("$ printf 'careful\\nerror: no\\n' >&2; (exit 1)\nerror: no\n", 1),
        ("$ echo begun; sleep 100\nbegun\n^C\n", 0),
    ],
)
def test_a_console_block_is_run_as_it_stands(code: str, wrong: int, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    assert len(run_transcript(code, folder=tmp_path, environment=environment, home=str(tmp_path))) == wrong


def test_a_transcript_is_read_with_its_continued_lines() -> None:
    first, second = read_transcript("$ echo a \\\n    b\na b\n$ true\n")
    assert first.line == "echo a \\\n    b"
    assert first.shown == ("a b",)
    assert second.line == "true"
