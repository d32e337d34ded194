"""Living with deployed functions: listing, running, reading logs, pausing, going back."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

from taskflows_cloud_core.environment.arguments import require_name
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.log_reading import as_moment, as_span, follow_events, newest_events
from taskflows_cloud_core.results import (
    DeployedFunction,
    Finding,
    FunctionDescription,
    FunctionMetrics,
    FunctionVersion,
    InvocationResult,
    LogEvent,
    LogPage,
    LogQuery,
)


class Operating(Connection):
    """The calls on functions that are deployed already."""

    def list_functions(self) -> list[DeployedFunction]:
        """List what taskflows-cloud deployed here, sorted by name.

        Raises:
            OperationError: The list cannot be read.
        """
        return list(self._call("list_functions"))

    def describe_function(self, function_name: str) -> FunctionDescription:
        """Tell all about one function.

        Raises:
            FunctionNotFoundError: There is no such function.
            NotManagedError: It exists, but taskflows-cloud did not make it.
        """
        require_name(function_name)
        description: FunctionDescription = self._call("describe_function", name=function_name)
        return description

    def invoke_function(
        self,
        function_name: str,
        payload: Any = None,
        invocation_type: Literal["RequestResponse", "Event"] = "RequestResponse",
    ) -> InvocationResult:
        """Run a function now.

        Args:
            function_name: The function's name.
            payload: The event: anything that JSON can say.
            invocation_type: ``"RequestResponse"`` waits for the end; ``"Event"`` only starts it.

        Returns:
            What it gave; an exception of the function is told in it.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: It could not be run at all.
            TypeError: The payload has a type that JSON cannot say.
            ValueError: The payload holds itself, or a number that is none.
        """
        require_name(function_name)
        if invocation_type not in ("RequestResponse", "Event"):
            raise ValueError(f"invocation_type is {invocation_type!r}; it must be 'RequestResponse' or 'Event'")
        json.dumps(payload, allow_nan=False)
        result: InvocationResult = self._call(
            "invoke_function", name=function_name, payload=payload, wait=invocation_type == "RequestResponse"
        )
        return result

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
    ) -> list[LogEvent]:
        """Read the newest events of a function's log.

        Args:
            function_name: The function's name.
            limit: The newest this many, at least 1.
            start_time: Not before this moment: an aware datetime or milliseconds since the epoch.
            end_time: Before this moment, likewise.
            request_id: Of this invocation only.
            contains: With this text in the message; capitals and small letters are the same.
            failed_only: Of failed runs only.

        Returns:
            The events in the order of time; none when it never ran.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: The log cannot be read.
            OperationUnsupported: ``failed_only``, where the provider cannot tell.
            ValueError: ``end_time`` lies before ``start_time``, or another value cannot be meant.
        """
        require_name(function_name)
        self._require_failed_logs(failed_only)
        first, last = as_span(start_time, end_time)
        query = LogQuery(
            limit=limit,
            start_time=first,
            end_time=last,
            request_id=request_id,
            contains=contains,
            failed_only=failed_only,
        )
        return newest_events(partial(self._log_page, function_name), query)

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
    ) -> Iterator[LogEvent]:
        """Yield the events of a function's log as they come, each once.

        Args:
            function_name: The function's name.
            start_time: Begin here: an aware datetime or milliseconds since the epoch; now, when not given.
            request_id: Of this invocation only.
            contains: With this text in the message; capitals and small letters are the same.
            failed_only: Of failed runs only.
            poll_seconds: How long to wait between two looks.
            stop: Set it to end the iteration.

        Raises:
            OperationUnsupported: ``failed_only``, where the provider cannot tell.
        """
        require_name(function_name)
        self._require_failed_logs(failed_only)
        query = LogQuery(
            start_time=as_moment(start_time, "start_time"),
            request_id=request_id,
            contains=contains,
            failed_only=failed_only,
        )
        page = partial(self._log_page, function_name)
        return follow_events(page, query, poll_seconds=poll_seconds, stop=stop or threading.Event())

    def _require_failed_logs(self, failed_only: bool) -> None:  # noqa: FBT001 - one caller's own argument
        if failed_only:
            self._require_capability("failed_logs", "cannot tell the logs of failed runs from the others")

    def _log_page(self, function_name: str, query: LogQuery, token: str | None) -> LogPage:
        page: LogPage = self._call("get_logs", name=function_name, query=query, token=token)
        return page

    def get_metrics(
        self, function_name: str, start_time: datetime | None = None, end_time: datetime | None = None
    ) -> FunctionMetrics:
        """Count the runs of a function; over the last day, when no times are given.

        Raises:
            FunctionNotFoundError: There is no such function.
            ValueError: ``end_time`` lies before ``start_time``.
        """
        require_name(function_name)
        first, last = as_span(start_time, end_time)
        end = last or datetime.now(UTC)
        begin = first or end - timedelta(days=1)
        metrics: FunctionMetrics = self._call("get_metrics", name=function_name, start_time=begin, end_time=end)
        return metrics

    def list_versions(self, function_name: str) -> list[FunctionVersion]:
        """List the versions that a function can return to, newest first.

        Raises:
            FunctionNotFoundError: There is no such function.
        """
        require_name(function_name)
        return list(self._call("list_versions", name=function_name))

    def rollback_function(self, function_name: str, version: str | None = None) -> FunctionVersion:
        """Make an older version live.

        Args:
            function_name: The function's name.
            version: One of `list_versions`; ``None`` is the one before the live one.

        Returns:
            The version that is live now.

        Raises:
            FunctionNotFoundError: There is no such function.
            OperationError: There is no such version.
        """
        require_name(function_name)
        live: FunctionVersion = self._call("rollback_function", name=function_name, version=version)
        return live

    def pause_schedules(self, function_name: str) -> int:
        """Stop the schedules of a function from firing, also over a redeploy, until `resume_schedules`.

        Returns:
            How many schedules are paused now.

        Raises:
            FunctionNotFoundError: There is no such function.
        """
        return self._set_schedules_enabled(function_name, enabled=False)

    def resume_schedules(self, function_name: str) -> int:
        """Let the schedules of a function fire again.

        Returns:
            How many schedules are live now.

        Raises:
            FunctionNotFoundError: There is no such function.
        """
        return self._set_schedules_enabled(function_name, enabled=True)

    def _set_schedules_enabled(self, function_name: str, *, enabled: bool) -> int:
        require_name(function_name)
        count: int = self._call("set_schedules_enabled", name=function_name, enabled=enabled)
        return count

    def diagnose(self) -> list[Finding]:
        """Look whether the place can be worked with: credentials, permissions, clock; whatever the provider knows.

        Returns:
            One finding for each thing looked at, also for those that are well.

        Raises:
            OperationUnsupported: The provider looks at nothing.
        """
        return list(self._call("diagnose"))

    def required_permissions(self) -> Mapping[str, str]:
        """Print the least permissions that whoever deploys needs, in the provider's own language.

        Returns:
            File name to content.

        Raises:
            OperationUnsupported: The provider knows no permissions.
        """
        permissions: Mapping[str, str] = self._call("required_permissions")
        return permissions
