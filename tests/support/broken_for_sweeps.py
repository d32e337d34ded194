"""Providers in memory that keep their promises as long as nothing disturbs them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import attrs

from taskflows_cloud_core import hookimpl
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.reconcile import Claim
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.testing import MemoryProvider
from taskflows_cloud_core.testing.memory.resources import PlaceClaims

Deploying = Generator[None, CloudDeploymentResult, CloudDeploymentResult]


class LeavesSchedules(MemoryProvider):
    """Deletes the function first, and sees no schedules without it."""

    @hookimpl
    def observe(self, session, name, scope):
        found = super().observe(session, name, scope)
        if not found.exists:
            return attrs.evolve(found, resources=[])
        schedules = [attrs.evolve(one, depends_on=()) for one in found.of_kind("schedule")]
        function = attrs.evolve(found.only("function"), depends_on=[one.key for one in schedules])
        return attrs.evolve(found, resources=[function, *schedules])


class SwallowsErrors(MemoryProvider):
    """Tells of success whatever came of it."""

    @hookimpl(wrapper=True)
    def deploy_function(self, plan) -> Deploying:
        try:
            result = yield
        except OperationError:
            return CloudDeploymentResult(success=True, function_name=plan.function_name, provider=self.name)
        return attrs.evolve(result, success=True, error=None, error_code=None)


class TellsNoError(MemoryProvider):
    """Says that a deployment failed, and not why."""

    @hookimpl(wrapper=True)
    def deploy_function(self) -> Deploying:
        result = yield
        return attrs.evolve(result, error=None)


class TakesRefusalsForBugs(MemoryProvider):
    """Does not make an error for users of what the place answers."""

    @hookimpl(wrapper=True)
    def deploy_function(self) -> Deploying:
        result = yield
        if not result.success:
            raise LookupError(result.error)
        return result


class CatchesEverything(MemoryProvider):
    """Takes an interrupt for a failure."""

    @hookimpl(wrapper=True)
    def deploy_function(self) -> Deploying:
        try:
            return (yield)
        except BaseException as error:  # noqa: BLE001 - that is what is broken
            raise OperationError(f"it failed: {error}") from None


class PausesMeanwhile(MemoryProvider):
    """Pauses the schedules for the time of a deployment."""

    @hookimpl(wrapper=True)
    def deploy_function(self, session, plan) -> Deploying:
        if deployed := session.functions.get(plan.function_name):
            deployed.paused = True
        result = yield
        if deployed:
            deployed.paused = False
        return result


class CarriesOnWithoutTheClaim(MemoryProvider):
    """Every claim is granted."""

    @hookimpl
    def claim_store(self, session) -> _Granting:
        return _Granting(session)


@attrs.frozen
class _Granting(PlaceClaims):
    _granted: list[Claim] = attrs.field(factory=list, init=False)

    def read(self, function_name: str) -> Claim | None:
        return self._granted[-1] if self._granted else None

    def write(self, function_name: str, claim: Claim, *, replacing: Any) -> bool:
        self._granted.append(claim)
        return True


ALL: dict[str, type[MemoryProvider]] = {
    kind.__name__: kind for kind in MemoryProvider.__subclasses__() if kind.__module__ == __name__
}
