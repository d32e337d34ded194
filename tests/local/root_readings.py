"""What the fixtures of a harness read in a root, past its provider: with SQLite and by the modes of files."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core.local import run_scheduler
from taskflows_cloud_core.local.runs import orphaned_runs
from taskflows_cloud_core.local.scheduler import scheduler  # noqa: F401 - its clock is moved, so it has to be there
from taskflows_cloud_core.local.store import timestamps
from taskflows_cloud_core.testing import DeployedSchedule, FiredRun

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@contextlib.contextmanager
def database(root: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(root / "state.sqlite3", timeout=30)) as connection:
        connection.row_factory = sqlite3.Row
        with connection:
            yield connection


def fire(root: Path, name: str, moment: datetime) -> list[FiredRun]:
    """Let a scheduler find that it is that time."""
    due = (moment - _EPOCH) // _MICROSECOND
    with database(root) as connection:
        # Nothing else was due since the deployment.
        connection.execute("UPDATE schedules SET cursor = max(cursor, ?)", (due - 1,))
    with pytest.MonkeyPatch.context() as patch:
        move_clock(patch, moment)
        run_scheduler(root, once=True)
    with database(root) as connection:
        rows = connection.execute(
            "SELECT * FROM runs WHERE function = ? AND due = ? AND outcome != 'skipped' ORDER BY schedule, attempt",
            (name, due),
        ).fetchall()
        return [_fired(connection, list(attempts)) for _, attempts in groupby(rows, lambda row: row["schedule"])]


@contextlib.contextmanager
def scheduler_beside(root: Path) -> Iterator[None]:
    """A scheduler that is at work, in a thread."""
    stop, begun = threading.Event(), threading.Event()
    settings = {"stop": stop, "report": lambda _: begun.set()}
    thread = threading.Thread(target=run_scheduler, args=(root,), kwargs=settings)
    thread.start()
    try:
        assert begun.wait(30)
        yield
    finally:
        stop.set()
        thread.join()


def move_clock(patch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let it be that time for `local`, and let attempts follow each other at once."""
    original, offset = timestamps.now, moment - datetime.now(UTC)
    for module in [module for key, module in sys.modules.items() if key.startswith("taskflows_cloud_core.local")]:
        if getattr(module, "now", None) is original:
            patch.setattr(module, "now", lambda: original() + offset)
    patch.setattr(orphaned_runs, "_LONGEST_PAUSE", timedelta())


def _fired(connection: sqlite3.Connection, attempts: list[sqlite3.Row]) -> FiredRun:
    last = attempts[-1]
    lines = [
        line["message"]
        for attempt in attempts
        for line in connection.execute("SELECT message FROM logs WHERE run = ? ORDER BY id", (attempt["id"],))
    ]
    return FiredRun(
        occurrence=f"{last['expression']}@{(_EPOCH + last['due'] * _MICROSECOND).isoformat()}",
        attempts=len(attempts),
        event=json.loads(last["event"]),
        value=None if last["result"] is None else json.loads(last["result"]),
        error=last["error"],
        lines=lines,
    )


def deployed_schedules(root: Path, name: str) -> list[DeployedSchedule]:
    """The schedules of a function, with what the scheduler would run."""
    with database(root) as connection:
        rows = connection.execute(
            "SELECT s.properties, f.settings, f.paused, v.code FROM schedules s JOIN functions f ON f.name = s.function"
            " JOIN versions v ON v.function = f.name AND v.number = f.live_version WHERE f.name = ?",
            (name,),
        ).fetchall()
    return [_deployed(row) for row in rows]


def _deployed(row: sqlite3.Row) -> DeployedSchedule:
    properties, settings = json.loads(row["properties"]), json.loads(row["settings"])
    return DeployedSchedule(
        expression=properties["expression"],
        timezone=properties["timezone"],
        enabled=not row["paused"],
        code=json.loads(row["code"])["sha256"],
        memory_mb=settings["memory_mb"],
        timeout_seconds=settings["timeout_seconds"],
        retries=settings["retries"],
    )


def texts_others_can_read(root: Path) -> list[str]:
    """The files that other users of the machine can open."""
    return [path.read_text(errors="replace") for path in _files_of_others(root)]


def _files_of_others(folder: Path) -> Iterator[Path]:
    if not folder.stat().st_mode & (stat.S_IXOTH | stat.S_IXGRP):
        return
    for path in folder.iterdir():
        if path.is_dir():
            yield from _files_of_others(path)
        elif path.stat().st_mode & (stat.S_IROTH | stat.S_IRGRP):
            yield path


def many(root: Path, first: str, count: int) -> list[str]:
    """A deployed function, and copies of it."""
    names = [first, *(f"many-{number:03}" for number in range(count - 1))]
    with database(root) as connection:
        for table, column in (("functions", "name"), ("versions", "function")):
            row = dict(connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (first,)).fetchone())
            for name in names[1:]:
                copy: dict[str, Any] = {**row, column: name}
                marks = ", ".join("?" * len(copy))
                connection.execute(f"INSERT INTO {table} ({', '.join(copy)}) VALUES ({marks})", tuple(copy.values()))
    return names


def remove_code(root: Path) -> None:
    """Take the code of every function away, as a disk that is lost does."""
    for folder in [path for path in root.rglob("*") if path.is_dir() and (path / "index.py").exists()]:
        shutil.rmtree(folder)
