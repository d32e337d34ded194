"""The provider in memory runs the suite that it ships with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from taskflows_cloud_core.testing import MemoryCloud, ProviderConformance


class TestMemory(ProviderConformance):
    provider = "memory"
    export_formats = ("json",)

    @pytest.fixture
    def options(self) -> Iterator[Mapping[str, Any]]:
        with MemoryCloud() as cloud:
            yield {"place": cloud.place}
