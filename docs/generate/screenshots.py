"""Make the pictures of a terminal: real commands in a terminal of their own, drawn as SVG by rich.

Usage: screenshots.py FOLDER
"""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import tempfile
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from rich.console import Console
from rich.text import Text

_COLUMNS, _ROWS = 118, 60
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
# So that a picture that is made again differs only where the commands answer differently.
_MOMENTS = (
    (re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"), "2026-11-25 09:30:00 UTC"),
    (re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d UTC"), "2026-11-25 09:30 UTC"),
    (re.compile(r"\b\d+ ms\b"), "70 ms"),
)
_JOBS = """\
from taskflows_cloud_core import Calendar, cloud_function


@cloud_function(
    schedules=[Calendar("Mon-Fri 02:30", timezone="Europe/Berlin"), Calendar("8..18/2:00")],
    memory_mb=512,
)
def nightly_report():
    print("all is well")
    return {"checked": 12}
"""
_WRONG = """\
from taskflows_cloud_core import cloud_function


@cloud_function(
    memory_mb=0,
    timeout_seconds=-1,
    architecture="sparc",
    schedules=["Mon-Fri 09:00", 42],
    environment_variables={"MY-TOKEN": "secret"},
)
def job():
    return 1
"""


@attrs.frozen(kw_only=True)
class Picture:
    """A picture of a terminal.

    Args:
        name: Of the file.
        title: In the bar above.
        commands: What is typed.
        with_moments: Whether the moments that it shows are those of the day on which it was made.
    """

    name: str
    title: str
    commands: Sequence[str]
    with_moments: bool = False


PICTURES = (
    Picture(
        name="deploy",
        title="from a function to a job",
        commands=[
            "taskflows-cloud plan jobs.py",
            "taskflows-cloud deploy jobs.py",
            "taskflows-cloud invoke nightly-report",
            "taskflows-cloud list",
        ],
    ),
    Picture(
        name="schedule",
        title="when will it run?",
        commands=["taskflows-cloud schedule preview jobs.py --count 2 --week --day 2026-11-30"],
        with_moments=True,
    ),
    Picture(
        name="errors",
        title="everything that is wrong, at once",
        commands=["taskflows-cloud deploy wrong.py", "taskflows-cloud explain TFC1401"],
    ),
)


def main(folder: Path) -> None:
    """Make every picture."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as home:
            work = Path(home, "jobs")
            work.mkdir()
            (work / "jobs.py").write_text(_JOBS)
            (work / "wrong.py").write_text(_WRONG)
            (folder / f"{picture.name}.svg").write_text(draw(picture, work, home))


def draw(picture: Picture, work: Path, home: str) -> str:
    """Run the commands of a picture and draw what they print."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for command in picture.commands:
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        answer = run_in_terminal(command, work, {**os.environ, "HOME": home, "TERM": "xterm-256color"})
        shown = answer.replace(home, "~")
        console.print(Text.from_ansi((shown if picture.with_moments else _settled(shown)).rstrip()))
        console.print()
    svg = console.export_svg(title=picture.title, unique_id=picture.name)
    return "\n".join(line.rstrip() for line in _FONTS.sub("", svg).splitlines()) + "\n"


def run_in_terminal(command: str, work: Path, environment: Mapping[str, str]) -> str:
    """What a command writes when a person is there to see it, without its progress when it succeeds."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_ROWS, _COLUMNS))
    with tempfile.TemporaryFile() as errors:
        arguments = [str(Path(sys.executable).with_name("taskflows-cloud")), *command.split()[1:]]
        process = subprocess.Popen(arguments, cwd=work, env=environment, stdin=theirs, stdout=theirs, stderr=errors)
        os.close(theirs)
        written = _read_all(ours)
        failed = process.wait() == 1
        errors.seek(0)
        written += errors.read() if failed else b""
    return written.decode().replace("\r\n", "\n")


def _read_all(descriptor: int) -> bytes:
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:  # how Linux says that nobody holds the other end any more
        pass
    finally:
        os.close(descriptor)
    return b"".join(parts)


def _settled(text: str) -> str:
    for pattern, word in _MOMENTS:
        text = pattern.sub(word, text)
    return text


if __name__ == "__main__":
    main(Path(sys.argv[1]))
