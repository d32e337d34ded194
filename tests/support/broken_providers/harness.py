"""The suite over a broken provider: what its clock starts is read at the clock, the rest in the place in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import memory_readings
import pytest

from broken_providers.base import NAME
from broken_providers.clock import BrokenClock, Sound
from taskflows_cloud_core.providers import load_provider
from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance
from taskflows_cloud_core.testing.memory.place import open_place

_IN_PROCESS = "functions run in this process, where nothing ends them"


class BrokenConformance(ProviderConformance):
    provider = NAME
    # What the memory does has happened when a call returns.
    wait_seconds = 5.0
    left_out: ClassVar[Mapping[str, str]] = {
        "test_a_scheduled_run_ends_at_its_memory_limit": _IN_PROCESS,
        "test_a_scheduled_run_ends_at_its_timeout": _IN_PROCESS,
    }

    @pytest.fixture
    def options(self):
        with MemoryCloud() as cloud:
            yield {"place": cloud.place}

    @pytest.fixture
    def place(self, options):
        return open_place(options["place"])

    @pytest.fixture
    def clock(self):
        plugins = load_provider(NAME).manager.get_plugins()
        return next((one for one in plugins if isinstance(one, BrokenClock)), Sound())

    @pytest.fixture
    def fire(self, place, clock):
        return lambda _, name, moment: list(clock.fire(place, name, moment))

    @pytest.fixture
    def deployed_schedules(self, place, clock):
        return lambda _, name: clock.schedules(place, name)

    @pytest.fixture
    def foreign(self, place):
        return lambda _, key: memory_readings.foreign(place, key)

    @pytest.fixture
    def texts_others_can_read(self, place):
        return lambda _, name: memory_readings.texts_others_can_read(place, name)

    @pytest.fixture
    def many(self, place, jobs):
        return lambda environment, count: memory_readings.many(place, environment, jobs.other, self.config(), count)

    @pytest.fixture
    def cannot_start(self, place, jobs):
        def deploy_without_code(environment: Any, name: str) -> Any:
            result = self.deploy(environment, jobs.other, name)
            place.callables.clear()
            return result

        return deploy_without_code
