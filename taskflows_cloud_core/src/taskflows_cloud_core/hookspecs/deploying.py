"""The hooks from code to a running function, and away again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem
from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import CloudDeploymentResult, CostEstimate, DeletionResult
from taskflows_cloud_core.schedules import (
    CalendarSpec,
    Periodic,
    Schedule,
    ScheduleExpression,
    Translation,
    Trigger,
)


class DeployingSpec:
    """The hooks of a deployment, in the order in which they are called."""

    @hookspec(firstresult=True)
    def provider_info(self) -> ProviderInfo:
        """Say who the provider is. Called first, before any other hook and before ``connect``.

        It must be cheap and must import no SDK.

        Returns:
            Name, title, options class, capabilities and the hook API version that it was written for.

        Example:
            .. code-block:: python

                import attrs
                from taskflows_cloud_core import ProviderInfo, hookimpl

                @attrs.frozen(kw_only=True)
                class Options:
                    endpoint: str = "https://api.example.com"

                @hookimpl
                def provider_info():
                    return ProviderInfo(
                        name="example",
                        title="Example Cloud",
                        options_class=Options,
                        hook_api_version=1,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def connect(self, options: Any) -> Any:
        """Open a session. Called once for an environment, before the first hook that takes ``session``.

        It should not talk to the network; the first call that needs to will.

        Args:
            options: An instance of the provider's options class.

        Returns:
            The session, opaque to everyone else.

        Raises:
            CredentialsError: There is no way to log in.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                @hookimpl
                def connect(options):
                    from example_sdk import Client  # imported only when it is needed

                    return Client(options.endpoint)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def check_function(
        self, session: Any, function: Callable[..., Any] | None, config: CloudFunctionConfig
    ) -> Sequence[Problem]:
        """Check a function against the provider's limits. Called before anything else happens anywhere.

        Core has already checked what is the same everywhere. It must not change anything.

        Args:
            session: What ``connect`` returned.
            function: The user's callable; ``None`` when only a configuration is to be updated.
            config: Its configuration.

        Returns:
            All problems, an empty list when there is none.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Problem, hookimpl

                @hookimpl
                def check_function(config):
                    if config.memory_mb <= 4096:
                        return []
                    message = f"is {config.memory_mb}; Example Cloud has at most 4096"
                    return [Problem(field="memory_mb", message=message)]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def package_function(
        self,
        session: Any,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None,
        progress: Progress,
    ) -> Package:
        """Make the archive. Called after the checks and the translation of all schedules.

        Core's own implementation packages for the machine that it runs on; it serves when the provider
        has none. Most providers only name another target.

        Args:
            session: What ``connect`` returned.
            function: The user's callable.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Is told of what takes long: pass it to ``build_package``.

        Returns:
            The archive on disk and what is in it.

        Raises:
            PackagingError: The callable, a dependency or a file cannot be packaged.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.packaging import PackageTarget, build_package

                @hookimpl
                def package_function(function, config, dependencies, progress):
                    target = PackageTarget(
                        python_version=config.python_version,
                        platform="x86_64-manylinux_2_28",
                    )
                    return build_package(
                        function,
                        target=target,
                        dependencies=dependencies,
                        include_files=config.include_files,
                        build_from_source=config.build_from_source,
                        progress=progress,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def translate_schedule(self, session: Any, schedule: Schedule, config: CloudFunctionConfig | None) -> Translation:
        """Say a schedule in the provider's language. Called once for each schedule, before planning.

        It is pure: no network, and the same answer for the same schedule.

        Args:
            session: What ``connect`` returned.
            schedule: A `Calendar` or a `Periodic`.
            config: The configuration that it belongs to; ``None`` when a user asks for the translation
                alone. ``config.allow_approximate`` allows the nearest thing.

        Returns:
            The expressions, or ``Translation.refused(schedule, reason)``.

        Raises:
            ScheduleError: The text of the schedule cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Periodic, ScheduleExpression, Translation, hookimpl

                @hookimpl
                def translate_schedule(schedule):
                    if not isinstance(schedule, Periodic):
                        return Translation.refused(schedule, "Example Cloud runs fixed periods only")
                    line = ScheduleExpression(expression=f"every {schedule.period}s", service="timer")
                    return Translation(schedule=schedule, expressions=[line])

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def read_expression(self, session: Any, expression: ScheduleExpression) -> CalendarSpec | Periodic:
        """Say when an expression of the provider fires. Called for previews, once for each expression.

        It is the way back from ``translate_schedule`` and a check of it: it must go by the expression's text alone.

        Args:
            session: What ``connect`` returned.
            expression: One that ``translate_schedule`` made.

        Returns:
            A calendar or a period that fires when the expression does.

        Raises:
            ScheduleError: The expression cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Periodic, ScheduleError, hookimpl

                @hookimpl
                def read_expression(expression):
                    word, _, seconds = expression.expression.partition(" ")
                    if word != "every" or not seconds.removesuffix("s").isdigit():
                        raise ScheduleError("expected 'every 60s'", text=expression.expression)
                    return Periodic(period=int(seconds.removesuffix("s")))

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def plan_deployment(
        self,
        session: Any,
        name: str,
        config: CloudFunctionConfig | None,
        package: Package | None,
        triggers: Sequence[Trigger] | None,
    ) -> Plan:
        """Compare what is wanted with what is there. Called before every deployment and every dry run.

        It reads and never changes anything.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            config: The wanted configuration; ``None`` leaves it as it is.
            package: The wanted code; ``None`` leaves it as it is.
            triggers: The wanted schedules; ``None`` leaves them as they are.

        Returns:
            The plan; an empty one when everything is as wanted.

        Raises:
            FunctionNotFoundError: ``config`` or ``package`` is ``None`` and there is no such function.
            NotManagedError: A resource of that name exists that taskflows-cloud did not make.
            OperationError: What is there cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Plan, Resource, diff

                @hookimpl
                def plan_deployment(session, name, config, package, triggers):
                    found = session.read(name)
                    wanted = next((dict(r.properties) for r in found if r.kind == "function"), {})
                    if config is not None:
                        wanted |= {"memory_mb": config.memory_mb, "runtime": config.runtime}
                    if package is not None:
                        wanted["sha256"] = package.sha256
                    timers = [r for r in found if r.kind == "timer"]
                    if triggers is not None:
                        timers = [
                            Resource(kind="timer", name=trigger.name, depends_on=[("function", name)])
                            for trigger in triggers
                        ]
                    desired = [Resource(kind="function", name=name, properties=wanted), *timers]
                    actions = diff(desired, found).actions
                    return Plan(function_name=name, provider="example", actions=actions, package=package)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def deploy_function(self, session: Any, plan: Plan, progress: Progress) -> CloudDeploymentResult:
        """Carry out a plan. Called after ``plan_deployment``, also when the plan is empty.

        It must survive being killed at any moment and run again.

        Args:
            session: What ``connect`` returned.
            plan: What ``plan_deployment`` returned, perhaps changed by an extension.
            progress: Is told of each action as it begins and ends.

        Returns:
            The result; a failure is in it, with ``resource_id`` set when something was created.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import CloudDeploymentResult, hookimpl
                from taskflows_cloud_core.reconcile import apply

                @hookimpl
                def deploy_function(session, plan, progress):
                    report = apply(plan, session.execute, progress=progress)
                    return CloudDeploymentResult(
                        success=report.success,
                        function_name=plan.function_name,
                        provider=plan.provider,
                        resource_id=plan.resource_id,
                        error=report.error,
                        warnings=plan.warnings,
                        plan=plan,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def plan_removal(self, session: Any, name: str, keep_logs: bool) -> Plan:  # noqa: FBT001 - passed by name
        """Find all that was made for a function. Called before every deletion.

        It reads and never changes anything.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            keep_logs: Whether its logs stay; what stays is named in ``Plan.keeps``.

        Returns:
            The plan; an empty one when there is nothing.

        Raises:
            NotManagedError: A function of that name exists that taskflows-cloud did not make.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Plan, diff

                @hookimpl
                def plan_removal(session, name, keep_logs):
                    observed = [r for r in session.read(name) if not (keep_logs and r.kind == "log")]
                    return Plan(
                        function_name=name,
                        provider="example",
                        actions=diff([], observed).actions,
                        keeps=["log"] if keep_logs else [],
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def delete_function(self, session: Any, plan: Plan, progress: Progress) -> DeletionResult:
        """Carry out a plan of ``plan_removal`` or of ``plan_unused``. Called after it, also when the plan is empty.

        Args:
            session: What ``connect`` returned.
            plan: What the other hook returned, perhaps changed by an extension.
            progress: Is told of each action as it begins and ends.

        Returns:
            The result; a failure is in it.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import DeletionResult, hookimpl
                from taskflows_cloud_core.reconcile import apply

                @hookimpl
                def delete_function(session, plan, progress):
                    report = apply(plan, session.execute, progress=progress)
                    return DeletionResult(
                        success=report.success,
                        function_name=plan.function_name,
                        provider=plan.provider,
                        deleted=[str(action.key) for action in report.done],
                        left=plan.keeps,
                        error=report.error,
                        plan=plan,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def plan_unused(self, session: Any) -> Plan:
        """Find what was made for several functions and is used by none. Called when a user prunes.

        Only for a provider whose functions share something, for instance a role; it declares ``"shared"``. It reads
        and never changes anything, and leaves out what a deployment that is under way may be about to use.

        Args:
            session: What ``connect`` returned.

        Returns:
            The plan, whose ``function_name`` is a title for it all that can be no function's name; ``delete_function``
            carries it out, and looks again before it deletes.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Plan, diff

                @hookimpl
                def plan_unused(session):
                    unused = [r for r in session.read_shared() if not session.users_of(r.name)]
                    return Plan(
                        function_name="shared roles",
                        provider="example",
                        actions=diff([], unused).actions,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def estimate_cost(self, session: Any, plan: Plan, runs_per_month: float) -> CostEstimate:
        """Estimate what the resources of a plan cost. Called when a user asks, after ``plan_deployment``.

        Args:
            session: What ``connect`` returned.
            plan: The plan of the deployment.
            runs_per_month: How often the schedules fire in thirty days.

        Returns:
            The estimate with its assumptions.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import CostEstimate, hookimpl

                @hookimpl
                def estimate_cost(plan, runs_per_month):
                    runs = runs_per_month * 0.000002
                    return CostEstimate(
                        currency="USD",
                        monthly=runs,
                        parts={"runs": runs},
                        assumptions=["0.000002 USD a run, price list of 2026-01-01"],
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def export_plan(self, session: Any, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the word users know
        """Print the desired resources of a plan in another tool's language. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            plan: The plan of the deployment.
            format: For instance ``"cloudformation"`` or ``"terraform"``.

        Returns:
            File name to content. No environment value is in it.

        Raises:
            OperationUnsupported: The format is not one of the provider's.

        Example:
            .. code-block:: python

                import json
                from taskflows_cloud_core import OperationUnsupported, hookimpl

                @hookimpl
                def export_plan(plan, format):
                    if format != "json":
                        raise OperationUnsupported("Example Cloud exports 'json' only")
                    return {"plan.json": json.dumps([str(a.key) for a in plan.actions])}

        .. versionadded:: 0.1
        """
        raise NotImplementedError
