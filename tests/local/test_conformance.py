"""The provider of this machine keeps what every provider promises."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from taskflows_cloud_core.testing import ProviderConformance


class TestLocal(ProviderConformance):
    provider = "local"

    @pytest.fixture
    def options(self, tmp_path: Path) -> Mapping[str, Any]:
        return {"root": tmp_path / "root"}

    @pytest.fixture
    def look(self, options: Mapping[str, Any]) -> Callable[[], Any]:
        """Every row, and every file but the database's own and the locks."""
        return lambda: (rows_of(options["root"] / "state.sqlite3"), files_of(options["root"]))


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    if not database.exists():
        return {}
    with contextlib.closing(sqlite3.connect(database)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in sorted(tables)}
    return {table: found for table, found in rows.items() if found and table != "sqlite_sequence"}


def files_of(root: Path) -> list[str]:
    paths = [path.relative_to(root) for path in root.rglob("*") if path.is_file()] if root.exists() else []
    return sorted(str(path) for path in paths if path.name[:13] != "state.sqlite3" and path.suffix != ".lock")
