"""The hooks of the provider ``"memory"``, found through core's entry point like anyone's."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import OperationUnsupported, Problem
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.packaging import Package, build_package, running_target
from taskflows_cloud_core.provider_info import CAPABILITIES, ProviderInfo
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Handler, Observation, Plan, ReadScope
from taskflows_cloud_core.results import (
    CloudDeploymentResult,
    CostEstimate,
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogPage,
    LogQuery,
)
from taskflows_cloud_core.schedules import Schedule, Translation
from taskflows_cloud_core.testing.memory import checks, operating, resources, schedules
from taskflows_cloud_core.testing.memory.place import MemoryDeployment, Place, open_place


def _is_name(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise TypeError(f"MemoryOptions.{attribute.name} must be a str, not {type(value).__name__}")


@attrs.frozen(kw_only=True)
class MemoryOptions:
    """Where functions live.

    Args:
        place: Environments with the same place see the same functions, as long as the process lives.
    """

    place: str = attrs.field(default="default", validator=_is_name)


@attrs.frozen(eq=False)
class MemoryProvider:
    """A whole provider, as an object whose methods are the hooks.

    Args:
        name: What it is called; a subclass that is offered beside it needs a name of its own.
    """

    name: str = "memory"

    @hookimpl
    def provider_info(self) -> ProviderInfo:
        """Everything that core knows how to ask for."""
        return ProviderInfo(
            name=self.name,
            title="Memory of this process, for tests",
            options_class=MemoryOptions,
            hook_api_version=1,
            capabilities=CAPABILITIES,
            limits={"function_name_characters": checks.NAME_CHARACTERS},
            defaults={"memory_mb": 256, "timeout_seconds": 60, "ephemeral_storage_mb": 512},
            export_formats=("json",),
        )

    @hookimpl
    def connect(self, options: MemoryOptions) -> Place:
        """The place, made when it is first asked for."""
        return open_place(options.place)

    @hookimpl
    def check_function(self, config: CloudFunctionConfig) -> Sequence[Problem]:
        """Its name is all that can be wrong here."""
        return checks.find_problems(config)

    @hookimpl
    def package_function(self, session: Place, function: Callable[..., Any], config: CloudFunctionConfig) -> Package:
        """Package the user's own code; what it depends on is installed here and is not fetched."""
        target = running_target(config.python_version)
        package = build_package(
            function, target=target, dependencies=[], include_files=config.include_files, trial=False
        )
        session.remember(package, function)
        return package

    @hookimpl
    def translate_schedule(self, schedule: Schedule) -> Translation:
        """The schedule's own canonical words."""
        return schedules.translate(schedule)

    @hookimpl
    def observe(self, session: Place, name: str, scope: ReadScope) -> Observation:
        """The function, its schedules and its log."""
        return resources.observe(session, name, scope)

    @hookimpl
    def desired_resources(self, session: Place, request: DeploymentRequest, observation: Observation) -> DesiredState:
        """One function, and a schedule for each expression."""
        return resources.desired(session, request, observation)

    @hookimpl
    def resource_handlers(self, session: Place) -> Mapping[str, Handler]:
        """How each of them is changed."""
        return resources.handlers(session)

    @hookimpl
    def claim_store(self, session: Place) -> resources.PlaceClaims:
        """The claims of the place."""
        return resources.PlaceClaims(session)

    @hookimpl(wrapper=True)
    def deploy_function(
        self, session: Place, plan: Plan
    ) -> Generator[None, CloudDeploymentResult, CloudDeploymentResult]:
        """Note that a deployment was asked for."""
        result = yield
        done = MemoryDeployment(function_name=plan.function_name, at=session.now, plan=plan, success=result.success)
        session.deployments.append(done)
        return result

    @hookimpl
    def plan_unused(self) -> Plan:
        """Nothing is shared here."""
        return Plan(function_name="shared resources", provider=self.name, is_of_function=False)

    @hookimpl
    def list_functions(self, session: Place) -> Sequence[DeployedFunction]:
        """All functions of the place."""
        return [operating.listed(session, self.name, name) for name in sorted(session.functions)]

    @hookimpl
    def describe_function(self, session: Place, name: str) -> FunctionDescription:
        """One function."""
        return operating.describe(session, self.name, name)

    @hookimpl
    def invoke_function(
        self,
        session: Place,
        name: str,
        payload: Any,
        wait: bool,  # noqa: FBT001 - passed by name
    ) -> InvocationResult:
        """Really run it, in this process."""
        return operating.invoke(session, name, payload, wait=wait)

    @hookimpl
    def get_logs(self, session: Place, name: str, query: LogQuery, token: str | None) -> LogPage:
        """A page of what its runs printed."""
        return operating.read_logs(session, name, query, token)

    @hookimpl
    def set_schedules_enabled(self, session: Place, name: str, enabled: bool) -> int:  # noqa: FBT001 - passed by name
        """Pause or resume."""
        return operating.set_enabled(session, name, enabled=enabled)

    @hookimpl
    def list_versions(self, session: Place, name: str) -> Sequence[FunctionVersion]:
        """Every version that was ever live, newest first."""
        return session.get(name).versions[::-1]

    @hookimpl
    def rollback_function(self, session: Place, name: str, version: str | None) -> FunctionVersion:
        """Make an older version live."""
        return session.roll_back(name, version)

    @hookimpl
    def get_metrics(self, session: Place, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
        """Count runs."""
        return operating.measure(session, name, start_time, end_time)

    @hookimpl
    def estimate_cost(self, runs_per_month: float) -> CostEstimate:
        """Nothing."""
        assumed = f"{runs_per_month:g} runs in the memory of this process cost nothing"
        return CostEstimate(currency="USD", monthly=0.0, parts={"runs": 0.0}, assumptions=[assumed])

    @hookimpl
    def export_plan(self, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the hook's word
        """The resources of a plan by kind and name."""
        if format != "json":
            raise OperationUnsupported(f"the provider {self.name!r} exports 'json', not {format!r}")
        named = [{"kind": action.resource.kind, "name": action.resource.name} for action in plan.actions]
        return {f"{plan.function_name}.json": json.dumps(named, indent=2)}

    @hookimpl
    def diagnose(self, session: Place) -> Sequence[Finding]:
        """It is always there."""
        message = f"the place {session.name!r} holds {len(session.functions)} functions"
        return [Finding(subject="place", status="ok", message=message)]

    @hookimpl
    def required_permissions(self) -> Mapping[str, str]:
        """None."""
        return {"permissions.txt": "none\n"}


provider = MemoryProvider()
