"""The provider in memory runs the suite that it ships with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
import pytest

from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance
from taskflows_cloud_core.testing.memory.place import open_place


class TestMemory(ProviderConformance):
    provider = "memory"

    @pytest.fixture
    def options(self) -> Iterator[Mapping[str, Any]]:
        with MemoryCloud() as cloud:
            yield {"place": cloud.place}

    @pytest.fixture
    def look(self, options: Mapping[str, Any]) -> Callable[[], Any]:
        """All that the place holds, not only what its provider tells."""

        def everything() -> Any:
            place = open_place(options["place"])
            functions = {name: attrs.astuple(one, recurse=False) for name, one in place.functions.items()}
            logs = {name: tuple(lines) for name, lines in place.logs.items()}
            return repr((functions, logs, place.runs))

        return everything
