"""The provider in memory, or one like it, for sweeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sample_jobs import job, other_job

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig
from taskflows_cloud_core.testing import MemoryCloud
from taskflows_cloud_core.testing.memory.place import open_place
from taskflows_cloud_core.testing.sweeps import REFUSED, Sweep, SweptPlace, Version, WiredEnvironment, hook_wire

_MOMENT = datetime(2027, 1, 3, 12, tzinfo=UTC)


def _version(function: Any, *schedules: str, **settings: Any) -> Version:
    return Version(function=function, config=CloudFunctionConfig(function_name="job", schedules=schedules, **settings))


BEFORE = _version(job, "Mon 09:00", "Sun 17:00", environment_variables={"MODE": "before"})
AFTER = _version(other_job, "Mon 09:00", "Tue 10:00", memory_mb=512, tags={"team": "data"})
OTHER = _version(other_job, "Fri 11:00", description="of another deployer", memory_mb=1024)


class MemoryPlace(SweptPlace):
    """A fresh place in memory; every step of a handler, every reading and every claim is a call."""

    def __init__(self, provider: str = "memory") -> None:
        self.wire = hook_wire()
        self._cloud = MemoryCloud(now=_MOMENT)
        # One for all, since it remembers nothing, and to load a provider takes most of the time of a trial.
        self._environment = WiredEnvironment(self.wire, provider, place=self._cloud.place)

    def environment(self) -> CloudEnvironment:
        return self._environment

    def everything(self) -> dict[str, Any]:
        place = open_place(self._cloud.place)
        return {
            "resources": {
                str(one.key): dict(one.properties) for name in place.functions for one in place.resources_of(name)
            },
            "paused": {name: one.paused for name, one in place.functions.items()},
            "live": {
                name: [one.package_sha256 for one in each.versions if one.is_live]
                for name, each in place.functions.items()
            },
            "logs": {name: list(lines) for name, lines in place.logs.items()},
            # That of a killed deployment stays until the function is deployed again or deleted.
            "claims of functions that are gone": sorted(place.claims.keys() - place.functions.keys()),
        }

    def firing(self, everything: Any) -> frozenset[str]:
        return frozenset(
            properties["expression"]
            for key, properties in everything["resources"].items()
            if key.startswith("schedule") and not any(everything["paused"].values())
        )

    def close(self) -> None:
        self._cloud.close()


def sweep_of(provider: str = "memory") -> Sweep:
    """A sweep of a provider whose places are in memory."""
    return Sweep(fresh=lambda: MemoryPlace(provider), other=OTHER, faults=[REFUSED])
