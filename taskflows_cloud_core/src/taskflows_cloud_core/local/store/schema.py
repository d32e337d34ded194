"""The tables, and how an older file becomes a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflows_cloud_core.errors import OperationError

if TYPE_CHECKING:
    import sqlite3

_FIRST = """
CREATE TABLE functions (
    name TEXT PRIMARY KEY,
    settings TEXT NOT NULL,
    environment TEXT NOT NULL,
    tags TEXT NOT NULL,
    live_version INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE versions (
    function TEXT NOT NULL REFERENCES functions(name) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    code TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (function, number)
);
CREATE TABLE schedules (
    function TEXT NOT NULL REFERENCES functions(name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    properties TEXT NOT NULL,
    anchor INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    PRIMARY KEY (function, name)
);
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    function TEXT NOT NULL,
    schedule TEXT,
    expression TEXT,
    due INTEGER,
    attempt INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'ended')),
    event TEXT,
    queued_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    version INTEGER,
    owner_pid INTEGER,
    owner_token TEXT,
    child_pid INTEGER,
    child_token TEXT,
    outcome TEXT,
    exit_code INTEGER,
    duration_ms REAL,
    result TEXT,
    error TEXT,
    UNIQUE (function, schedule, due, attempt)
);
CREATE INDEX runs_unfinished ON runs (state, function) WHERE state != 'ended';
CREATE INDEX runs_of_function ON runs (function, queued_at);
CREATE INDEX runs_by_due ON runs (function, due);
CREATE INDEX runs_ended ON runs (ended_at);
CREATE TABLE logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    function TEXT NOT NULL,
    run TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    level TEXT,
    message TEXT NOT NULL
);
CREATE INDEX logs_of_function ON logs (function, at, id);
CREATE INDEX logs_of_run ON logs (run, at, id);
CREATE TABLE schedulers (
    id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    token TEXT NOT NULL,
    awake_since INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
);
"""

# The script at index n makes version n + 1 from version n. Only ever add to the end.
_STEPS = (_FIRST,)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version; several processes may try at once.

    Args:
        connection: In autocommit mode.

    Raises:
        OperationError: A newer taskflows-cloud wrote the file.
    """
    if _version(connection) == len(_STEPS):
        return
    connection.execute("BEGIN EXCLUSIVE")
    try:
        _take_steps(connection)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _take_steps(connection: sqlite3.Connection) -> None:
    version = _version(connection)
    if version > len(_STEPS):
        raise OperationError(
            f"the state was written by a newer taskflows-cloud (version {version} of its tables, this one knows "
            f"{len(_STEPS)}); upgrade taskflows-cloud-core, or choose another root"
        )
    for number, script in enumerate(_STEPS[version:], start=version + 1):
        for statement in filter(None, map(str.strip, script.split(";"))):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
