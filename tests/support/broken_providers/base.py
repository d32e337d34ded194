"""What the broken providers share."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import attrs

from taskflows_cloud_core import hookimpl
from taskflows_cloud_core.providers.defaults import CoreDefaults
from taskflows_cloud_core.testing import MemoryProvider

NAME = "broken"
# What some of them remember, by place, function and subject.
MEMORY: dict[tuple[str, str, str], Any] = {}


class Broken(MemoryProvider):
    """What all of them share: the name under which they are offered, and core's whole deployments to break."""

    FAILS: ClassVar[str]
    MAY_FAIL: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__(name=NAME)

    @property
    def _core(self) -> CoreDefaults:
        return CoreDefaults(
            info=self.provider_info(),
            has=lambda operation: hasattr(self, operation),
            call=lambda operation, **arguments: getattr(self, operation)(**arguments),
        )

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        return self._core.plan_deployment(session, name, config, package, triggers)

    @hookimpl
    def deploy_function(self, session, plan, progress):
        return self._core.deploy_function(session, plan, progress)

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        return self._core.plan_removal(session, name, keep_logs)

    @hookimpl
    def delete_function(self, session, plan, progress):
        return self._core.delete_function(session, plan, progress)


def values(plan):
    """The environment values that a plan holds."""
    return [hidden.value for one in plan.desired for hidden in one.properties.get("environment", {}).values()]


def verbs(plan):
    return {action.verb for action in plan.actions}


def repacked(package, keep, extra=None):
    """The same package with fewer files, or with one more; equal input makes an equal archive."""
    path = Path(tempfile.mkdtemp()) / "package.zip"
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            if keep(info.filename):
                new.writestr(info, old.read(info))
        if extra is not None:
            new.writestr(zipfile.ZipInfo("extra.txt"), extra)
    data = path.read_bytes()
    contents = [file for file in package.contents if keep(file.path)]
    digest = hashlib.sha256(data).hexdigest()
    return attrs.evolve(package, path=path, sha256=digest, size=len(data), contents=contents)


def without(provider: MemoryProvider, *capabilities: str) -> Any:
    info = MemoryProvider.provider_info(provider)
    return attrs.evolve(info, capabilities=info.capabilities - set(capabilities))
