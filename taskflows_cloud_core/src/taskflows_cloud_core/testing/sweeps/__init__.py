"""Sweeps: an interrupt, a kill, an error, a lost answer, another deployer, at every call of an operation.

An author gives a place with a `Wire` that its calls pass; `Sweep` disturbs operations at each of them, and judges what
is there and what was reported to the caller.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach

if TYPE_CHECKING:
    from taskflows_cloud_core.testing.sweeps.attempts import Act, Attempt, KilledError, attempt
    from taskflows_cloud_core.testing.sweeps.disturbances import REFUSED, Fault
    from taskflows_cloud_core.testing.sweeps.hook_calls import WiredEnvironment, hook_wire
    from taskflows_cloud_core.testing.sweeps.operations import (
        Operation,
        Version,
        deployments,
        pausing,
        rollback,
        updates,
    )
    from taskflows_cloud_core.testing.sweeps.place import OutlivingPlace, SweptPlace
    from taskflows_cloud_core.testing.sweeps.processes import in_a_copy, in_a_process
    from taskflows_cloud_core.testing.sweeps.report import Report, Trial
    from taskflows_cloud_core.testing.sweeps.sweep import KINDS, Sweep
    from taskflows_cloud_core.testing.sweeps.wire import Wire

_MODULES = {
    "KINDS": "sweep",
    "REFUSED": "disturbances",
    "Act": "attempts",
    "Attempt": "attempts",
    "Fault": "disturbances",
    "KilledError": "attempts",
    "Operation": "operations",
    "OutlivingPlace": "place",
    "Report": "report",
    "Sweep": "sweep",
    "SweptPlace": "place",
    "Trial": "report",
    "Version": "operations",
    "Wire": "wire",
    "WiredEnvironment": "hook_calls",
    "attempt": "attempts",
    "deployments": "operations",
    "hook_wire": "hook_calls",
    "in_a_copy": "processes",
    "in_a_process": "processes",
    "pausing": "operations",
    "rollback": "operations",
    "updates": "operations",
}

__all__ = [
    "KINDS",
    "REFUSED",
    "Act",
    "Attempt",
    "Fault",
    "KilledError",
    "Operation",
    "OutlivingPlace",
    "Report",
    "Sweep",
    "SweptPlace",
    "Trial",
    "Version",
    "Wire",
    "WiredEnvironment",
    "attempt",
    "deployments",
    "hook_wire",
    "in_a_copy",
    "in_a_process",
    "pausing",
    "rollback",
    "updates",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
