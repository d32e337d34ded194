"""The provider of this machine keeps what every provider promises."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core import CloudDeploymentResult, CloudEnvironment
from taskflows_cloud_core.testing import ProviderConformance
from taskflows_cloud_core.testing.conformance.readings import (
    CannotStart,
    Fire,
    MakeForeign,
    MakeMany,
    ReadSchedules,
    ReadTexts,
)
from tests.local import root_readings


class TestLocal(ProviderConformance):
    provider = "local"
    runs_in_background = True

    @pytest.fixture
    def options(self, tmp_path: Path) -> Mapping[str, Any]:
        return {"root": tmp_path / "root"}

    @pytest.fixture
    def look(self, options: Mapping[str, Any]) -> Callable[[], Any]:
        """Every row, and every file but the database's own and the locks."""
        return lambda: (rows_of(options["root"] / "state.sqlite3"), files_of(options["root"]))

    @pytest.fixture
    def fire(self, options: Mapping[str, Any]) -> Fire:
        return lambda _, name, moment: root_readings.fire(options["root"], name, moment)

    @pytest.fixture
    def deployed_schedules(self, options: Mapping[str, Any]) -> ReadSchedules:
        return lambda _, name: root_readings.deployed_schedules(options["root"], name)

    def test_a_log_can_be_read_during_a_run(
        self, environment: CloudEnvironment, jobs: ModuleType, tmp_path: Path
    ) -> None:
        """A run that is not waited for is begun by a scheduler."""
        with root_readings.scheduler_beside(tmp_path / "root"):
            super().test_a_log_can_be_read_during_a_run(environment, jobs, tmp_path)

    @pytest.fixture
    def foreign(self) -> MakeForeign:
        """A root belongs to one user, and all that is in it is the provider's."""
        return lambda _, __: None

    @pytest.fixture
    def texts_others_can_read(self, options: Mapping[str, Any]) -> ReadTexts:
        return lambda _, __: root_readings.texts_others_can_read(options["root"])

    @pytest.fixture
    def many(self, options: Mapping[str, Any], jobs: ModuleType) -> MakeMany:
        def make(environment: CloudEnvironment, count: int) -> list[str]:
            self.deploy(environment, jobs.other)
            return root_readings.many(options["root"], "job", count)

        return make

    @pytest.fixture
    def cannot_start(self, options: Mapping[str, Any], jobs: ModuleType) -> CannotStart:
        def deploy(environment: CloudEnvironment, name: str) -> CloudDeploymentResult:
            result = self.deploy(environment, jobs.other, name)
            root_readings.remove_code(options["root"])
            return result

        return deploy


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
