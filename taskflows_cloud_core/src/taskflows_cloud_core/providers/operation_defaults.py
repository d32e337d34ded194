"""What core does with a function that is deployed, where the provider keeps the kit's record of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig, setting_names
from taskflows_cloud_core.errors import FunctionNotFoundError, OperationError, OperationUnsupported
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.progress import silent
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Observation, Plan, ReadScope, Resource, diff
from taskflows_cloud_core.results import DeployedFunction, FunctionDescription, FunctionVersion

OPERATIONS = ("describe_function", "list_functions", "rollback_function", "set_schedules_enabled")


@attrs.frozen(kw_only=True, eq=False)
class OperationDefaults:
    """Core's implementations of daily life, by ``function_names``, ``observe`` and ``desired_resources``.

    Args:
        info: The provider.
        has: Whether the provider implements a hook.
        call: Calls a hook, with the extensions around it.
    """

    info: ProviderInfo
    has: Callable[[str], bool] = attrs.field(repr=False)
    call: Callable[..., Any] = attrs.field(repr=False)

    def only(self, operations: Iterable[str]) -> object:
        """A plugin of some operations alone."""
        return type("CoreOperations", (), {name: staticmethod(getattr(self, name)) for name in operations})()

    @hookimpl(trylast=True)
    def list_functions(self, session: Any) -> Sequence[DeployedFunction]:
        """Observe each function that the provider names."""
        self._require("list_functions", "function_names", "observe", "desired_resources")
        listed = []
        for name in sorted(self.call("function_names", session=session)):
            observation = self._observe(session, name)
            # It may have been deleted since its name was read.
            if observation.exists:
                listed.append(self._deployed(name, observation, self._kept(session, name, observation)))
        return listed

    @hookimpl(trylast=True)
    def describe_function(self, session: Any, name: str) -> FunctionDescription:
        """Read the record back."""
        self._require("describe_function", "observe", "desired_resources")
        observation = self._existing(session, name)
        kept, record = self._kept(session, name, observation), self._record(observation).properties
        settings = {field: value for field, value in record.items() if field in setting_names()}
        return FunctionDescription(
            function=self._deployed(name, observation, kept),
            config=CloudFunctionConfig(function_name=name, **settings),
            environment_names=sorted(record["environment"]),
            metadata={**kept.metadata, "entry": record["entry"], "paused": record["paused"]},
        )

    @hookimpl(trylast=True)
    def set_schedules_enabled(self, session: Any, name: str, enabled: bool) -> int:  # noqa: FBT001 - passed by name
        """Update every resource that has the property ``paused``."""
        self._require("set_schedules_enabled", "observe", "desired_resources", capability="pause")
        observation = self._existing(session, name)
        pausable = [resource for resource in observation.resources if "paused" in resource.properties]
        self._update(session, name, pausable, {"paused": not enabled})
        return len(self._kept(session, name, observation).metadata["schedules"])

    @hookimpl(trylast=True)
    def rollback_function(self, session: Any, name: str, version: str | None) -> FunctionVersion:
        """Put what the package of the version says into the record."""
        from taskflows_cloud_core import kit

        self._require("rollback_function", "observe", "list_versions", capability="rollback")
        observation = self._existing(session, name)
        versions = self.call("list_versions", session=session, name=name)
        chosen = kit.version_to_restore(name, versions, version)
        record = self._record(observation)
        packages = [
            resource
            for resource in observation.resources
            if resource.key != record.key and resource.properties.get("sha256") == chosen.package_sha256
        ]
        if not packages:
            raise OperationError(f"the package of version {chosen.version!r} of {name!r} is gone; deploy its code")
        self._update(session, name, [record], packages[0].properties)
        return attrs.evolve(chosen, is_live=True)

    def _update(self, session: Any, name: str, resources: Sequence[Resource], changes: Mapping[str, Any]) -> None:
        from taskflows_cloud_core import kit

        wanted = [attrs.evolve(one, properties={**one.properties, **changes}) for one in resources]
        plan = Plan(function_name=name, provider=self.info.name, actions=diff(wanted, resources).actions)
        execution = kit.carry_out(plan, self.call("resource_handlers", session=session), progress=silent)
        for outcome in execution.report.outcomes:
            if outcome.error is not None:
                raise outcome.error

    def _require(self, operation: str, *hooks: str, capability: str | None = None) -> None:
        missing = [hook for hook in hooks if not self.has(hook)]
        if capability is not None and capability not in self.info.capabilities:
            reason = f"it does not declare {capability!r}"
        elif missing:
            reason = f"it has no {', '.join(missing)}"
        else:
            return
        raise OperationUnsupported(
            f"the provider {self.info.name!r} does not support {operation!r}: {reason}", provider=self.info.name
        )

    def _existing(self, session: Any, name: str) -> Observation:
        observation = self._observe(session, name)
        if not observation.exists:
            there = self.call("function_names", session=session) if self.has("function_names") else ()
            names = f"; there are: {', '.join(sorted(there)) or 'none'}" if self.has("function_names") else ""
            raise FunctionNotFoundError(f"there is no function {name!r} on {self.info.name}{names}")
        return observation

    def _observe(self, session: Any, name: str) -> Observation:
        observation: Observation = self.call("observe", session=session, name=name, scope=ReadScope())
        return observation

    def _kept(self, session: Any, name: str, observation: Observation) -> DesiredState:
        """What a deployment would say that keeps everything: the provider's identifier and its metadata."""
        request = DeploymentRequest(name=name)
        state: DesiredState = self.call("desired_resources", session=session, request=request, observation=observation)
        return state

    def _record(self, observation: Observation) -> Resource:
        from taskflows_cloud_core import kit

        record = observation.only(kit.FUNCTION)
        if record is None:
            raise OperationUnsupported(
                f"the provider {self.info.name!r} keeps no record of its functions for core to read",
                provider=self.info.name,
            )
        return record

    def _deployed(self, name: str, observation: Observation, kept: DesiredState) -> DeployedFunction:
        record = self._record(observation).properties
        return DeployedFunction(
            name=name,
            resource_id=kept.resource_id,
            provider=self.info.name,
            schedules=sorted(kept.metadata["schedules"].values()),
            tags=record["tags"],
            updated_at=observation.updated_at,
            runtime=record["runtime"],
            memory_mb=record.get("memory_mb"),
        )
