"""The contract of a provider plugin, one hook a step of a function's life.

A provider is a module (or an object) whose functions carry `hookimpl` and bear the names below; it is found
through the entry-point group ``taskflows_cloud.providers``. Every hook is ``firstresult``: it returns its one
answer, never ``None`` for one and never a generator, which would run outside the wrappers of extensions. An
implementation may take fewer arguments than its hook has; so a hook can grow an argument without breaking
anyone.

``session`` is whatever ``connect`` returned; nobody but the provider looks into it. A hook that a provider
leaves out makes the operation raise `OperationUnsupported`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pluggy

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import Problem
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import (
    CloudDeploymentResult,
    CostEstimate,
    DeletionResult,
    DeployedFunction,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogPage,
    LogQuery,
)
from taskflows_cloud_core.schedules import Schedule, Translation, Trigger

HOOK_API_VERSION = 1
"""Raised when a hook changes in a way that an existing plugin would not survive."""

PROJECT_NAME = "taskflows_cloud"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


class ProviderSpec:
    """The hooks of a provider, in the order of a function's life."""

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
    ) -> Package:
        """Make the archive. Called after the checks, before any schedule is translated.

        Core's own implementation packages for the machine that it runs on; it serves when the provider
        has none. Most providers only name another target.

        Args:
            session: What ``connect`` returned.
            function: The user's callable.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.

        Returns:
            The archive on disk and what is in it.

        Raises:
            PackagingError: The callable, a dependency or a file cannot be packaged.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.packaging import PackageTarget, build_package

                @hookimpl
                def package_function(function, config, dependencies):
                    target = PackageTarget(
                        python_version=config.python_version,
                        platform="x86_64-manylinux_2_28",
                    )
                    return build_package(
                        function,
                        target=target,
                        dependencies=dependencies,
                        include_files=config.include_files,
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
                    desired = [
                        Resource(
                            kind="function",
                            name=name,
                            properties={"sha256": package.sha256, "memory_mb": config.memory_mb},
                        )
                    ]
                    desired += [
                        Resource(
                            kind="timer",
                            name=f"{name}-{trigger.name}",
                            properties={"expression": trigger.expression.expression},
                            depends_on=[("function", name)],
                        )
                        for trigger in triggers
                    ]
                    difference = diff(desired, session.read(name))
                    return Plan(
                        function_name=name,
                        provider="example",
                        actions=difference.actions,
                        unchanged=difference.unchanged,
                        package=package,
                        resource_id=f"example/{name}",
                    )

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
        """Carry out a plan of ``plan_removal``. Called after it, also when the plan is empty.

        Args:
            session: What ``connect`` returned.
            plan: What ``plan_removal`` returned, perhaps changed by an extension.
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
    def list_functions(self, session: Any) -> Sequence[DeployedFunction]:
        """List what taskflows-cloud deployed there. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.

        Returns:
            The functions, sorted by name.

        Raises:
            OperationError: The list cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import DeployedFunction, hookimpl

                @hookimpl
                def list_functions(session):
                    return [
                        DeployedFunction(
                            name=name, resource_id=f"example/{name}", provider="example"
                        )
                        for name in sorted(session.names())
                    ]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def describe_function(self, session: Any, name: str) -> FunctionDescription:
        """Tell all about one function. Called when a user asks, and before code or configuration alone is updated.

        Args:
            session: What ``connect`` returned.
            name: The function's name.

        Returns:
            The description; its ``config`` has at least runtime and architecture as they are deployed.

        Raises:
            FunctionNotFoundError: There is no such function.
            NotManagedError: It exists, but taskflows-cloud did not make it.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import (
                    CloudFunctionConfig,
                    DeployedFunction,
                    FunctionDescription,
                    FunctionNotFoundError,
                    hookimpl,
                )

                @hookimpl
                def describe_function(session, name):
                    if name not in session.names():
                        raise FunctionNotFoundError(f"no function {name!r} at Example Cloud")
                    return FunctionDescription(
                        function=DeployedFunction(
                            name=name, resource_id=f"example/{name}", provider="example"
                        ),
                        config=CloudFunctionConfig(function_name=name, runtime="python3.12"),
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def invoke_function(
        self,
        session: Any,
        name: str,
        payload: Any,
        wait: bool,  # noqa: FBT001 - passed by name
    ) -> InvocationResult:
        """Run a function now. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            payload: A JSON value, or ``None``.
            wait: Whether to wait for its end; when not, the result only says that it was started.

        Returns:
            What it gave; an exception of the user's code is in the result.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: It could not be run at all.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import InvocationResult, hookimpl

                @hookimpl
                def invoke_function(session, name, payload):
                    answer = session.call(name, payload)
                    return InvocationResult(ok=True, value=answer)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_logs(self, session: Any, name: str, query: LogQuery, token: str | None) -> LogPage:
        """Read one page of a function's log, newest first. Called again with each token until enough is there.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            query: Which events are wanted; ``query.limit`` bounds the page too.
            token: ``None`` for the newest page, else what the page before gave.

        Returns:
            Events, newest first, and a token when there may be older ones. A function that never ran has
            an empty page.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: The log cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import LogEvent, LogPage, hookimpl

                @hookimpl
                def get_logs(session, name, query, token):
                    lines, older = session.log(name, query.limit, before=token)
                    events = [LogEvent(timestamp=when, message=line) for when, line in lines]
                    return LogPage(events=events, token=older)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def set_schedules_enabled(self, session: Any, name: str, enabled: bool) -> int:  # noqa: FBT001 - passed by name
        """Pause or resume all schedules of a function. Called when a user asks; a redeploy must not undo it.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            enabled: ``False`` pauses, ``True`` resumes.

        Returns:
            How many schedules are now in the wanted state.

        Raises:
            FunctionNotFoundError: There is no such function.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                @hookimpl
                def set_schedules_enabled(session, name, enabled):
                    return session.set_timers(name, enabled)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def list_versions(self, session: Any, name: str) -> Sequence[FunctionVersion]:
        """List the versions of a function that can be returned to. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            name: The function's name.

        Returns:
            The versions, newest first; one of them is live.

        Raises:
            FunctionNotFoundError: There is no such function.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import FunctionVersion, hookimpl

                @hookimpl
                def list_versions(session, name):
                    return [
                        FunctionVersion(
                            version=row.id,
                            created_at=row.created_at,
                            package_sha256=row.sha256,
                            is_live=row.live,
                        )
                        for row in session.versions(name)
                    ]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def rollback_function(self, session: Any, name: str, version: str | None) -> FunctionVersion:
        """Make an older version live. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            version: One of ``list_versions``; ``None`` is the one before the live one.

        Returns:
            The version that is live now.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: There is no such version.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import FunctionVersion, hookimpl

                @hookimpl
                def rollback_function(session, name, version):
                    row = session.activate(name, version)
                    return FunctionVersion(
                        version=row.id,
                        created_at=row.created_at,
                        package_sha256=row.sha256,
                        is_live=True,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def get_metrics(self, session: Any, name: str, start_time: datetime, end_time: datetime) -> FunctionMetrics:
        """Count the runs of a function in a span of time. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            start_time: The beginning of the span, aware.
            end_time: The end of the span, aware.

        Returns:
            The figures; zeros for a function that never ran.

        Raises:
            FunctionNotFoundError: There is no such function.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import FunctionMetrics, hookimpl

                @hookimpl
                def get_metrics(session, name, start_time, end_time):
                    runs = session.runs(name, start_time, end_time)
                    lengths = [run.duration_ms for run in runs]
                    return FunctionMetrics(
                        invocations=len(runs),
                        errors=sum(run.failed for run in runs),
                        average_duration_ms=sum(lengths) / len(lengths) if lengths else None,
                        start_time=start_time,
                        end_time=end_time,
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
