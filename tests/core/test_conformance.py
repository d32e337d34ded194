"""The provider in memory runs the suite that it ships with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, ClassVar

import attrs
import memory_readings
import pytest

from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance
from taskflows_cloud_core.testing.conformance.readings import (
    CannotStart,
    Fire,
    MakeForeign,
    MakeMany,
    ReadSchedules,
    ReadTexts,
)
from taskflows_cloud_core.testing.memory.place import Place, open_place

_IN_PROCESS = "functions run in this process, where nothing ends them"


class TestMemory(ProviderConformance):
    provider = "memory"
    left_out: ClassVar[Mapping[str, str]] = {
        "test_a_scheduled_run_ends_at_its_memory_limit": _IN_PROCESS,
        "test_a_scheduled_run_ends_at_its_timeout": _IN_PROCESS,
    }

    @pytest.fixture
    def options(self) -> Iterator[Mapping[str, Any]]:
        with MemoryCloud() as cloud:
            yield {"place": cloud.place}

    @pytest.fixture
    def place(self, options: Mapping[str, Any]) -> Place:
        return open_place(options["place"])

    @pytest.fixture
    def look(self, place: Place) -> Callable[[], Any]:
        """All that the place holds, not only what its provider tells."""

        def everything() -> Any:
            functions = {name: attrs.astuple(one, recurse=False) for name, one in place.functions.items()}
            logs = {name: tuple(lines) for name, lines in place.logs.items()}
            return repr((functions, logs, place.runs))

        return everything

    @pytest.fixture
    def fire(self, place: Place) -> Fire:
        return lambda _, name, moment: memory_readings.fire(place.name, name, moment)

    @pytest.fixture
    def deployed_schedules(self, place: Place) -> ReadSchedules:
        return lambda _, name: memory_readings.deployed_schedules(place, name)

    @pytest.fixture
    def foreign(self, place: Place) -> MakeForeign:
        return lambda _, key: memory_readings.foreign(place, key)

    @pytest.fixture
    def texts_others_can_read(self, place: Place) -> ReadTexts:
        return lambda _, name: memory_readings.texts_others_can_read(place, name)

    @pytest.fixture
    def many(self, place: Place, jobs: ModuleType) -> MakeMany:
        return lambda environment, count: memory_readings.many(place, environment, jobs.other, self.config(), count)

    @pytest.fixture
    def cannot_start(self, place: Place, jobs: ModuleType) -> CannotStart:
        def deploy_without_code(environment: Any, name: str) -> Any:
            result = self.deploy(environment, jobs.other, name)
            place.callables.clear()
            return result

        return deploy_without_code
