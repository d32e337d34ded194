"""The schedulers that work on a root, and since when one of them has been awake."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity
from taskflows_cloud_core.local.store.timestamps import to_moment, to_number

if TYPE_CHECKING:
    import sqlite3


def join(
    connection: sqlite3.Connection, scheduler_id: str, identity: ProcessIdentity, *, at: datetime, patience: timedelta
) -> datetime:
    """Enter a scheduler, or say that it is there again after a long silence.

    Returns:
        Since when due times have been watched without a gap: since another scheduler woke, when one has
        been heard of within ``patience``; since now, otherwise.
    """
    connection.execute("DELETE FROM schedulers WHERE id = ?", (scheduler_id,))
    remove_dead(connection)
    row = connection.execute(
        "SELECT min(awake_since) FROM schedulers WHERE abs(seen_at - ?) < ?",
        (to_number(at), patience // timedelta(microseconds=1)),
    ).fetchone()
    awake_since = at if row[0] is None else min(to_moment(row[0]), at)
    connection.execute(
        "INSERT INTO schedulers (id, pid, token, awake_since, seen_at) VALUES (?, ?, ?, ?, ?)",
        (scheduler_id, identity.pid, identity.token, to_number(awake_since), to_number(at)),
    )
    return awake_since


def report_awake(connection: sqlite3.Connection, scheduler_id: str, *, at: datetime) -> None:
    """Note that a scheduler is still at work."""
    connection.execute("UPDATE schedulers SET seen_at = ? WHERE id = ?", (to_number(at), scheduler_id))


def leave(connection: sqlite3.Connection, scheduler_id: str) -> None:
    """Forget a scheduler that ends."""
    connection.execute("DELETE FROM schedulers WHERE id = ?", (scheduler_id,))


def remove_dead(connection: sqlite3.Connection) -> None:
    """Forget the schedulers whose processes are gone."""
    for row in connection.execute("SELECT id, pid, token FROM schedulers").fetchall():
        if not ProcessIdentity(pid=row["pid"], token=row["token"]).is_alive:
            leave(connection, row["id"])


def living(connection: sqlite3.Connection) -> list[ProcessIdentity]:
    """The schedulers that are at work."""
    rows = connection.execute("SELECT pid, token FROM schedulers").fetchall()
    identities = [ProcessIdentity(pid=row["pid"], token=row["token"]) for row in rows]
    return [identity for identity in identities if identity.is_alive]
