"""A console block is run as it stands: its commands, one after the other, and what it shows must be what they print.

A line that begins with ``$ `` is a command, the lines below it are its output. ``…`` stands for any text, alone on
its line for any lines. Moments, lengths of time, digests and numbers with a fraction may differ. ``^C`` as the last
line interrupts a command once all above it has been printed. A command may fail only where the block shows that it
does: with a line that begins with ``error`` or ``Error``, or with ``$ echo $?`` as the next command. What commands that
succeed write to stderr, progress and hints, is not compared.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from queue import Empty, Queue

import attrs

GENEROUS_SECONDS = 600
_MASKS = (
    (re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?([.,]\d+)?)?( UTC|Z|[+-]\d\d:\d\d)?"), "MOMENT"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,}(-[0-9a-f]{4,}){0,4}\b"), "DIGEST"),
    (re.compile(r"\d+\.\d+"), "FRACTION"),
    (re.compile(r"\d+(?= (ms|bytes|B|KiB|MiB|s)\b)"), "AMOUNT"),
    (re.compile(r"[ \t]+"), " "),
)
_MARK = "\x1d"
# The one line that an emulator adds to what AWS would answer.
_EMULATOR = "warning: requests go to http://127.0.0.1:"


@attrs.frozen(kw_only=True)
class Command:
    """One command of a transcript.

    Args:
        line: For the shell.
        shown: The lines of output that the document shows.
        interrupted: Whether Ctrl-C ends it.
    """

    line: str
    shown: Sequence[str]
    interrupted: bool


def read_transcript(code: str) -> Sequence[Command]:
    """The commands of a console block."""
    commands: list[Command] = []
    for line in code.splitlines():
        if line.startswith("$ "):
            commands.append(Command(line=line[2:], shown=(), interrupted=False))
        elif commands and commands[-1].line.endswith("\\") and not commands[-1].shown:
            commands[-1] = attrs.evolve(commands[-1], line=f"{commands[-1].line}\n{line}")
        elif line == "^C":
            commands[-1] = attrs.evolve(commands[-1], interrupted=True)
        elif commands:
            commands[-1] = attrs.evolve(commands[-1], shown=(*commands[-1].shown, line))
        else:
            raise ValueError(f"a console block begins with a command, not with {line!r}")
    return commands


def run_transcript(code: str, *, folder: Path, environment: Mapping[str, str], home: str) -> Sequence[str]:
    """Run a console block.

    Args:
        code: The block.
        folder: Where it is run.
        environment: For the commands.
        home: The path that documents write as ``~``.

    Returns:
        What is wrong; nothing when all is as shown.
    """
    wrong = []
    commands = read_transcript(code)
    if len(commands) == 1 and commands[0].interrupted:
        answers = [_run_until_interrupted(commands[0], folder, environment)]
    else:
        answers = _run_together(commands, folder, environment)
    for index, (command, (printed, status)) in enumerate(zip(commands, answers, strict=True)):
        output = printed.replace(home, "~")
        tells = index + 1 < len(commands) and commands[index + 1].line == "echo $?"
        if (
            status
            and not tells
            and not _is_answer(command, status)
            and not any(line.lower().startswith("error") for line in command.shown)
        ):
            wrong.append(f"$ {command.line}\nexit code {status}\n{output}")
        elif not matches(command.shown, output.splitlines()):
            shown = "\n".join(command.shown)
            wrong.append(f"$ {command.line}\n--- shown\n{shown}\n--- printed\n{output}")
    return wrong


def _is_answer(command: Command, status: int) -> bool:
    """Whether the exit code is an answer: a plan that has changes."""
    return status == 2 and re.match(r"taskflows-cloud (plan|diff)\b", command.line) is not None


def _run_together(
    commands: Sequence[Command], folder: Path, environment: Mapping[str, str]
) -> Sequence[tuple[str, int]]:
    """All in one shell, so that ``$?`` and variables go from one to the next."""
    with tempfile.TemporaryDirectory() as aside:
        errors = [Path(aside, str(number)) for number in range(len(commands))]
        parts = [
            f"{{ {command.line}\n}} 2>{error}; _status=$?; printf '\\n{_MARK}%s{_MARK}' \"$_status\"; (exit $_status)"
            for command, error in zip(commands, errors, strict=True)
        ]
        run = subprocess.run(
            ["bash", "-c", "\n".join(parts)],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=GENEROUS_SECONDS,
            check=False,
        )
        pieces = run.stdout.split(_MARK)
        statuses = list(map(int, pieces[1::2]))
        # Progress and hints go to stderr; a reader is shown them only where they say what failed.
        told = [
            _without_progress(error.read_text()) if status and not _is_answer(command, status) else ""
            for command, error, status in zip(commands, errors, statuses, strict=True)
        ]
    return [(out + err, status) for out, err, status in zip(pieces[::2], told, statuses, strict=False)]


def _without_progress(text: str) -> str:
    """Without the lines that tell of progress, which come only where a command takes its time."""
    return re.sub(r"^\S[^\n]* …\n(?:(?!error)[^\n]*\n)*", "", text, flags=re.MULTILINE | re.IGNORECASE)


def _run_until_interrupted(command: Command, folder: Path, environment: Mapping[str, str]) -> tuple[str, int]:
    with subprocess.Popen(
        ["bash", "-c", command.line],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A job in the background of a shell ignores Ctrl-C, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        assert process.stdout is not None
        lines: Queue[str] = Queue()
        reader = threading.Thread(target=_pass_on, args=(process.stdout, lines))
        reader.start()
        printed: list[str] = []
        number = signal.SIGINT
        try:
            while not matches(command.shown, printed):
                printed.append(lines.get(timeout=GENEROUS_SECONDS).rstrip("\n").replace(environment["HOME"], "~"))
        except Empty:
            printed.append("(and no more came)")
            number = signal.SIGKILL
        os.killpg(process.pid, number)
        status = process.wait(timeout=GENEROUS_SECONDS)
        reader.join()
    return "\n".join(printed), 0 if status in (130, -signal.SIGINT) else status


def _pass_on(stream: Iterable[str], lines: Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def matches(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether what was printed is what is shown, but for what may differ."""
    pattern = ""
    for line in _without_blank_ends(shown):
        pattern += "(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, _masked(line).split("…"))) + "\n"
    from_aws = [line for line in printed if _EMULATOR not in line]
    text = "".join(f"{_masked(line)}\n" for line in _without_blank_ends(from_aws))
    return re.fullmatch(pattern, text) is not None


def _masked(line: str) -> str:
    for pattern, word in _MASKS:
        line = pattern.sub(word, line)
    return line.rstrip()


def _without_blank_ends(lines: Sequence[str]) -> Sequence[str]:
    return "\n".join(lines).strip("\n").split("\n") if any(line.strip() for line in lines) else []
