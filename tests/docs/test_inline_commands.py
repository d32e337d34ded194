"""Commands in the middle of a sentence: they and their options exist, although nobody runs them there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from document_blocks import DOCUMENTS, ROOT, name_of

from taskflows_cloud_core.cli.root import root

_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`((?:taskflows-cloud|nox) [^`\n]+)`")
SESSIONS = set(re.findall(r"^@nox\.session[^\n]*\ndef (\w+)", (ROOT / "noxfile.py").read_text(), re.MULTILINE))


def inline_commands(document: Path) -> Iterator[str]:
    yield from _INLINE.findall(_FENCED.sub("", document.read_text()))


def wrong_with(line: str) -> str:
    words = shlex.split(line.replace("…", ""))
    if words[0] == "nox":
        named = words[words.index("-s") + 1 : words.index("--") if "--" in words else None] if "-s" in words else []
        return ", ".join(sorted(set(named) - SESSIONS))
    return _wrong_in(root, words[1:])


def _wrong_in(command: click.Command, words: list[str]) -> str:
    context = click.Context(command)
    for at, word in enumerate(words):
        if word.startswith("-"):
            options = {name for each in command.get_params(context) for name in (*each.opts, *each.secondary_opts)}
            if word.partition("=")[0] not in options:
                return f"{word} is no option of {command.name}"
        elif isinstance(command, click.Group):
            inner = command.get_command(context, word)
            return f"{word} is no command" if inner is None else _wrong_in(inner, words[at + 1 :])
    return ""


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_in_sentences_exist(document: Path) -> None:
    wrong = {line: message for line in inline_commands(document) if (message := wrong_with(line))}
    assert not wrong


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("taskflows-cloud local run --root X", True),
        ("taskflows-cloud --version", True),
        ("taskflows-cloud launch", False),
        ("taskflows-cloud list --colour", False),
        ("nox -s docs", True),
        ("nox -s sweep -- -k deaths", True),
        ("nox -s everything", False),
    ],
)
def test_a_wrong_command_is_found(line: str, right: bool) -> None:
    assert (not wrong_with(line)) is right
