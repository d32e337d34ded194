"""One run from its row to its end: start the process, keep its lines, note how it ended."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import Any

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.runs.orphaned_runs import retry_if_wanted
from taskflows_cloud_core.local.runs.process import Child, Command, Exit
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import logs, runs
from taskflows_cloud_core.local.store.logs import LogLine
from taskflows_cloud_core.local.store.records import Function, Outcome, Run
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system.interpreters import interpreter
from taskflows_cloud_core.local.system.packages import remove_folder
from taskflows_cloud_core.local.system.paths import Paths, private_folder
from taskflows_cloud_core.local.system.process_identity import ProcessIdentity

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
            private_folder(scratch)
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
        task_file, result_file = scratch / "task.json", scratch / "result.json"
        task_file.write_text(json.dumps(_task_of_runner(self.task, self._session.paths)), encoding="utf-8")
        command = _command(self.task, self._session.paths, scratch, task_file, result_file)
        with self._lock:
            if self._killed:
                return _INTERRUPTED
            child = self._child = Child(command)
        with child:
            self._note_child(child)
            exited = child.watch(self._keeper.take)
        return ending_of(exited, _read_result(result_file), self.task.function)

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


# What the runtime of a package raises when SIGTERM comes.
_TOLD_TO_END = "Terminated"
_INTERRUPTED = runs.Ending(outcome="interrupted", error="the run was ended by whoever started it")


def ending_of(exited: Exit, told: Mapping[str, Any] | None, function: Function) -> runs.Ending:
    """How a run ended.

    Args:
        exited: How its process ended.
        told: What the process told of itself; ``None`` when it could not.
        function: With the limits that it had.
    """
    outcome, error = _judge(exited, told, function)
    return runs.Ending(
        outcome=outcome,
        exit_code=exited.code,
        duration_ms=round(exited.seconds * 1000, 3),
        result=told["value"] if told is not None and outcome == "succeeded" else None,
        error=error,
    )


def _judge(exited: Exit, told: Mapping[str, Any] | None, function: Function) -> tuple[Outcome, str | None]:
    settings = function.settings
    if told is not None and told["ok"]:
        return "succeeded", None
    if exited.killed:
        return "interrupted", _INTERRUPTED.error
    if told is not None and told["type"] == "MemoryError":
        return (
            "out of memory",
            f"MemoryError: more than {settings.memory_mb} MiB were needed\n{told.get('traceback', '')}",
        )
    if exited.timed_out and (told is None or told["type"] == _TOLD_TO_END):
        return "timeout", f"the run was ended after its timeout of {settings.timeout_seconds} s"
    if told is not None:
        return "failed", f"{told['type']}: {told['message']}\n{told.get('traceback', '')}".rstrip()
    return "failed", f"the process ended {_how(exited.code)} before the function returned"


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    name = Signals(-code).name if -code in set(Signals) else f"signal {-code}"
    hint = "; perhaps the memory of the machine ran out" if name == "SIGKILL" else ""
    return f"by {name}{hint}"


def _read_result(path: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return told


def _command(task: Task, paths: Paths, scratch: Path, task_file: Path, result_file: Path) -> Command:
    function = task.function
    code = function.live.code
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    arguments = [
        interpreter(code.runtime),
        "-I",
        "-S",
        "-X",
        "utf8",
        str(Path(__file__).with_name("runner.py")),
        str(task_file),
        str(result_file),
    ]
    return Command(
        arguments=tuple(arguments),
        environment={
            **inherited,
            "OMP_NUM_THREADS": str(_threads(function.settings.memory_mb)),
            "TMPDIR": str(scratch),
            **function.environment,
        },
        folder=paths.code(function.name, code.sha256),
        timeout_seconds=function.settings.timeout_seconds,
    )


def _threads(memory_mb: int) -> int:
    return max(1, min(os.cpu_count() or 1, memory_mb // _MEMORY_PER_THREAD_MB))


def _task_of_runner(task: Task, paths: Paths) -> dict[str, Any]:
    function = task.function
    return {
        "code": str(paths.code(function.name, function.live.code.sha256)),
        "byte_code": str(paths.byte_code(function.name, function.live.code.sha256)),
        "handler": function.live.code.handler,
        "event": task.event,
        "function_name": function.name,
        "version": str(function.live.number),
        "run_id": task.run.id,
        "memory_mb": function.settings.memory_mb,
        "timeout_seconds": function.settings.timeout_seconds,
    }
