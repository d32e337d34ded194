"""The SQLite file: how it is opened, and what its errors mean to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.store.schema import migrate
from taskflows_cloud_core.local.system.file_errors import not_shared, told_to_a_person
from taskflows_cloud_core.local.system.locks import folder_lock
from taskflows_cloud_core.local.system.paths import PRIVATE_FILE

if TYPE_CHECKING:
    import sqlite3

# How long a writer waits for the other writers of the file.
_PATIENCE_SECONDS = 30.0


@attrs.frozen
class Database:
    """One database file. Connections are opened for one use and closed, so any thread may ask.

    Args:
        path: The file; made by the first deployment or scheduler, for its owner alone.
    """

    path: Path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A consistent view of everything; an empty one as long as nobody has written.

        Raises:
            OperationError: The file cannot be read.
        """
        with self.told():
            target = str(self.path) if self.path.exists() else ":memory:"
            with closing(_connect(target)) as connection:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")

    @contextmanager
    def writing(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that no other writer overlaps; undone as a whole by any exception.

        Args:
            make: Make the file when it is not there.

        Raises:
            OperationError: The file cannot be written, or is not there.
        """
        with self.told(), closing(self.open(make=make)) as connection, transaction(connection):
            yield connection

    def open(self, *, make: bool) -> sqlite3.Connection:
        """A connection for long use, which the caller closes; to be called inside `told`.

        Args:
            make: Make the file when it is not there.

        Raises:
            OperationError: It is not there.
        """
        if make and not self.path.exists():
            self._make()
        if not self.path.exists():
            raise gone(self.path)
        return _connect(str(self.path))

    def _make(self) -> None:
        """Make the file beside its place and move it there when it is whole, so that nobody sees half of it.

        Once it is in its place nothing but SQLite may open it: closing it would free the locks of this process
        (SQLite documentation, "How To Corrupt An SQLite Database File", section 2.2).
        """
        part = self.path.with_name(f".{self.path.name}.part")
        with folder_lock(self.path.parent, f"{self.path} is being made by another process"):
            if self.path.exists():
                return
            for suffix in ("", "-wal", "-shm"):
                part.with_name(f"{part.name}{suffix}").unlink(missing_ok=True)
            part.touch(mode=PRIVATE_FILE)
            with closing(_connect(str(part))) as connection:
                # In WAL mode readers and writers do not wait for each other.
                connection.execute("PRAGMA journal_mode = WAL")
            part.rename(self.path)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn errors of files and of SQLite into errors of the operation.

        Raises:
            OperationError: Any ``OSError`` or ``sqlite3.Error`` of the block.
        """
        import sqlite3

        try:
            with told_to_a_person(self.path):
                yield
        except sqlite3.Error as error:
            text = str(error)
            if "readonly" in text or "unable to open" in text:
                raise not_shared(self.path) from error
            raise OperationError(f"the state in {self.path} cannot be used: {text}") from error


def gone(path: Path) -> OperationError:
    """The error for a file that was there.

    It is not made anew by everybody: whoever is deleting its folder may not be done.
    """
    return OperationError(f"{path} was deleted; deploy functions again")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE around a block: COMMIT at its end, ROLLBACK on any exception."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _connect(target: str) -> sqlite3.Connection:
    import sqlite3

    connection = sqlite3.connect(target, timeout=_PATIENCE_SECONDS, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        # In WAL mode a crash of the machine may lose the last commits, but never consistency.
        connection.execute("PRAGMA synchronous = NORMAL")
        migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection
