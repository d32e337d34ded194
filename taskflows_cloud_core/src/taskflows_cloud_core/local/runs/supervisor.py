"""One run from its row to its end: start the process, keep its lines, note how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity
from taskflows_cloud_core.local.runs.orphaned_runs import retry_if_wanted
from taskflows_cloud_core.local.runs.process import Child, Command, Exit
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import logs, runs
from taskflows_cloud_core.local.store.logs import LogLine
from taskflows_cloud_core.local.store.records import Function, Outcome, Run
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system.interpreters import interpreter
from taskflows_cloud_core.local.system.packages import remove_folder
from taskflows_cloud_core.local.system.paths import PRIVATE_FOLDER, Paths
from taskflows_cloud_core.packaging.run_outcome import read_outcome
from taskflows_cloud_core.packaging.runtime.supervisor import PROCESS_ENDED, TIMED_OUT, judge

# The outcome has to fit into a row that others read; a function that returns more would not move to a cloud either.
_LARGEST_OUTCOME = 6 * 2**20
# What every process on the machine has. All else a function gets from its own environment_variables.
_INHERITED = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "TZ", "USER")
# Numerical libraries start a thread for each processor, and each reserves about 40 MiB (numpy 2.4 with OpenBLAS,
# measured), which counts against the memory limit. So, as in a cloud, a function has processors by its memory.
_MEMORY_PER_THREAD_MB = 256
_FLUSH_SECONDS = 0.25
_FLUSH_LINES = 1000
# So many wait in memory, the newest, when the log cannot be written; the log tells how many more there were.
_WAITING_LINES = 100_000


@attrs.frozen(kw_only=True)
class Task:
    """A run that has been begun, with all that is needed to carry it out.

    Args:
        run: The run.
        function: Its function, as it was when the run was begun.
        event: What the handler gets.
    """

    run: Run
    function: Function
    event: Any = attrs.field(repr=False)


class Supervisor:
    """Carries out one task. `kill` may be called from any thread, at any time.

    Args:
        session: The root.
        task: What to run.
    """

    def __init__(self, session: Session, task: Task) -> None:
        self.task = task
        self._session = session
        self._keeper = _LineKeeper(session, task.run)
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._killed = False

    def kill(self) -> None:
        """End the run at once; it counts as interrupted."""
        with self._lock:
            self._killed = True
            child = self._child
        if child is not None:
            child.kill()

    def carry_out(self) -> runs.Ending:
        """Run the task to its end, whatever that is.

        Returns:
            How it ended; `note` writes it down.
        """
        scratch = self._session.paths.scratch(self.task.run.id)
        try:
            # Not with its parents: a root that was deleted in the meantime stays deleted.
            for folder in (scratch.parent, scratch):
                folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            return self._run(scratch)
        except Exception as error:  # noqa: BLE001 - one run that cannot be carried out must not stop the others
            return runs.Ending(outcome="failed", error=f"the run could not be carried out: {_reason(error)}")
        except BaseException:
            self.note(_INTERRUPTED)
            raise
        finally:
            _remove(scratch)

    def note(self, ending: runs.Ending) -> None:
        """Write down the rest of the log and how the run ended, and queue another attempt when one is due.

        Raises:
            OperationError: The state cannot be written.
        """
        if not self._session.paths.database.exists():
            # Somebody deleted the state, and the row of the run with it.
            return
        self._keeper.flush()
        with self._session.database.writing() as connection:
            noted = runs.end(connection, self.task.run.id, ending, at=now())
            if noted and ending.outcome != "succeeded":
                retry_if_wanted(connection, self.task.run, at=now())

    def _run(self, scratch: Path) -> runs.Ending:
        event_file, outcome_file = scratch / "event.json", scratch / "outcome.json"
        event_file.write_text(json.dumps(self.task.event), encoding="utf-8")
        command = _command(self.task, self._session.paths, scratch, event_file, outcome_file)
        with self._lock:
            if self._killed:
                return _INTERRUPTED
            child = self._child = Child(command)
        with child:
            self._note_child(child)
            exited = child.watch(self._keeper.take)
        return ending_of(exited, _read_outcome(outcome_file), self.task.function)

    def _note_child(self, child: Child) -> None:
        with self._session.database.writing() as connection:
            wanted = runs.note_child(connection, self.task.run.id, ProcessIdentity.of(child.pid))
        if not wanted:
            # The function was deleted between the beginning of the run and that of the process.
            child.kill()


class _LineKeeper:
    """Writes lines into the log, many at once; a run goes on when that is not possible for a while."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self._lines: list[LogLine] = []
        self._lost = 0
        self._flushed = time.monotonic()

    def take(self, lines: Sequence[LogLine]) -> None:
        self._lines += lines
        if len(self._lines) >= _FLUSH_LINES or time.monotonic() - self._flushed >= _FLUSH_SECONDS:
            with contextlib.suppress(OperationError):
                self.flush()
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        forgotten = len(self._lines) - _WAITING_LINES
        if forgotten > 0:
            self._lost += forgotten
            del self._lines[:forgotten]

    def flush(self) -> None:
        self._flushed = time.monotonic()
        if not self._lines:
            return
        lines = self._lines
        if self._lost:
            text = f"({self._lost} lines are lost here: the log could not be written for too long)"
            lines = [LogLine(at=lines[0].at, message=text, level=None), *lines]
        with self._session.database.writing() as connection:
            logs.add_lines(connection, self._run.function, self._run.id, lines)
        self._lines, self._lost = [], 0


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, OSError | OperationError) else f"{type(error).__name__}: {error}"


