"""What the scheduler says: one line for each thing that happens."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from taskflows_cloud_core._run_ids import short_id
from taskflows_cloud_core.errors import OperationError, ScheduleError
from taskflows_cloud_core.local.runs.supervisor import Task
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions
from taskflows_cloud_core.local.store.records import Run, Timer
from taskflows_cloud_core.local.store.runs import Ending
from taskflows_cloud_core.local.store.timestamps import now

Report: TypeAlias = Callable[[str], None]


class Reporter:
    """Hands lines to a callable, one after the other; work goes on when that fails, and stderr is told so once.

    Args:
        report: Gets each line. A full disk or a closed pipe makes it fail, and so may a program's own function.
    """

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._failed = False

    def __call__(self, line: str) -> None:
        """Tell a line; may be called from any thread."""
        with self._lock:
            try:
                self._report(line)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is no reason to stop running functions
                self._tell_failure(error)

    def _tell_failure(self, error: Exception) -> None:
        if self._failed:
            return
        self._failed = True
        # A process without a terminal has no stderr, and that may be full or closed too.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(
                f"the scheduler goes on, but its lines cannot be told: {type(error).__name__}: {error}; this is said "
                "once, `taskflows-cloud local runs` lists what ran\n"
            )


def begun(session: Session, next_due: Mapping[Timer, datetime | None]) -> str:
    """The scheduler has begun."""
    with session.database.reading() as connection:
        deployed = functions.all_functions(connection)
        timers = functions.live_timers(connection)
    paused = sum(function.paused for function in deployed)
    suffix = f", {paused} paused" if paused else ""
    counts = f"{_count(len(deployed), 'function')}, {_count(len(timers), 'schedule')}{suffix}"
    ahead = min(((due, timer.function) for timer, due in next_due.items() if due is not None), default=None)
    first = "" if ahead is None else f"; next is {ahead[1]}, due {_moment(ahead[0])}"
    return _line(f"scheduler works on {session.paths.root}: {counts}{first}")


def started(task: Task) -> str:
    """A run begins."""
    due = task.run.scheduled_for
    why = "asked for" if due is None else f"due {_moment(due)}"
    again = f", attempt {task.run.attempt}" if task.run.attempt > 1 else ""
    return _line(f"start {_name(task.run)} {why}{again}, version {task.function.live.number}")


def ended(task: Task, ending: Ending) -> str:
    """A run is over."""
    took = "" if ending.duration_ms is None else f" after {ending.duration_ms / 1000:.2f} s"
    why = f": {ending.error.splitlines()[0]}" if ending.error else ""
    return _line(f"end   {_name(task.run)} {ending.outcome}{took}{why}")


def skipped(timer: Timer, due: datetime, reason: str) -> str:
    """A due time is not run."""
    return _line(f"skip  {timer.function} due {_moment(due)}: {reason}")


def lost(run: Run) -> str:
    """A run whose supervisor died."""
    return _line(f"lost  {_name(run)} interrupted: the process that watched over it died")


def gap(length: timedelta) -> str:
    """The clock went on without this scheduler, or was set."""
    return _line(f"the clock moved by {length.total_seconds():.0f} s at once; what was due in between counts as missed")


def replaced(session: Session) -> str:
    """Somebody deleted the state, and it was made anew."""
    return _line(f"{session.paths.database} was deleted and made anew; the scheduler goes on with the new one")


def waiting_for(count: int) -> str:
    """The end is near."""
    return _line(f"no new runs are begun; waiting for the end of {_count(count, 'run')}")


def over() -> str:
    """The scheduler has ended."""
    return _line("scheduler has ended")


def trouble(error: OperationError) -> str:
    """Something went wrong that is tried again."""
    return _line(f"error {error}")


def unreadable(timer: Timer, error: ScheduleError) -> str:
    """A schedule that this version cannot read."""
    return _line(f"error schedule {timer.text!r} of {timer.function} is left out: {error}")


def _line(text: str) -> str:
    return f"{_moment(now())} {text}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _name(run: Run) -> str:
    return f"{run.function} [{short_id(run.id)}]"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
