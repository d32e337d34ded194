"""Whole deployments and deletions. Core implements these for providers that have the hooks of `ResourcesSpec`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import CloudDeploymentResult, DeletionResult
from taskflows_cloud_core.schedules import (
    Trigger,
)


class DeployingSpec:
    """The hooks of a deployment, in the order in which they are called."""

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
                        error_code=report.error_code,
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
                        error_code=report.error_code,
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
            The plan, with ``is_of_function=False`` and a title in place of the function's name. ``delete_function``
            carries it out; the handlers look again before they delete.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Plan, diff

                @hookimpl
                def plan_unused(session):
                    unused = [r for r in session.read_shared() if not session.users_of(r.name)]
                    return Plan(
                        function_name="shared roles",
                        is_of_function=False,
                        provider="example",
                        actions=diff([], unused).actions,
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError
