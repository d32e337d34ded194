"""Runs: waiting, under way and over. A due time is one row, so it is run once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import attrs

from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity
from taskflows_cloud_core.local.store.records import Outcome, Run, Timer
from taskflows_cloud_core.local.store.timestamps import to_moment, to_moment_or_none, to_number

if TYPE_CHECKING:
    import sqlite3


FAILED = "(outcome IS NOT NULL AND outcome NOT IN ('succeeded', 'skipped'))"
"""The condition for runs that failed."""


def _to_utf8(text: str | None) -> str | None:
    """Text with halves of characters written as escapes, since neither SQLite nor a terminal takes them."""
    return None if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")


@attrs.frozen(kw_only=True)
class Ending:
    """How a run ended. Texts may come with anything in them; they are kept as UTF-8 can say them."""

    outcome: Outcome
    exit_code: int | None = None
    duration_ms: float | None = None
    result: str | None = attrs.field(default=None, converter=_to_utf8)
    error: str | None = attrs.field(default=None, converter=_to_utf8)


@attrs.frozen(kw_only=True)
class Unfinished:
    """A run that somebody carries out now, as the database says."""

    run: Run
    owner: ProcessIdentity
    child: ProcessIdentity | None


def new_run_id() -> str:
    """A name for a run, unlike any other."""
    return str(uuid4())


def queue_due(connection: sqlite3.Connection, timer: Timer, due: datetime, *, at: datetime) -> None:
    """Take a due time, unless it was taken before: the run waits until somebody starts it."""
    run_id = new_run_id()
    event = {"scheduled_time": due.isoformat(), "schedule": timer.text, "run_id": run_id, "attempt": 1}
    connection.execute(
        "INSERT OR IGNORE INTO runs (id, function, schedule, expression, due, state, event, queued_at, not_before)"
        " VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?)",
        (
            run_id,
            timer.function,
            timer.name,
            timer.text,
            to_number(due),
            json.dumps(event),
            to_number(at),
            to_number(at),
        ),
    )


def skip_due(connection: sqlite3.Connection, timer: Timer, due: datetime, *, reason: str, at: datetime) -> None:
    """Take a due time, unless it was taken before, without running anything."""
    moment = to_number(at)
    connection.execute(
        "INSERT OR IGNORE INTO runs (id, function, schedule, expression, due, state, queued_at, not_before, ended_at,"
        " outcome, error) VALUES (?, ?, ?, ?, ?, 'ended', ?, ?, ?, 'skipped', ?)",
        (
            new_run_id(),
            timer.function,
            timer.name,
            timer.text,
            to_number(due),
            moment,
            moment,
            moment,
            reason,
        ),
    )


def queue_invocation(connection: sqlite3.Connection, function: str, event: Any, *, at: datetime) -> str:
    """Put a run that somebody asked for into the queue."""
    run_id = new_run_id()
    connection.execute(
        "INSERT INTO runs (id, function, state, event, queued_at, not_before) VALUES (?, ?, 'queued', ?, ?, ?)",
        (run_id, function, json.dumps(event), to_number(at), to_number(at)),
    )
    return run_id


def queue_retry(connection: sqlite3.Connection, run: Run, *, not_before: datetime, at: datetime) -> None:
    """Put another attempt of a run into the queue."""
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run.id,)).fetchone()
    run_id, attempt = new_run_id(), run.attempt + 1
    event = {**json.loads(row["event"]), "run_id": run_id, "attempt": attempt}
    connection.execute(
        "INSERT OR IGNORE INTO runs (id, function, schedule, expression, due, attempt, state, event, queued_at,"
        " not_before) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?, ?)",
        (
            run_id,
            run.function,
            row["schedule"],
            row["expression"],
            row["due"],
            attempt,
            json.dumps(event),
            to_number(at),
            to_number(not_before),
        ),
    )


def begin(connection: sqlite3.Connection, run_id: str, *, owner: ProcessIdentity, version: int, at: datetime) -> bool:
    """Make a waiting run one that ``owner`` carries out; false when somebody else was faster."""
    changed = connection.execute(
        "UPDATE runs SET state = 'running', owner_pid = ?, owner_token = ?, version = ?, started_at = ?"
        " WHERE id = ? AND state = 'queued'",
        (owner.pid, owner.token, version, to_number(at), run_id),
    )
    return changed.rowcount == 1


def note_child(connection: sqlite3.Connection, run_id: str, child: ProcessIdentity) -> bool:
    """Remember the process of a run; false when the run is gone meanwhile."""
    changed = connection.execute(
        "UPDATE runs SET child_pid = ?, child_token = ? WHERE id = ? AND state = 'running'",
        (child.pid, child.token, run_id),
    )
    return changed.rowcount == 1


def end(connection: sqlite3.Connection, run_id: str, ending: Ending, *, at: datetime) -> bool:
    """Note the end of a run; false when it is over already, or gone."""
    changed = connection.execute(
        "UPDATE runs SET state = 'ended', ended_at = ?, outcome = ?, exit_code = ?, duration_ms = ?, result = ?,"
        " error = ? WHERE id = ? AND state = 'running'",
        (
            to_number(at),
            ending.outcome,
            ending.exit_code,
            ending.duration_ms,
            ending.result,
            ending.error,
            run_id,
        ),
    )
    return changed.rowcount == 1


def get_run(connection: sqlite3.Connection, run_id: str) -> Run | None:
    """One run; ``None`` when there is none of that name."""
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    return None if row is None else _run(row)


def event_of(connection: sqlite3.Connection, run_id: str) -> Any:
    """The event that a run gets."""
    return json.loads(connection.execute("SELECT event FROM runs WHERE id = ?", (run_id,)).fetchone()["event"])


def newest_runs(connection: sqlite3.Connection, function: str | None, limit: int) -> list[Run]:
    """The newest runs, of one function or of all, newest first."""
    rows = connection.execute(
        "SELECT * FROM runs WHERE ? IS NULL OR function = ? ORDER BY queued_at DESC, due DESC LIMIT ?",
        (function, function, limit),
    )
    return [_run(row) for row in rows]


def waiting_runs(connection: sqlite3.Connection) -> list[tuple[Run, datetime]]:
    """The waiting runs and the moments before which they are not to start, in the order of their turn."""
    rows = connection.execute(
        "SELECT * FROM runs WHERE state = 'queued' ORDER BY coalesce(due, queued_at), queued_at, attempt"
    )
    return [(_run(row), to_moment(row["not_before"])) for row in rows]


def running_runs(connection: sqlite3.Connection, function: str | None = None) -> list[Unfinished]:
    """The runs that are under way, of one function or of all."""
    rows = connection.execute(
        "SELECT * FROM runs WHERE state = 'running' AND (? IS NULL OR function = ?)", (function, function)
    )
    return [_unfinished(row) for row in rows]


def count_unfinished(connection: sqlite3.Connection, function: str) -> int:
    """How many runs of a function wait or are under way."""
    query = "SELECT count(*) FROM runs WHERE state != 'ended' AND function = ?"
    count: int = connection.execute(query, (function,)).fetchone()[0]
    return count


def count_running(connection: sqlite3.Connection) -> Mapping[str, int]:
    """How many runs are under way, by function."""
    rows = connection.execute("SELECT function, count(*) FROM runs WHERE state = 'running' GROUP BY function")
    return {row[0]: row[1] for row in rows}


def is_taken_by_another(connection: sqlite3.Connection, timer: Timer, due: datetime) -> bool:
    """Whether another schedule of the same function has the same due time and took it."""
    query = "SELECT 1 FROM runs WHERE function = ? AND due = ? AND schedule != ? AND outcome IS NOT 'skipped'"
    return connection.execute(query, (timer.function, to_number(due), timer.name)).fetchone() is not None


def last_finish(connection: sqlite3.Connection, timer: Timer) -> tuple[bool, datetime | None]:
    """Whether a run of a schedule is unfinished, and when the last one that ran ended."""
    row = connection.execute(
        "SELECT sum(state != 'ended'), max(ended_at) FROM runs WHERE function = ? AND schedule = ?"
        " AND outcome IS NOT 'skipped'",
        (timer.function, timer.name),
    ).fetchone()
    return bool(row[0]), to_moment_or_none(row[1])


def count_runs(connection: sqlite3.Connection, function: str) -> int:
    """How many runs of a function are remembered."""
    count: int = connection.execute("SELECT count(*) FROM runs WHERE function = ?", (function,)).fetchone()[0]
    return count


@attrs.frozen(kw_only=True)
class Figures:
    """The runs of a function that began in a span of time, in figures.

    Args:
        runs: How many.
        failed: How many of them failed.
        average_ms: The mean duration; ``None`` when none has ended.
        percentiles_ms: The durations that so many percent of the runs did not exceed.
    """

    runs: int
    failed: int
    average_ms: float | None
    percentiles_ms: Mapping[int, float]


def figures(connection: sqlite3.Connection, function: str, start: int, end: int, percents: Sequence[int]) -> Figures:
    """Count the runs that began in ``[start, end)``."""
    began = "FROM runs WHERE function = ? AND started_at >= ? AND started_at < ?"
    count, failed, ended, average = connection.execute(
        f"SELECT count(*), coalesce(sum({FAILED}), 0), count(duration_ms), avg(duration_ms) {began}",
        (function, start, end),
    ).fetchone()
    percentiles = {}
    for percent in percents if ended else ():
        # The nearest rank: the smallest duration that at least so many percent of the runs did not exceed.
        row = connection.execute(
            f"SELECT duration_ms {began} AND duration_ms IS NOT NULL ORDER BY duration_ms LIMIT 1 OFFSET ?",
            (function, start, end, -(-ended * percent // 100) - 1),
        ).fetchone()
        percentiles[percent] = row[0]
    return Figures(runs=count, failed=failed, average_ms=average, percentiles_ms=percentiles)


def remove_waiting(connection: sqlite3.Connection, function: str) -> None:
    """Forget the runs of a function that were not begun."""
    connection.execute("DELETE FROM runs WHERE function = ? AND state = 'queued'", (function,))


def remove_runs(connection: sqlite3.Connection, function: str) -> None:
    """Forget all runs of a function, with their logs."""
    connection.execute("DELETE FROM runs WHERE function = ?", (function,))


def remove_runs_before(connection: sqlite3.Connection, function: str, moment: datetime) -> None:
    """Forget the runs of a function that ended before a moment, and older lines of the others."""
    connection.execute(
        "DELETE FROM runs WHERE function = ? AND state = 'ended' AND ended_at < ?", (function, to_number(moment))
    )
    connection.execute("DELETE FROM logs WHERE function = ? AND at < ?", (function, to_number(moment)))


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        function=row["function"],
        schedule=row["expression"],
        scheduled_for=to_moment_or_none(row["due"]),
        attempt=row["attempt"],
        state=row["state"],
        started_at=to_moment_or_none(row["started_at"]),
        ended_at=to_moment_or_none(row["ended_at"]),
        outcome=row["outcome"],
        exit_code=row["exit_code"],
        duration_ms=row["duration_ms"],
        version=row["version"],
        value=None if row["result"] is None else json.loads(row["result"]),
        error=row["error"],
    )


def _unfinished(row: sqlite3.Row) -> Unfinished:
    child = None
    if row["child_pid"] is not None:
        child = ProcessIdentity(pid=row["child_pid"], token=row["child_token"])
    owner = ProcessIdentity(pid=row["owner_pid"], token=row["owner_token"])
    return Unfinished(run=_run(row), owner=owner, child=child)
