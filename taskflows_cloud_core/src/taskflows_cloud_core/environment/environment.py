"""``CloudEnvironment``, the public API: each method delegates to a function of this package."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from taskflows_cloud_core import results
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment import deletion, deployment, log_reading, operations, previews, updates
from taskflows_cloud_core.environment.arguments import Deployment, as_span, as_timestamp, full_request, full_requests
from taskflows_cloud_core.environment.batches import deploy_batch
from taskflows_cloud_core.environment.connection import Connection, connect, shown_options
from taskflows_cloud_core.environment.pipeline import make_plan
from taskflows_cloud_core.progress import Progress, silent
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.schedules import Preview, Schedule, Translation


class CloudEnvironment:
    """Functions in one place of one provider.

    Deployments and deletions report failures in their result. All other calls raise an `OperationError` for what the
    cloud refuses: a `FunctionNotFoundError` when there is no such function, a `NotManagedError` when taskflows-cloud
    did not create it; and `OperationUnsupported` for what the provider does not implement. An unexpected exception in a
    plugin is raised as a `PluginFailedError`. Invalid arguments, such as a function that is not callable, raise
    ``TypeError`` or ``ValueError`` at once.

    Args:
        provider: The name of an installed provider.
        options: The provider's own options as keywords.
    """

    def __init__(self, provider: str, **options: Any) -> None:
        self._connection = connect(provider, options)

    @property
    def provider(self) -> str:
        """The name of the provider."""
        return self._connection.name

    @property
    def shown_options(self) -> Mapping[str, Any]:
        """The options that differ from their defaults, without secrets: fields with ``repr=False``."""
        return shown_options(self._connection)

    @property
    def shares(self) -> bool:
        """Whether functions may share resources at this provider, so that `plan_unused` is supported."""
        return self._connection.shares

    def plan_function(
        self,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
    ) -> Plan:
        """Plan what `deploy_function` would do, with the same arguments, without doing it: the dry run.

        Returns:
            The plan; ``str()`` of it is a readable diff.

        Raises:
            ConfigurationError: With every problem found.
            PackagingError: The code cannot be packaged.
        """
        return make_plan(self._connection, full_request(function, config, dependencies), progress)

    def deploy_function(
        self,
        function: Callable[..., Any],
        config: CloudFunctionConfig,
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
    ) -> results.CloudDeploymentResult:
        """Deploy a function with its schedules, or bring a deployed one to the desired state.

        Running it again changes nothing when nothing differs, and continues where an interrupted run stopped.

        Args:
            function: A callable that takes no argument, ``event``, or ``event, context``.
            config: Its configuration.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Called with each step.

        Returns:
            The result, also of a failure.
        """
        return deployment.deploy(self._connection, full_request(function, config, dependencies), progress)

    def deploy_many(
        self,
        deployments: Sequence[Deployment],
        dependencies: Sequence[str] | None = None,
        *,
        progress: Progress = silent,
        max_workers: int = 8,
    ) -> list[results.CloudDeploymentResult]:
        """Deploy several functions at once. When one of them does not pass the checks, none is deployed.

        Args:
            deployments: Pairs of function and configuration, with the function's own dependencies as a third where
                it has some; names must differ.
            dependencies: Requirements for all others; ``None`` to find each one's from its code.
            progress: Called with each step; its calls never overlap.
            max_workers: How many deployments may run at once.

        Returns:
            One result a pair, in the order given.

        Raises:
            KeyboardInterrupt: The user interrupted; functions that were not started were not changed.
        """
        requests = full_requests(deployments, dependencies)
        return deploy_batch(self._connection, requests, progress, max_workers=max_workers)

    def deploy_service(
        self, service: Any, dependencies: Sequence[str] | None = None, *, progress: Progress = silent, **overrides: Any
    ) -> results.CloudDeploymentResult:
        """Deploy a ``Service`` of the taskflows package.

        Args:
            service: Its name, start command (a callable), start schedule, env, timeout, description and
                memory limit are used; other settings are listed in a warning of the result.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            progress: Called with each step.
            overrides: Fields of `CloudFunctionConfig` that take precedence over the service's.

        Returns:
            The result, also of a failure.

        Raises:
            TypeError: ``service`` does not look like a service.
        """
        return deployment.deploy_service(self._connection, service, dependencies, progress, overrides)

    def update_function_code(
        self,
        function_name: str,
        function: Callable[..., Any],
        dependencies: Sequence[str] | None = None,
        *,
        include_files: Sequence[str] | None = None,
        progress: Progress = silent,
    ) -> results.CloudDeploymentResult:
        """Replace the code of a deployed function; configuration and schedules stay as they are.

        Args:
            function_name: The function's name.
            function: The new code.
            dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
            include_files: Paths relative to the working directory, as in `CloudFunctionConfig`; those of the
                deployed code, when not given.
            progress: Called with each step.

        Returns:
            The result, also of a failure.
        """
        return updates.update_code(self._connection, function_name, function, dependencies, include_files, progress)

    def update_function_configuration(
        self, function_name: str, config: CloudFunctionConfig, *, progress: Progress = silent
    ) -> results.CloudDeploymentResult:
        """Replace the configuration of a deployed function; its code stays as it is.

        Its schedules stay too when ``config.schedules`` is empty. Runtime and architecture belong to the
        code: a difference there is reported in a warning and ignored.

        Args:
            function_name: The function's name.
            config: The new configuration, with the same name.
            progress: Called with each step.

        Returns:
            The result, also of a failure.
        """
        return updates.update_configuration(self._connection, function_name, config, progress)

    def plan_removal(self, function_name: str, *, keep_logs: bool = False) -> Plan:
        """Plan what `delete_function` would do, without doing it.

        Raises:
            OperationUnsupported: ``keep_logs``, where the provider cannot keep them.
        """
        return deletion.plan_removal(self._connection, function_name, keep_logs=keep_logs)

    def delete_function(
        self, function_name: str, *, keep_logs: bool = False, progress: Progress = silent
    ) -> results.DeletionResult:
        """Delete a function and everything that was created for it. Deleting a missing function succeeds.

        Args:
            function_name: The function's name.
            keep_logs: Whether its logs stay.
            progress: Called with each action.

        Returns:
            The result, also of a failure.

        Raises:
            OperationUnsupported: ``keep_logs``, where the provider cannot keep them.
        """
        return deletion.delete_function(self._connection, function_name, keep_logs=keep_logs, progress=progress)

    def plan_prune(
        self, keep: Iterable[str], *, tags: Mapping[str, str], everything: bool = False
    ) -> tuple[results.DeployedFunction, ...]:
        """List what `prune_functions` would delete, with the same arguments, without deleting it.

        Returns:
            The functions to delete, sorted by name.

        Raises:
            ValueError: ``tags`` is empty without ``everything``, or not empty with it.
        """
        return deletion.plan_prune(self._connection, keep, tags=tags, everything=everything)

    def prune_functions(
        self,
        keep: Iterable[str],
        *,
        tags: Mapping[str, str],
        everything: bool = False,
        keep_logs: bool = False,
        progress: Progress = silent,
        max_workers: int = 4,
    ) -> list[results.DeletionResult]:
        """Delete the functions that taskflows-cloud deployed with some tags and that are no longer named.

        Args:
            keep: The names of the functions that stay.
            tags: Only functions with all of these tags, with these values, are deleted: whatever marks the
                functions of one project and stage, for instance ``{"project": "shop", "stage": "test"}``.
            everything: Delete every function that is not in ``keep``, whatever its tags; ``tags`` is empty then.
            keep_logs: Whether the logs stay.
            progress: Called with each action; its calls never overlap.
            max_workers: How many functions may be deleted at once.

        Returns:
            One result for each function of `plan_prune`, in its order; a failure does not stop the others.
            Then, where there are shared resources that no function uses any longer, one for them: see `plan_unused`.

        Raises:
            ValueError: ``tags`` is empty without ``everything``, or not empty with it.
        """
        found = self.plan_prune(keep, tags=tags, everything=everything)
        return deletion.prune_functions(self._connection, found, progress, keep_logs=keep_logs, max_workers=max_workers)

    def plan_unused(self) -> Plan:
        """Plan the deletion of shared resources that no function uses any longer, as `prune_functions` deletes them.

        Recently created resources are not in it, since a deployment may be about to use them.

        Returns:
            A plan of deletions, with a title in place of the function's name.
        """
        return deletion.plan_unused(self._connection)

    def translate_schedule(self, schedule: Schedule | str) -> Translation:
        """Translate a schedule into the provider's language.

        Args:
            schedule: A `Calendar`, a `Periodic`, a text, or a schedule object of the taskflows package.

        Returns:
            The expressions and whether they are exact, or the reason why there are none.

        Raises:
            ScheduleError: The text cannot be read.
            TypeError: ``schedule`` does not look like a schedule.
        """
        return previews.translate_schedule(self._connection, schedule)

    def preview_schedules(
        self,
        schedules: CloudFunctionConfig | Schedule | str | Iterable[Schedule | str],
        n: int = 5,
        after: datetime | None = None,
    ) -> Preview:
        """Show what schedules become: the expressions, and the next times of both side by side.

        Args:
            schedules: A configuration, a schedule, or several. A text that cannot be read is shown as refused.
            n: How many times of each, at least 0.
            after: An aware datetime; now, when not given.

        Returns:
            The preview; ``str()`` of it is plain text, and ``print`` of rich shows it in colours.

        Raises:
            TypeError: One of ``schedules`` does not look like a schedule.
            ValueError: ``n`` is negative or ``after`` has no time zone.
        """
        return previews.preview_schedules(self._connection, schedules, n, after)

    def list_functions(self) -> list[results.DeployedFunction]:
        """List the functions that taskflows-cloud deployed here, sorted by name."""
        return operations.list_functions(self._connection)

    def describe_function(self, function_name: str) -> results.FunctionDescription:
        """Describe one function."""
        return operations.describe_function(self._connection, function_name)

    def invoke_function(
        self,
        function_name: str,
        payload: Any = None,
        invocation_type: Literal["RequestResponse", "Event"] | None = None,
        *,
        wait: bool | None = None,
    ) -> results.InvocationResult:
        """Run a function now.

        Args:
            function_name: The function's name.
            payload: The event: any JSON value.
            invocation_type: An older spelling of ``wait``: ``"RequestResponse"`` or ``"Event"``.
            wait: Whether to wait for the end; the default is yes.

        Returns:
            The result; an exception of the function is reported in it.

        Raises:
            TypeError: The payload has a type that JSON does not have.
            ValueError: The payload is no JSON value, or ``invocation_type`` contradicts ``wait``.
        """
        return operations.invoke_function(self._connection, function_name, payload, invocation_type, wait=wait)

    def get_function_logs(
        self,
        function_name: str,
        limit: int = 100,
        start_time: datetime | int | None = None,
        end_time: datetime | int | None = None,
        *,
        request_id: str | None = None,
        contains: str | None = None,
        failed_only: bool = False,
    ) -> list[results.LogEvent]:
        """Read the newest events of a function's log.

        Args:
            function_name: The function's name.
            limit: How many events, at least 1.
            start_time: Not before this time: an aware datetime or milliseconds since the epoch.
            end_time: Before this time, likewise.
            request_id: Of this invocation only.
            contains: With this text in the message, ignoring case.
            failed_only: Of failed runs only.

        Returns:
            The events in the order of time; none when it never ran.

        Raises:
            OperationUnsupported: ``failed_only``, where the provider cannot tell.
            ValueError: ``end_time`` is before ``start_time``, or another value is invalid.
        """
        begin, end = as_span(start_time, end_time)
        query = results.LogQuery(
            limit=limit,
            start_time=begin,
            end_time=end,
            request_id=request_id,
            contains=contains,
            failed_only=failed_only,
        )
        return log_reading.get_logs(self._connection, function_name, query)

    def follow_function_logs(
        self,
        function_name: str,
        start_time: datetime | int | None = None,
        *,
        request_id: str | None = None,
        contains: str | None = None,
        failed_only: bool = False,
        poll_seconds: float = 1.0,
        stop: threading.Event | None = None,
    ) -> Iterator[results.LogEvent]:
        """Yield the events of a function's log as they arrive, each once.

        Args:
            function_name: The function's name.
            start_time: Begin here: an aware datetime or milliseconds since the epoch; now, when not given.
            request_id: Of this invocation only.
            contains: With this text in the message, ignoring case.
            failed_only: Of failed runs only.
            poll_seconds: How long to wait between two reads.
            stop: Set it to end the iteration.

        Raises:
            OperationUnsupported: ``failed_only``, where the provider cannot tell.
        """
        begin = as_timestamp(start_time, "start_time")
        query = results.LogQuery(start_time=begin, request_id=request_id, contains=contains, failed_only=failed_only)
        return log_reading.follow_logs(self._connection, function_name, query, poll_seconds=poll_seconds, stop=stop)

    def get_metrics(
        self, function_name: str, start_time: datetime | None = None, end_time: datetime | None = None
    ) -> results.FunctionMetrics:
        """Measure the runs of a function; over the last day, when no times are given.

        Raises:
            ValueError: ``end_time`` is before ``start_time``.
        """
        return operations.get_metrics(self._connection, function_name, start_time, end_time)

    def list_versions(self, function_name: str) -> list[results.FunctionVersion]:
        """List the versions that a function can return to, newest first."""
        return operations.list_versions(self._connection, function_name)

    def rollback_function(self, function_name: str, version: str | None = None) -> results.FunctionVersion:
        """Make an older version live.

        Args:
            function_name: The function's name.
            version: One of `list_versions`; ``None`` is the one before the live one.

        Returns:
            The version that is live now.
        """
        return operations.rollback_function(self._connection, function_name, version)

    def pause_schedules(self, function_name: str) -> int:
        """Pause the schedules of a function, also over redeployments, and return how many are paused now."""
        return operations.set_schedules_enabled(self._connection, function_name, enabled=False)

    def resume_schedules(self, function_name: str) -> int:
        """Let the schedules of a function fire again, and return how many are live now."""
        return operations.set_schedules_enabled(self._connection, function_name, enabled=True)

    def estimate_cost(self, plan: Plan, *, runs_per_month: float) -> results.CostEstimate:
        """Estimate the cost of the resources of a plan.

        Args:
            plan: A plan of `plan_function`.
            runs_per_month: How often the function runs in thirty days.
        """
        return operations.estimate_cost(self._connection, plan, runs_per_month=runs_per_month)

    @property
    def export_formats(self) -> tuple[str, ...]:
        """The formats of `export_plan`, the usual one first."""
        return self._connection.provider.info.export_formats

    def export_plan(self, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the word that users know
        """Write the resources of a plan in another tool's language.

        Args:
            plan: A plan of `plan_function`.
            format: One of ``export_formats``.

        Returns:
            File name to content.

        Raises:
            OperationUnsupported: The provider does not export, or not in this format.
        """
        return operations.export_plan(self._connection, plan, format)

    def describe_place(self) -> str:
        """Describe in one line where functions go, for instance the account; empty where the provider does not."""
        return operations.describe_place(self._connection)

    def diagnose(self) -> list[results.Finding]:
        """Check whether the place can be used: credentials, permissions, clock; whatever the provider checks.

        Returns:
            One finding for each check, also for those that passed.
        """
        return operations.diagnose(self._connection)

    def required_permissions(self) -> Mapping[str, str]:
        """List the least permissions that a deployer needs, in the provider's own language.

        Returns:
            File name to content.
        """
        return operations.required_permissions(self._connection)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.provider} {self._connection.options!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CloudEnvironment):
            return NotImplemented
        return (self.provider, self._connection.options) == (other.provider, other._connection.options)

    def __hash__(self) -> int:
        return hash(self.provider)


def connection_of(environment: CloudEnvironment) -> Connection:
    """Get the connection of an environment, for the functions of this package."""
    return environment._connection
