"""Lines that cannot be told: a full disk, a closed pipe, a function of the program's own that fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from taskflows_cloud_core import Calendar
from taskflows_cloud_core.local import run_scheduler

JOB = "def job():\n    return 1\n"
SCHEDULER = "from taskflows_cloud_core.cli import main; main()"


@pytest.mark.parametrize("word", [" scheduler works on ", " start ", " end ", " skip ", ""])
def test_a_report_that_fails_stops_nothing(deploy, run_until, runs, capsys, word):
    deploy(JOB, schedules=[Calendar("*:*:*")])
    asked = []

    def report(line: str) -> None:
        asked.append(line)
        if word in line:
            raise RuntimeError("no room")

    run_until(lambda _: [run.outcome for run in runs()].count("succeeded") >= 2, report, max_runs=1)

    assert "running" not in {run.state for run in runs()}
    assert asked[-1].endswith("scheduler has ended")
    told = capsys.readouterr().err
    assert told.count("its lines cannot be told: RuntimeError: no room") == (0 if word == " skip " else 1)


def test_the_beginning_of_a_run_is_told_before_its_end(deploy, run_until):
    deploy(JOB, schedules=[Calendar("*:*:*")])

    lines = run_until(lambda lines: [line for line in lines if " end   job [" in line])

    words = [line.split()[3] for line in lines if " job [" in line]
    assert words == ["start", "end"] * (len(words) // 2)


def test_a_run_without_a_thread_fails_and_says_so(deploy, root, runs):
    deploy(JOB, schedules=[Calendar("*:*:*")])
    before = threading.stack_size()
    # More than there are addresses, so that no thread can begin.
    threading.stack_size(2**50)
    try:
        while not (ended := [run for run in runs() if run.state == "ended"]):
            run_scheduler(root, until=datetime.now(UTC) + timedelta(seconds=1.5), max_runs=1)
    finally:
        threading.stack_size(before)

    assert {(run.outcome, run.error) for run in ended} == {
        ("failed", "the run could not be carried out: can't start new thread")
    }


def start(root: Path, stdout: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", SCHEDULER, "local", "run", "--root", str(root)]
    return subprocess.Popen(words, stdout=stdout, stderr=subprocess.PIPE)


def assert_goes_on_and_says_so(process: subprocess.Popen[bytes], runs, wait_until, reason: str) -> None:
    try:
        wait_until(lambda: [run.outcome for run in runs()].count("succeeded") >= 2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert told.decode().count(f"the scheduler goes on, but its lines cannot be told: {reason}") == 1
    assert {run.state for run in runs()} == {"ended"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk(deploy, root, runs, wait_until):
    deploy(JOB, schedules=[Calendar("*:*:*")])
    full = os.open("/dev/full", os.O_WRONLY)
    process = start(root, full)
    os.close(full)

    assert_goes_on_and_says_so(process, runs, wait_until, "OSError: [Errno 28] No space left on device")


def test_a_closed_pipe(deploy, root, runs, wait_until):
    deploy(JOB, schedules=[Calendar("*:*:*")])
    reader, writer = os.pipe()
    process = start(root, writer)
    os.close(writer)
    os.read(reader, 1)
    os.close(reader)

    assert_goes_on_and_says_so(process, runs, wait_until, "BrokenPipeError: [Errno 32] Broken pipe")
