"""For tests: a cloud in memory for those who deploy, a conformance suite and sweeps for those who write providers.

`MemoryCloud` needs nothing but core. `ProviderConformance` and the fixtures need pytest:
``pip install 'taskflows-cloud-core[testing]'``.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach

if TYPE_CHECKING:
    from taskflows_cloud_core.testing.conformance import DeployedSchedule, FiredRun, ProviderConformance
    from taskflows_cloud_core.testing.expressions import read_expression
    from taskflows_cloud_core.testing.memory import (
        Due,
        MemoryCloud,
        MemoryDeployment,
        MemoryOptions,
        MemoryProvider,
        MemoryRun,
    )

_MODULES = {
    "Due": "memory",
    "MemoryCloud": "memory",
    "MemoryDeployment": "memory",
    "MemoryOptions": "memory",
    "MemoryProvider": "memory",
    "MemoryRun": "memory",
    "DeployedSchedule": "conformance",
    "FiredRun": "conformance",
    "ProviderConformance": "conformance",
    "read_expression": "expressions",
}

__all__ = [
    "DeployedSchedule",
    "Due",
    "FiredRun",
    "MemoryCloud",
    "MemoryDeployment",
    "MemoryOptions",
    "MemoryProvider",
    "MemoryRun",
    "ProviderConformance",
    "read_expression",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
