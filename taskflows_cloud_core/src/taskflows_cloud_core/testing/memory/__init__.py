"""A provider in the memory of one process, for the unit tests of those who deploy."""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach

if TYPE_CHECKING:
    from taskflows_cloud_core.testing.memory.cloud import MemoryCloud
    from taskflows_cloud_core.testing.memory.place import MemoryDeployment, MemoryRun
    from taskflows_cloud_core.testing.memory.plugin import MemoryOptions, MemoryProvider
    from taskflows_cloud_core.testing.memory.schedules import Due

_MODULES = {
    "Due": "schedules",
    "MemoryCloud": "cloud",
    "MemoryDeployment": "place",
    "MemoryOptions": "plugin",
    "MemoryProvider": "plugin",
    "MemoryRun": "place",
}

__all__ = ["Due", "MemoryCloud", "MemoryDeployment", "MemoryOptions", "MemoryProvider", "MemoryRun"]

__getattr__, __dir__ = attach(__name__, _MODULES)
