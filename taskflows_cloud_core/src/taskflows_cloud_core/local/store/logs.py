"""The lines that runs wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.store.runs import FAILED
from taskflows_cloud_core.local.store.timestamps import to_moment, to_number
from taskflows_cloud_core.results import Level, LogEvent, LogPage, LogQuery

if TYPE_CHECKING:
    import sqlite3

# So large a page at the most, whatever limit a reader has.
_PAGE = 1000
_TOKEN = re.compile(r"(-?\d{1,19})-(\d{1,19})")


@attrs.frozen(kw_only=True)
class LogLine:
    """A line as it was caught.

    Args:
        at: Microseconds since 1970.
        message: The line without its line break.
        level: The severity that it begins with.
    """

    at: int
    message: str
    level: Level | None


def add_lines(connection: sqlite3.Connection, function: str, run_id: str, lines: Sequence[LogLine]) -> None:
    """Add lines to the log of a run; they are dropped when the run was deleted meanwhile."""
    connection.executemany(
        "INSERT INTO logs (function, run, at, level, message) SELECT ?, id, ?, ?, ? FROM runs WHERE id = ?",
        [(function, line.at, line.level, line.message, run_id) for line in lines],
    )


def read_page(connection: sqlite3.Connection, function: str, query: LogQuery, token: str | None) -> LogPage:
    """Read one page of a function's log, newest first.

    Raises:
        OperationError: The token is not one of ours.
    """
    conditions, values = _conditions(function, query, token)
    # SQLite's own LIKE takes capitals and small letters for the same only in English.
    connection.create_function("holds_text", 2, lambda text, wanted: wanted in text.casefold(), deterministic=True)
    size = min(query.limit, _PAGE)
    # One more than asked for tells whether there is an older page.
    rows = connection.execute(
        f"SELECT id, run, at, level, message FROM logs WHERE {' AND '.join(conditions)}"  # noqa: S608 - fixed texts; values are bound
        " ORDER BY at DESC, id DESC LIMIT ?",
        [*values, size + 1],
    ).fetchall()
    shown = rows[:size]
    older = f"{shown[-1]['at']}-{shown[-1]['id']}" if len(rows) > size else None
    return LogPage(events=[_event(row) for row in shown], token=older)


def _conditions(function: str, query: LogQuery, token: str | None) -> tuple[list[str], list[str | int]]:
    conditions: list[str] = ["function = ?"]
    values: list[str | int] = [function]
    if query.start_time is not None:
        conditions.append("at >= ?")
        values.append(to_number(query.start_time))
    if query.end_time is not None:
        conditions.append("at < ?")
        values.append(to_number(query.end_time))
    if query.request_id is not None:
        conditions.append("run = ?")
        values.append(query.request_id)
    if query.contains:
        conditions.append("holds_text(message, ?)")
        values.append(query.contains.casefold())
    if query.failed_only:
        conditions.append(f"run IN (SELECT id FROM runs WHERE function = ? AND {FAILED})")  # noqa: S608 - a fixed text
        values.append(function)
    if token is not None:
        conditions.append("(at, id) < (?, ?)")
        values += _read_token(token)
    return conditions, values


def _read_token(token: str) -> tuple[int, int]:
    matched = _TOKEN.fullmatch(token)
    if matched is None:
        raise OperationError(f"{token!r} is no token of this log; begin again without one")
    return int(matched[1]), int(matched[2])


def _event(row: sqlite3.Row) -> LogEvent:
    return LogEvent(
        timestamp=to_moment(row["at"]),
        message=row["message"],
        request_id=row["run"],
        level=row["level"],
        event_id=str(row["id"]),
    )


def count_lines(connection: sqlite3.Connection, function: str) -> int:
    """How many lines of a function are kept."""
    count: int = connection.execute("SELECT count(*) FROM logs WHERE function = ?", (function,)).fetchone()[0]
    return count
