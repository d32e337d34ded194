"""The hooks on functions that are deployed already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.results import (
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogPage,
    LogQuery,
)


class OperatingSpec:
    """The hooks of a function's daily life."""

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
            The description; its ``config`` has at least runtime, architecture and the ``include_files`` of the
            deployed package (`Package.include_files`), or ``unreadable`` names what could not be read back.

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
                        config=CloudFunctionConfig(function_name=name, runtime=session.runtime(name)),
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
    def diagnose(self, session: Any) -> Sequence[Finding]:
        """Look whether the place can be worked with: credentials, permissions, clock. Called by ``doctor``.

        It changes nothing, and tells of a failure in a finding instead of raising it.

        Args:
            session: What ``connect`` returned.

        Returns:
            One finding for each thing looked at, also for those that are well.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import Finding, hookimpl

                @hookimpl
                def diagnose(session):
                    if session.token:
                        return [Finding(subject="token", status="ok", message="is there")]
                    remedy = "set EXAMPLE_TOKEN"
                    return [Finding(subject="token", status="problem", message="is missing", remedy=remedy)]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def required_permissions(self, session: Any) -> Mapping[str, str]:
        """Print the least permissions that whoever deploys needs. Called when a user asks for it.

        It needs no credentials and does not talk to the network.

        Args:
            session: What ``connect`` returned.

        Returns:
            File name to content, in the provider's own language.

        Example:
            .. code-block:: python

                import json
                from taskflows_cloud_core import hookimpl

                @hookimpl
                def required_permissions():
                    return {"policy.json": json.dumps({"allow": ["functions:*", "timers:*"]}, indent=2)}

        .. versionadded:: 0.1
        """
        raise NotImplementedError
