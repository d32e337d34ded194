"""Functions, their versions and their schedules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.errors import FunctionNotFoundError
from taskflows_cloud_core.local.store.records import Code, Function, Settings, Timer, Version
from taskflows_cloud_core.local.store.timestamps import to_moment, to_number
from taskflows_cloud_core.results import FunctionVersion

if TYPE_CHECKING:
    import sqlite3

_SELECT = (
    "SELECT f.*, v.code AS code, v.created_at AS version_created_at FROM functions f"
    " JOIN versions v ON v.function = f.name AND v.number = f.live_version"
)


def find_function(connection: sqlite3.Connection, name: str) -> Function | None:
    """One function; ``None`` when there is none of that name."""
    row = connection.execute(f"{_SELECT} WHERE f.name = ?", (name,)).fetchone()
    return None if row is None else _function(row)


def get_function(connection: sqlite3.Connection, name: str) -> Function:
    """One function.

    Raises:
        FunctionNotFoundError: There is none of that name.
    """
    found = find_function(connection, name)
    if found is None:
        raise not_found(connection, name)
    return found


def not_found(connection: sqlite3.Connection, name: str) -> FunctionNotFoundError:
    """The error for a name that nobody deployed."""
    names = ", ".join(repr(row["name"]) for row in connection.execute("SELECT name FROM functions ORDER BY name"))
    there = f"there are {names}" if names else "nothing is deployed here"
    return FunctionNotFoundError(f"no function {name!r} is deployed on 'local'; {there}")


def all_functions(connection: sqlite3.Connection) -> list[Function]:
    """Every function, by name."""
    return [_function(row) for row in connection.execute(f"{_SELECT} ORDER BY f.name")]


def put_function(
    connection: sqlite3.Connection,
    *,
    name: str,
    settings: Settings,
    environment: Mapping[str, str],
    tags: Mapping[str, str],
    code: Code,
    at: datetime,
) -> None:
    """Create a function or bring it to a state; code that is not the live one becomes a new version, and live."""
    before = find_function(connection, name)
    if before is not None and before.live.code == code:
        live = before.live.number
    else:
        live = 1 + max((version.number for version in versions_of(connection, name)), default=0)
    connection.execute(
        "INSERT INTO functions (name, settings, environment, tags, live_version, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET settings = excluded.settings,"
        " environment = excluded.environment, tags = excluded.tags, live_version = excluded.live_version,"
        " updated_at = excluded.updated_at",
        (name, _json(attrs.asdict(settings)), _json(environment), _json(tags), live, to_number(at), to_number(at)),
    )
    connection.execute(
        "INSERT OR IGNORE INTO versions (function, number, code, created_at) VALUES (?, ?, ?, ?)",
        (name, live, _json(attrs.asdict(code)), to_number(at)),
    )


def remove_function(connection: sqlite3.Connection, name: str) -> None:
    """Forget a function with its versions and schedules; its runs and their logs stay."""
    connection.execute("DELETE FROM functions WHERE name = ?", (name,))


def version_for_users(version: Version, function: Function) -> FunctionVersion:
    """A version as the results of operations have it."""
    return FunctionVersion(
        version=str(version.number),
        created_at=version.created_at,
        package_sha256=version.code.sha256,
        is_live=version.number == function.live.number,
    )


def set_live(connection: sqlite3.Connection, name: str, number: int, at: datetime) -> None:
    """Make one version the one that runs."""
    connection.execute(
        "UPDATE functions SET live_version = ?, updated_at = ? WHERE name = ?", (number, to_number(at), name)
    )


def versions_of(connection: sqlite3.Connection, name: str) -> list[Version]:
    """The versions of a function, newest first."""
    rows = connection.execute("SELECT * FROM versions WHERE function = ? ORDER BY number DESC", (name,))
    return [_version(row["number"], row["code"], row["created_at"]) for row in rows]


def remove_version(connection: sqlite3.Connection, name: str, number: int) -> None:
    """Forget one version."""
    connection.execute("DELETE FROM versions WHERE function = ? AND number = ?", (name, number))


def timers_of(connection: sqlite3.Connection, name: str) -> list[Timer]:
    """The schedules of a function, by name."""
    rows = connection.execute("SELECT * FROM schedules WHERE function = ? ORDER BY name", (name,))
    return [_timer(row) for row in rows]


def live_timers(connection: sqlite3.Connection) -> list[Timer]:
    """The schedules of all functions that are not paused."""
    rows = connection.execute(
        "SELECT s.* FROM schedules s JOIN functions f ON f.name = s.function WHERE NOT f.paused"
        " ORDER BY s.function, s.name"
    )
    return [_timer(row) for row in rows]


def put_timer(
    connection: sqlite3.Connection, function: str, name: str, properties: Mapping[str, Any], at: datetime
) -> None:
    """Create a schedule that counts from ``at``, or change one that is there, which goes on counting as before."""
    connection.execute(
        "INSERT INTO schedules (function, name, properties, anchor, cursor) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (function, name) DO UPDATE SET properties = excluded.properties",
        (function, name, _json(properties), to_number(at), to_number(at)),
    )


def remove_timer(connection: sqlite3.Connection, function: str, name: str) -> None:
    """Forget one schedule."""
    connection.execute("DELETE FROM schedules WHERE function = ? AND name = ?", (function, name))


def move_cursor(connection: sqlite3.Connection, timer: Timer, cursor: datetime) -> bool:
    """Move the cursor of a schedule on, unless somebody else did, or its function was paused, meanwhile."""
    moved = connection.execute(
        "UPDATE schedules SET cursor = ? WHERE function = ? AND name = ? AND cursor = ? AND anchor = ?"
        " AND EXISTS (SELECT 1 FROM functions f WHERE f.name = schedules.function AND NOT f.paused)",
        (to_number(cursor), timer.function, timer.name, to_number(timer.cursor), to_number(timer.anchor)),
    )
    return moved.rowcount == 1


def rewind_cursors(connection: sqlite3.Connection, at: datetime, *, tolerance: timedelta) -> None:
    """Bring schedules back from the future, where they are when the clock was set back.

    Due times that were run before the clock was set have their rows, and are not run again.
    """
    moment, latest = to_number(at), to_number(at + tolerance)
    connection.execute("UPDATE schedules SET cursor = ? WHERE cursor > ?", (moment, latest))
    connection.execute("UPDATE schedules SET anchor = ? WHERE anchor > ?", (moment, latest))


def set_paused(connection: sqlite3.Connection, name: str, at: datetime, *, paused: bool) -> None:
    """Pause or resume a function; what was due in a pause is no longer due when it ends."""
    resumed = connection.execute(
        "UPDATE functions SET paused = ? WHERE name = ? AND paused != ?", (paused, name, paused)
    ).rowcount
    if resumed and not paused:
        connection.execute("UPDATE schedules SET cursor = max(cursor, ?) WHERE function = ?", (to_number(at), name))


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), sort_keys=True)


def _function(row: sqlite3.Row) -> Function:
    return Function(
        name=row["name"],
        settings=Settings(**json.loads(row["settings"])),
        environment=json.loads(row["environment"]),
        tags=json.loads(row["tags"]),
        live=_version(row["live_version"], row["code"], row["version_created_at"]),
        paused=bool(row["paused"]),
        created_at=to_moment(row["created_at"]),
        updated_at=to_moment(row["updated_at"]),
    )


def _version(number: int, code: str, created_at: int) -> Version:
    return Version(number=number, code=Code(**json.loads(code)), created_at=to_moment(created_at))


def _timer(row: sqlite3.Row) -> Timer:
    return Timer(
        function=row["function"],
        name=row["name"],
        anchor=to_moment(row["anchor"]),
        cursor=to_moment(row["cursor"]),
        **json.loads(row["properties"]),
    )
