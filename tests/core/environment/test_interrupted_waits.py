"""Ctrl-C ends the waits of hooks that run in other threads, and starts nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import attrs
import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudFunctionConfig, ProgressEvent, deploy_everywhere, get_environment
from taskflows_cloud_core.kit import LEASE_SECONDS, FileClaims
from taskflows_cloud_core.reconcile import Claim

# How long the provider waits when nothing ends the wait, and how long a slow machine may take to end it.
WAIT, LIMIT = 60, 20
COUNT = 12

PROVIDER = f"""
import os
from pathlib import Path

from taskflows_cloud_core import OperationError, hookimpl, stopping
from taskflows_cloud_core.testing import MemoryProvider


def note(word, name):
    with Path(os.environ["STRANGER_RECORD"]).open("a") as record:
        record.write(f"{{word}} {{name}}\\n")


class Waiting(MemoryProvider):
    @hookimpl
    def deploy_function(self, plan):
        note("begun", plan.function_name)
        if stopping.current().wait({WAIT}):
            note("stopped", plan.function_name)
            raise OperationError("interrupted while waiting")
        raise OperationError("waited in vain")


provider = Waiting(name="waiting")
"""

MANY = "from taskflows_cloud_core import cloud_function\n" + "".join(
    f"\n\n@cloud_function(dependencies=[])\ndef job_{number}():\n    return {number}\n" for number in range(COUNT)
)


@attrs.frozen
class Waiting:
    """An installed provider whose deployments wait, and its record of them."""

    site: Path
    record: Path

    def names(self, word: str) -> list[str]:
        lines = self.record.read_text().splitlines() if self.record.exists() else []
        return sorted(line.split()[1] for line in lines if line.startswith(word))

    def until_begun(self, count: int) -> None:
        deadline = time.monotonic() + WAIT
        while len(self.names("begun")) < count:
            assert time.monotonic() < deadline, f"only {self.names('begun')} began"
            time.sleep(0.02)


@pytest.fixture
def waiting(stranger: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    site = stranger("stranger_waiting", PROVIDER, provider="waiting", attribute="provider")
    record = tmp_path / "record.txt"
    monkeypatch.setenv("STRANGER_RECORD", str(record))
    return Waiting(site, record)


@pytest.fixture
def interrupt_after(waiting: Waiting) -> Iterator[Callable[[int], None]]:
    """Interrupt this process when so many deployments wait."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threads: list[threading.Thread] = []

    def interrupt(count: int) -> None:
        waiting.until_begun(count)
        os.kill(os.getpid(), signal.SIGINT)

    def start(count: int) -> None:
        threads.append(threading.Thread(target=interrupt, args=(count,)))
        threads[-1].start()

    yield start
    for thread in threads:
        thread.join()
    signal.signal(signal.SIGINT, before)


def pairs() -> list[tuple[Callable[..., object], CloudFunctionConfig]]:
    return [(job, CloudFunctionConfig(function_name=f"job-{number:02d}")) for number in range(COUNT)]


def test_deploying_many(waiting: Waiting, interrupt_after: Callable[[int], None]) -> None:
    env = get_environment("waiting", place="many")
    interrupt_after(2)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        env.deploy_many(pairs(), [], max_workers=2)
    assert time.monotonic() - begin < LIMIT
    assert len(waiting.names("begun")) == 2
    assert waiting.names("stopped") == waiting.names("begun")
    assert env.list_functions() == []


def test_deploying_everywhere(waiting: Waiting, interrupt_after: Callable[[int], None]) -> None:
    places = {name: get_environment("waiting", place=name) for name in ("here", "there")}
    interrupt_after(3)
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        deploy_everywhere(places, pairs(), [], max_workers=3)
    assert time.monotonic() - begin < LIMIT
    assert len(waiting.names("begun")) == 3
    assert waiting.names("stopped") == waiting.names("begun")
    assert all(env.list_functions() == [] for env in places.values())


def test_the_command_line(waiting: Waiting, tmp_path: Path) -> None:
    (tmp_path / "jobs.py").write_text(MANY)
    command = [sys.executable, "-m", "taskflows_cloud_core", "deploy", "jobs.py", "--provider", "waiting"]
    program = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(waiting.site), "XDG_STATE_HOME": str(tmp_path / "state")},
        stderr=subprocess.PIPE,
        text=True,
        # Tests that run in the background of a shell begin with an interrupt that is ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    waiting.until_begun(8)
    program.send_signal(signal.SIGINT)
    _, shown = program.communicate(timeout=LIMIT)
    assert program.returncode == 130
    assert "interrupted while deploying" in shown
    assert "Traceback" not in shown
    assert len(waiting.names("begun")) == 8, "as many as run at once, and no other"
    assert waiting.names("stopped") == waiting.names("begun")


def test_nothing_is_changed_after_an_interrupt_while_planning(
    stranger: Callable[..., Path], waiting: Waiting, interrupt_after: Callable[[int], None]
) -> None:
    source = PROVIDER.replace("def deploy_function(self, plan)", "def plan_deployment(self, name)").replace(
        "plan.function_name", "name"
    )
    source = source.replace('raise OperationError("interrupted while waiting")', "return Plan(function_name=name)")
    source = source.replace("import OperationError,", "import OperationError, Plan,").replace('"waiting"', '"planning"')
    source = source.replace("function_name=name)", 'function_name=name, provider="planning")')
    stranger("stranger_planning", source, provider="planning", attribute="provider")
    env = get_environment("planning", place="planning")
    interrupt_after(2)
    with pytest.raises(KeyboardInterrupt):
        env.deploy_many(pairs(), [], max_workers=2)
    assert len(waiting.names("stopped")) == 2
    assert env.list_functions() == []


def test_waiting_for_a_deployment_on_another_machine_ends(tmp_path: Path) -> None:
    env = get_environment("local", root=tmp_path / "root")
    names = [f"job-{number}" for number in range(4)]
    claims = FileClaims(tmp_path / "root" / "claims")
    theirs = Claim(
        id="theirs",
        host="elsewhere",
        machine="elsewhere",
        pid=1,
        started="",
        begun_at=datetime.now(UTC),
        renewed_at=datetime.now(UTC),
    )
    assert all(claims.write(name, theirs, replacing=None) for name in names)
    waiting = threading.Semaphore(0)

    def listen(event: ProgressEvent) -> None:
        if "process 1 on elsewhere" in event.message:
            waiting.release()

    def interrupt() -> None:
        if all(waiting.acquire(timeout=WAIT) for _ in names):
            os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        env.deploy_many([(job, CloudFunctionConfig(function_name=name)) for name in names], [], progress=listen)
    took = time.monotonic() - begin
    thread.join()
    signal.signal(signal.SIGINT, before)
    assert took < LEASE_SECONDS / 2, "another machine is waited for for a minute"
    assert env.list_functions() == []
    assert [claims.read(name) for name in names] == [theirs] * 4