def _remove(scratch: Path) -> None:
    """Remove the folder of a run that is over; what cannot be removed changes nothing about how it ended."""
    with contextlib.suppress(OSError):
        remove_folder(scratch)


_INTERRUPTED = runs.Ending(outcome="interrupted", error="the run was ended by whoever started it")


def ending_of(exited: Exit, reported: Mapping[str, Any] | None, function: Function) -> runs.Ending:
    """How a run ended.

    Args:
        exited: How its process ended.
        reported: What the package's adapter wrote; ``None`` when it could not.
        function: With the limits that it had.
    """
    settings = function.settings
    final = read_outcome(
        judge(reported, code=exited.code, timed_out=exited.timed_out, timeout_seconds=settings.timeout_seconds)
    )
    outcome: Outcome = "succeeded" if final.ok else "failed"
    error = final.error
    if exited.killed and not final.ok:
        outcome, error = "interrupted", _INTERRUPTED.error
    elif final.error_type == "MemoryError":
        outcome = "out of memory"
        error = f"MemoryError: more than {settings.memory_mb} MiB were needed\n{final.traceback}"
    elif final.error_type == TIMED_OUT and exited.timed_out:
        outcome, error = "timeout", final.message
    elif final.error_type == PROCESS_ENDED:
        error = final.message
    return runs.Ending(
        outcome=outcome,
        exit_code=exited.code,
        duration_ms=round(exited.seconds * 1000, 3),
        result=json.dumps(final.value) if final.ok else None,
        error=error,
    )


def _read_outcome(path: Path) -> dict[str, Any] | None:
    try:
        reported: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return reported


def _command(task: Task, paths: Paths, scratch: Path, event_file: Path, outcome_file: Path) -> Command:
    function = task.function
    code, settings = function.live.code, function.settings
    folder = paths.code(function.name, code.sha256)
    runner = [str(Path(__file__).with_name("runner.py")), str(folder), str(paths.byte_code(function.name, code.sha256))]
    return Command(
        arguments=(interpreter(code.runtime), "-I", "-S", "-X", "utf8", *runner, str(settings.memory_mb)),
        environment={
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "OMP_NUM_THREADS": str(_threads(settings.memory_mb)),
            "TMPDIR": str(scratch),
            **function.environment,
            **_for_adapter(task, event_file, outcome_file),
        },
        folder=folder,
        timeout_seconds=settings.timeout_seconds,
    )


def _for_adapter(task: Task, event_file: Path, outcome_file: Path) -> dict[str, str]:
    """What the package's adapter is given; it takes these out of the environment."""
    settings, due = task.function.settings, task.run.scheduled_for
    given = {
        "EVENT_FILE": str(event_file),
        "FUNCTION_NAME": task.function.name,
        "MEMORY_MB": str(settings.memory_mb),
        "REQUEST_ID": task.run.id,
        "RESULT": str(outcome_file),
        "RESULT_BYTES": str(_LARGEST_OUTCOME),
        "SUPERVISED": "1",
        "TIMEOUT_SECONDS": str(settings.timeout_seconds),
    }
    if due is not None:
        given |= {"SCHEDULE": task.run.schedule or "", "DUE_AT": due.isoformat()}
    return {f"TASKFLOWS_CLOUD_{name}": value for name, value in given.items()}


def _threads(memory_mb: int) -> int:
    return max(1, min(os.cpu_count() or 1, memory_mb // _MEMORY_PER_THREAD_MB))
