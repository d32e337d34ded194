"""Noticing what other processes write into the database file, and that it is another file altogether."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

from taskflows_cloud_core.local.store.database import Database, gone

if TYPE_CHECKING:
    import sqlite3

Change: TypeAlias = Literal["none", "written", "replaced"]


class Watch:
    """An open file whose changes are noticed.

    Args:
        database: The file; it is made when it is not there.

    Raises:
        OperationError: The file cannot be opened.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection, self._opened = _open(database, make=True)
        self._seen: int | None = None

    def look(self) -> Change:
        """What happened since this was asked before.

        Returns:
            ``"written"`` when anybody wrote, and the first time; ``"replaced"`` when another file has its name
            now, which is the one that is watched from then on.

        Raises:
            OperationError: The file was deleted, or cannot be read.
        """
        there = _stat(self._database)
        if there is None:
            raise gone(self._database.path)
        if not os.path.samestat(there, self._opened):
            connection, opened = _open(self._database, make=False)
            # SQLite leaves the files beside a database alone when it finds at closing that the database has moved.
            self._connection.close()
            self._connection, self._opened, self._seen = connection, opened, None
            return "replaced"
        with self._database.told():
            version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        known, self._seen = self._seen, version
        return "none" if known == version else "written"

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@contextmanager
def watching(database: Database) -> Iterator[Watch]:
    """Keep the file open for long: SQLite need not fold its log away after every use, and changes are noticed.

    Raises:
        OperationError: The file cannot be opened.
    """
    watch = Watch(database)
    try:
        yield watch
    finally:
        watch.close()


def _open(database: Database, *, make: bool) -> tuple[sqlite3.Connection, os.stat_result]:
    while True:
        before = _stat(database)
        with database.told():
            connection = database.open(make=make)
        after = _stat(database)
        # Else the file was made or replaced meanwhile, and nobody knows which one was opened.
        if before is not None and after is not None and os.path.samestat(before, after):
            return connection, after
        connection.close()


def _stat(database: Database) -> os.stat_result | None:
    """What is there; the file itself is not opened, since closing it would free SQLite's locks on it."""
    with database.told():
        try:
            return database.path.stat()
        except FileNotFoundError:
            return None
