"""What programs call besides the environment: the scheduler, and the list of runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from taskflows_cloud_core.local.options import LocalOptions
from taskflows_cloud_core.local.scheduler.scheduler import Scheduler
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import runs
from taskflows_cloud_core.local.store.records import Run

# Jobs wait more than they compute, so there may be more of them than processors.
_RUNS_PER_PROCESSOR, _LEAST_RUNS = 4, 8


def run_scheduler(
    root: Path | str | None = None,
    *,
    stop: threading.Event | None = None,
    kill: threading.Event | None = None,
    until: datetime | None = None,
    once: bool = False,
    max_runs: int | None = None,
    report: Callable[[str], None] | None = None,
) -> None:
    """Run functions at their due times until told to end.

    Several schedulers may work on one root, in this process or in others. Runs that are under way when it is to
    end are waited for.

    Args:
        root: As for ``get_environment("local", root=...)``.
        stop: Set it to end; noticed within a quarter of a second.
        kill: Set it, after ``stop``, to kill the runs that are under way.
        until: Take no due time after this moment, and end; aware.
        once: Run what is due now, whatever the catch-up policies make of it, and what waits; then end.
        max_runs: How many runs at once at the most; four a processor and at least eight, when not given.
        report: Is called with a line for each beginning and end of a run, from several threads but never twice
            at once.

    Raises:
        OperationError: The root cannot be used.
        ValueError: ``until`` has no time zone, or ``max_runs`` is less than 1.
    """
    if until is not None and until.tzinfo is None:
        raise ValueError("until has no time zone; pass an aware datetime")
    if max_runs is not None and max_runs < 1:
        raise ValueError(f"max_runs is {max_runs}; it must be at least 1")
    scheduler = Scheduler(
        Session.at(LocalOptions(root=root).folder),
        max_runs=max_runs or max(_LEAST_RUNS, _RUNS_PER_PROCESSOR * (os.cpu_count() or 1)),
        report=report or _silent,
    )
    scheduler.run(stop=stop or threading.Event(), kill=kill or threading.Event(), until=until, once=once)


def list_runs(root: Path | str | None = None, function_name: str | None = None, *, limit: int = 100) -> list[Run]:
    """The newest runs, newest first, with the due times that were skipped.

    Args:
        root: As for ``get_environment("local", root=...)``.
        function_name: Of this function only.
        limit: At most this many, at least 1.

    Raises:
        OperationError: The root cannot be read.
        ValueError: ``limit`` is less than 1.
    """
    if limit < 1:
        raise ValueError(f"limit is {limit}; it must be at least 1")
    with Session.at(LocalOptions(root=root).folder).database.reading() as connection:
        return runs.newest_runs(connection, function_name, limit)


def _silent(line: str) -> None:
    """Say nothing."""
