"""Fixtures for pytest; switch them on with ``pytest_plugins = ["taskflows_cloud_core.testing.fixtures"]``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from taskflows_cloud_core.testing.memory.cloud import MemoryCloud


@pytest.fixture
def memory_cloud() -> Iterator[MemoryCloud]:
    """An empty cloud in memory, for one test."""
    with MemoryCloud() as cloud:
        yield cloud
