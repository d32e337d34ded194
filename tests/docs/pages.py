"""A document is run from top to bottom: its Python as one program, its files and its console where they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import attrs
from document_blocks import Block, blocks
from transcripts import GENEROUS_SECONDS, matches, read_transcript

_HERE = Path(__file__).parent
_MARK = "\x1e"

# What the documents take for granted: AWS is moto, in this process, unless an emulator was named.
_PREAMBLE = """
import os
if "AWS_ENDPOINT_URL" not in os.environ:
    import sys
    from moto import mock_aws
    sys.path.append(os.environ["TEST_SUPPORT"])
    from moto_in_turn import answer_in_turn
    sys.path.pop()
    answer_in_turn()
    mock_aws(config={"lambda": {"use_docker": False}}).start()
def _run_console(number):
    import sys
    sys.path.append(os.environ["DOCUMENT_TOOLS"])
    from console_of_page import run_console
    sys.path.pop()
    sys.stdout.flush()
    run_console(number)
"""


@attrs.frozen(kw_only=True)
class Finding:
    """How a document fared.

    Args:
        wrong: What is wrong with it; nothing when all is well.
        executed: How many blocks were run, by language, and ``commands`` of the console.
    """

    wrong: Sequence[str]
    executed: Mapping[str, int]


def is_program(block: Block) -> bool:
    """Whether it is a piece of the document's program, not a file."""
    return block.language == "python" and not block.title


def is_output(block: Block) -> bool:
    """Whether it shows what the piece of program above it prints."""
    return block.language == "text" and block.follows and not block.title


def is_run(document: Path) -> bool:
    """Whether a document has something to run here."""
    return any(is_program(block) or block.language == "console" for block in blocks(document))


def run_page(document: Path, folder: Path, *, endpoint_url: str = "") -> Finding:
    """Run a document in an empty folder.

    Args:
        document: The page.
        folder: Becomes the home of whoever follows it; the page is run in ``jobs`` inside.
        endpoint_url: Of an AWS emulator; else AWS is moto.
    """
    found = blocks(document)
    work = folder / "jobs"
    work.mkdir()
    write_files(found, work)
    script = work / "document.py"
    script.write_text(_program(found))
    environment = page_environment(folder, endpoint_url) | {
        "DOCUMENT": str(document),
        "DOCUMENT_TOOLS": str(_HERE),
        "TEST_SUPPORT": str(_HERE.parent / "support"),
    }
    run = subprocess.run(
        [sys.executable, str(script)],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=3 * GENEROUS_SECONDS,
        check=False,
    )
    wrong = [f"{run.stdout}\n{run.stderr}"] if run.returncode else []
    return Finding(wrong=wrong or _wrong_outputs(found, run.stdout.replace(str(folder), "~")), executed=_counted(found))


def write_files(found: Sequence[Block], work: Path) -> None:
    """The blocks that are files, under their names."""
    for block in found:
        if block.title:
            path = work / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code)


def _program(found: Sequence[Block]) -> str:
    parts = [_PREAMBLE]
    for block in found:
        if block.language == "console":
            parts.append(f"_run_console({block.number})")
        elif is_program(block):
            parts += [f"print('{_MARK}{block.number}{_MARK}', flush=True)", block.code]
            parts.append(f"print('{_MARK}0{_MARK}', flush=True)")
    return "\n\n".join(parts)


def _wrong_outputs(found: Sequence[Block], printed: str) -> Sequence[str]:
    pieces = printed.split(_MARK)
    outputs = dict(zip(map(int, pieces[1::2]), pieces[2::2], strict=True))
    wrong = []
    for before, block in pairwise(found):
        if is_output(block) and is_program(before):
            output = outputs.get(before.number, "").removeprefix("\n")
            if not matches(block.code.splitlines(), output.splitlines()):
                wrong.append(f"block {block.number}\n--- shown\n{block.code}\n--- printed\n{output}")
    return wrong


def _counted(found: Sequence[Block]) -> Mapping[str, int]:
    executed: Counter[str] = Counter()
    executed["python"] = sum(block.language == "python" for block in found)
    for block in found:
        if block.language == "console":
            executed["console"] += 1
            executed["commands"] += len(read_transcript(block.code))
    executed["outputs compared"] = sum(is_output(block) and is_program(before) for before, block in pairwise(found))
    return executed


def page_environment(home: Path, endpoint_url: str = "") -> dict[str, str]:
    """What the commands of a document see: little of this machine, and a home of their own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("LANG", "PYENV_ROOT", "PYENV_VERSION") or re.match("(PIP|SSL|UV)_", name)
    }
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    aws = {"AWS_ACCESS_KEY_ID": "123456789012", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    emulator = {"AWS_ENDPOINT_URL": endpoint_url} if endpoint_url else {}
    return {
        **kept,
        **aws,
        **emulator,
        "UV_CACHE_DIR": _uv_cache(),
        "HOME": str(home),
        "PATH": os.pathsep.join(path),
        "COLUMNS": "120",
        "PYTHONUTF8": "1",
    }


@cache
def _uv_cache() -> str:
    import uv

    return subprocess.run([uv.find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
