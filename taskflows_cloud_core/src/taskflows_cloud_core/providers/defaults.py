"""What core does where a provider has no implementation of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress, ProgressEvent, silent
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import DeploymentRequest, Handler, Observation, Plan, ReadScope
from taskflows_cloud_core.results import CloudDeploymentResult, DeletionResult, FunctionVersion
from taskflows_cloud_core.schedules import Trigger

if TYPE_CHECKING:
    from taskflows_cloud_core.kit import Execution, HeldClaim


@attrs.frozen(kw_only=True, eq=False)
class CoreDefaults:
    """Core's implementations of hooks: they serve when the provider has none of its own.

    Args:
        info: The provider.
        has: Whether the provider implements a hook.
        call: Calls a hook, with the extensions around it.
    """

    info: ProviderInfo
    has: Callable[[str], bool] = attrs.field(repr=False)
    call: Callable[..., Any] = attrs.field(repr=False)

    @hookimpl(trylast=True)
    def package_function(
        self,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None,
        progress: Progress,
    ) -> Package:
        """Package for the machine that this runs on."""
        from taskflows_cloud_core.packaging import build_package, running_target

        return build_package(
            function,
            target=running_target(config.python_version),
            dependencies=dependencies,
            include_files=config.include_files,
            build_from_source=config.build_from_source,
            progress=progress,
        )

    @hookimpl(trylast=True)
    def plan_deployment(
        self,
        session: Any,
        name: str,
        config: CloudFunctionConfig | None,
        package: Package | None,
        triggers: Sequence[Trigger] | None,
    ) -> Plan:
        """Observe, ask what is wanted, and compare."""
        return self._plan(session, DeploymentRequest(name=name, config=config, package=package, triggers=triggers))

    def _plan(self, session: Any, request: DeploymentRequest) -> Plan:
        from taskflows_cloud_core import kit

        observation = self._observe(session, request.name, ReadScope(request=request))
        kit.require_existing(self.info, request, observation)
        desired = self.call("desired_resources", session=session, request=request, observation=observation)
        return kit.deployment_plan(self.info, request, observation, desired)

    @hookimpl(trylast=True)
    def deploy_function(self, session: Any, plan: Plan, progress: Progress) -> CloudDeploymentResult:
        """Claim, carry out, and look again."""
        from taskflows_cloud_core import kit

        if plan.is_empty:
            return kit.deployment_result(plan, kit.Execution())
        with self._claimed(session, plan.function_name, progress) as held:
            if held is not None and plan.request is not None:
                plan = kit.brought_up_to_date(plan, self._plan(session, plan.request))
            execution = self._carry_out(session, plan, progress, held)
            afterwards = self._verify(session, plan, execution, ReadScope(request=plan.request))
        return kit.deployment_result(plan, execution, afterwards=afterwards)

    @hookimpl(trylast=True)
    def plan_removal(self, session: Any, name: str, keep_logs: bool) -> Plan:  # noqa: FBT001 - passed by name
        """Observe, and delete all that is there."""
        from taskflows_cloud_core import kit

        observation = self._observe(session, name, ReadScope(removing=True))
        handlers = self._handlers(session)
        return kit.removal_plan(self.info, name, observation, handlers, keep_logs=keep_logs)

    @hookimpl(trylast=True)
    def delete_function(self, session: Any, plan: Plan, progress: Progress) -> DeletionResult:
        """Claim, carry out, and look again."""
        from taskflows_cloud_core import kit

        if plan.is_empty:
            if plan.is_of_function:
                self._clear_claim_on_nothing(session, plan.function_name, progress)
            return kit.deletion_result(plan, kit.Execution())
        if not plan.is_of_function:
            return kit.deletion_result(plan, self._carry_out(session, plan, progress, None))
        with self._claimed(session, plan.function_name, progress) as held:
            if held is not None:
                fresh = self.call("plan_removal", session=session, name=plan.function_name, keep_logs=plan.keep_logs)
                plan = kit.brought_up_to_date(plan, fresh)
            execution = self._carry_out(session, plan, progress, held)
            afterwards = self._verify(session, plan, execution, ReadScope(removing=True))
        return kit.deletion_result(plan, execution, afterwards=afterwards)

    @hookimpl(wrapper=True)
    def set_schedules_enabled(self, session: Any, name: str) -> Generator[None, int, int]:
        """Claim the function while its schedules are paused or resumed."""
        with self._claimed(session, name, silent):
            return (yield)

    @hookimpl(wrapper=True)
    def rollback_function(self, session: Any, name: str) -> Generator[None, FunctionVersion, FunctionVersion]:
        """Claim the function while an older version is made live."""
        with self._claimed(session, name, silent):
            return (yield)

    def _clear_claim_on_nothing(self, session: Any, name: str, progress: Progress) -> None:
        """Remove the claim of a deployer who died before the function was there or after it was gone."""
        if self.has("claim_store") and self.call("claim_store", session=session).read(name) is not None:
            with self._claimed(session, name, progress):
                pass  # It is taken over, and removed at the end of the block.

    @contextmanager
    def _claimed(self, session: Any, name: str, progress: Progress) -> Iterator[HeldClaim | None]:
        from taskflows_cloud_core import kit

        if not self.has("claim_store"):
            yield None
            return

        def report(text: str) -> None:
            progress(ProgressEvent(function_name=name, stage="apply", status="started", message=text))

        with kit.claimed(self.call("claim_store", session=session), name, report=report) as held:
            yield held

    def _observe(self, session: Any, name: str, scope: ReadScope) -> Observation:
        observation: Observation = self.call("observe", session=session, name=name, scope=scope)
        return observation

    def _handlers(self, session: Any) -> Mapping[str, Handler]:
        handlers: Mapping[str, Handler] = self.call("resource_handlers", session=session)
        return handlers

    def _carry_out(self, session: Any, plan: Plan, progress: Progress, held: HeldClaim | None) -> Execution:
        from taskflows_cloud_core import kit

        before_each = kit.no_claim if held is None else held.renew_when_due
        return kit.carry_out(plan, self._handlers(session), progress=progress, before_each=before_each)

    def _verify(self, session: Any, plan: Plan, execution: Execution, scope: ReadScope) -> OperationError | None:
        from taskflows_cloud_core import kit

        if not execution.report.success or not self.has("observe"):
            return None

        def observe(kinds: frozenset[str]) -> Observation:
            return self._observe(session, plan.function_name, attrs.evolve(scope, kinds=kinds))

        try:
            return kit.verify(plan, observe)
        except OperationError as error:
            return OperationError(f"everything was done, but whether it holds cannot be read: {error}")
