"""The program on a real terminal: colours, bars, questions, Ctrl-C; and in a pipe that breaks."""

from __future__ import annotations

import errno
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PATIENCE

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-m", "taskflows_cloud_core"]
# So many that even a quick machine works on them for longer than nothing is told.
FUNCTIONS = 200
ESCAPE = "\x1b["


class Terminal:
    """A program with a terminal of its own; stdout or stderr may be a pipe instead."""

    def __init__(self, words: list[str], folder: Path, environment: dict[str, str], *, stdout: Any = None) -> None:
        self._master, slave = pty.openpty()
        self.seen = ""
        self.process = subprocess.Popen(
            [*PROGRAM, *words],
            cwd=folder,
            env={**environment, "COLUMNS": "120"},
            stdin=slave,
            stdout=slave if stdout is None else stdout,
            stderr=slave,
            start_new_session=True,
            # Tests that run in the background of a shell begin with an interrupt that is ignored.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        os.close(slave)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def read_until(self, wanted: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not re.search(wanted, self.seen):
            assert time.monotonic() < deadline, f"{wanted!r} did not come, but {self.seen[-500:]!r}"
            if not self._read():
                break
        assert re.search(wanted, self.seen)

    def end(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < deadline, f"it does not end: {self.seen[-500:]!r}"
        os.close(self._master)
        return self.process.wait(timeout=PATIENCE)

    def _read(self) -> bool:
        """Read what there is; false at the end."""
        if not select.select([self._master], [], [], 0.2)[0]:
            return True
        try:
            chunk = os.read(self._master, 65536)
        except OSError as error:
            if error.errno == errno.EIO:  # the other side is closed
                return False
            raise
        self.seen += chunk.decode(errors="replace")
        return bool(chunk)


@pytest.fixture
def terminal(folder: Path, environment: dict[str, str]) -> Callable[..., Terminal]:
    def start(*words: str, stdout: Any = None, **variables: str) -> Terminal:
        return Terminal(list(words), folder, {**environment, **variables}, stdout=stdout)

    return start


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


def test_a_terminal_has_colours(terminal: Callable[..., Terminal]) -> None:
    shown = terminal("plan", "jobs.py")
    assert shown.end() == 2
    assert f"{ESCAPE}32m  + create function greet" in shown.seen


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_is_obeyed_everywhere(variables: dict[str, str], terminal: Callable[..., Terminal]) -> None:
    for words in (["plan", "jobs.py"], ["schedule", "preview", "jobs.py", "--week"], ["list", "-o", "x=1"], ["doctor"]):
        shown = terminal(*words, **variables)
        shown.end()
        assert not re.search(r"\x1b\[[0-9;]*m", shown.seen), shown.seen


def test_a_pipe_has_no_colours_while_the_terminal_beside_it_has(
    terminal: Callable[..., Terminal], tmp_path: Path
) -> None:
    with (tmp_path / "out.txt").open("w") as out:
        shown = terminal("invoke", "greet", "--local", "--from", "jobs.py", stdout=out)
        assert shown.end() == 0
    assert (tmp_path / "out.txt").read_text() == '"hello world, 11"\n'
    assert ESCAPE in shown.seen


def test_bars_are_on_the_terminal_while_it_lasts(terminal: Callable[..., Terminal], folder: Path) -> None:
    (folder / "work.py").write_text(
        "from taskflows_cloud_core import cloud_function\n\n"
        + "".join(f"@cloud_function\ndef job_{n}():\n    return {n}\n\n" for n in range(FUNCTIONS))
    )
    shown = terminal("deploy", "work.py")
    assert shown.end() == 0
    assert "━" in shown.seen
    assert f"{ESCAPE}?25h" in shown.seen, "the cursor is back"
    assert plain(shown.seen).count("deployed   job-") == FUNCTIONS


def test_a_question_is_asked_and_an_answer_taken(terminal: Callable[..., Terminal]) -> None:
    assert terminal("deploy", "jobs.py").end() == 0
    declined = terminal("delete", "greet")
    declined.read_until(r"Go on\? \[y/N\]")
    declined.type("n\n")
    assert declined.end() == 3
    assert plain(declined.seen).endswith("nothing was done\n")
    assert "error" not in declined.seen
    agreed = terminal("delete", "greet")
    agreed.read_until(r"Go on\? \[y/N\]")
    agreed.type("y\n")
    assert agreed.end() == 0
    assert "deleted  greet on local" in plain(agreed.seen)


def test_ctrl_c_at_the_question_is_clean(terminal: Callable[..., Terminal]) -> None:
    assert terminal("deploy", "jobs.py").end() == 0
    asked = terminal("delete", "greet")
    asked.read_until(r"Go on\? \[y/N\]")
    # A signal that comes between writing the question and waiting for the answer is seen at the next key alone.
    while asked.process.poll() is None:
        asked.process.send_signal(signal.SIGINT)
        time.sleep(1)
    assert asked.end() == 130
    assert "interrupted" in plain(asked.seen)
    assert "Traceback" not in asked.seen


def test_ctrl_c_in_a_deployment_says_what_is_there_and_running_again_ends_it(
    terminal: Callable[..., Terminal], folder: Path
) -> None:
    (folder / "work.py").write_text(
        "from taskflows_cloud_core import cloud_function\n\n"
        + "".join(f"@cloud_function\ndef job_{n}():\n    return {n}\n\n" for n in range(FUNCTIONS))
    )
    stopped = terminal("deploy", "work.py")
    stopped.read_until(rf"[1-9]\d* of {FUNCTIONS}")
    stopped.process.send_signal(signal.SIGINT)
    assert stopped.end() == 130
    words = plain(stopped.seen)
    assert "interrupted while deploying:" in words
    assert re.search(r"  job-\d+: all 2 changes are made", words)
    assert "Running the same command again is safe, and does the rest." in words
    assert "Traceback" not in words
    assert terminal("deploy", "work.py").end() == 0
    assert terminal("plan", "work.py").end() == 0


def test_ctrl_c_ends_a_run_and_leaves_no_process(terminal: Callable[..., Terminal], folder: Path) -> None:
    marker = f"{folder}/running"
    (folder / "work.py").write_text(
        "import pathlib, os, time\nfrom taskflows_cloud_core import cloud_function\n\n@cloud_function\n"
        f"def slow():\n    pathlib.Path({marker!r}).write_text(str(os.getpid()))\n    time.sleep(600)\n"
    )
    assert terminal("deploy", "work.py").end() == 0
    run = terminal("invoke", "slow")
    deadline = time.monotonic() + PATIENCE
    while not (folder / "running").exists() or not (folder / "running").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 130
    assert "Traceback" not in run.seen
    number = int((folder / "running").read_text())
    while _lives(number):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{number}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_following_a_log_ends_with_ctrl_c(terminal: Callable[..., Terminal], cli: Callable[..., Any]) -> None:
    assert cli("deploy", "jobs.py").code == 0
    cli("invoke", "nightly-report")
    follower = terminal("logs", "nightly-report", "--follow", "--since", "1h")
    follower.read_until("all is well")
    follower.process.send_signal(signal.SIGINT)
    assert follower.end() == 130
    assert "Traceback" not in follower.seen


def test_a_reader_that_goes_away_is_no_error(folder: Path, environment: dict[str, str]) -> None:
    program = subprocess.Popen(
        [*PROGRAM, "explain", "--json"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.close()
    _, err = program.communicate(timeout=PATIENCE)
    assert err == b""
    assert program.returncode == 141


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_is_one_that_nobody_reads(closed: str, folder: Path, environment: dict[str, str]) -> None:
    command = f'exec "$@" {closed}'
    words = ["sh", "-c", command, "sh", *PROGRAM, "explain", "TFC1100"]
    ran = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ran.returncode == 0
    assert ran.stderr == ""
    assert ran.stdout.startswith("TFC1100") or closed.startswith(">&-")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_told_in_a_sentence(folder: Path, environment: dict[str, str]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [*PROGRAM, "explain", "--json"],
            cwd=folder,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith("error [TFC1705]: the output cannot be written: No space left on device\n")
    assert len(ran.stderr.splitlines()) == 2


def test_lines_instead_of_bars_where_there_is_no_terminal(cli: Callable[..., Any], folder: Path) -> None:
    (folder / "work.py").write_text(
        "from taskflows_cloud_core import cloud_function\n\n"
        + "".join(f"@cloud_function\ndef job_{n}():\n    return {n}\n\n" for n in range(FUNCTIONS))
    )
    ran = cli("deploy", "work.py")
    assert ran.code == 0
    assert "deploying …\n" in ran.err
    assert "job-7: 2/2 create function job-7\n" in ran.err
    assert ESCAPE not in ran.err + ran.out
    assert "deploying" not in ran.out
