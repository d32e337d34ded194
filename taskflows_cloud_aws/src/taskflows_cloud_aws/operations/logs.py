"""Reading a function's log from CloudWatch, which answers oldest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from taskflows_cloud_aws.limits import TIMEOUT_SECONDS
from taskflows_cloud_aws.operations import log_lines
from taskflows_cloud_aws.resources import function_access
from taskflows_cloud_aws.resources.log_group import find_log_group
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import LogPage, LogQuery
from taskflows_cloud_core.kit import LineMarks, LogRow, read_log_page
from taskflows_cloud_core.results import Level


def get_logs(session: AwsSession, name: str, query: LogQuery, token: str | None) -> LogPage:
    """Read one page, newest first.

    Args:
        session: Clients.
        name: The function's name.
        query: Which events.
        token: ``None`` for the newest page, else that of the page before.

    Returns:
        At most ``query.limit`` events. Empty for a function that never ran.

    Raises:
        FunctionNotFoundError: There is neither a log nor such a function.
        OperationError: The token is not one of ours.
    """
    group = find_log_group(session.logs, f"/aws/lambda/{name}")
    if group is None:
        function_access.require_ours(session, name)
        return LogPage()
    source = LogGroup(session=session, name=group["logGroupName"], created_ms=group.get("creationTime", 0))
    return read_log_page(source, query, token)


def read_marks(message: str) -> LineMarks:
    """What a line says of its invocation."""
    mark, named = log_lines.request_id_of(message)
    return LineMarks(
        request_id=named,
        begins=mark == "START",
        ends=mark == "REPORT",
        is_failure=log_lines.is_failure(message),
    )


@attrs.define(kw_only=True)
class LogGroup:
    """A log group of CloudWatch, as the kit reads it.

    Args:
        session: Clients.
        name: Of the log group.
        created_ms: When it was made.
        longest_run_ms: How far apart the first and the last line of a run can be.
    """

    session: AwsSession
    name: str
    created_ms: int
    longest_run_ms: int = TIMEOUT_SECONDS[-1] * 1000 + 60_000

    def rows(self, begin_ms: int, end_ms: int, *, request_id: str | None = None) -> Iterator[LogRow]:
        """The rows of a span in the order of time, page by page."""
        request: dict[str, Any] = {"logGroupName": self.name, "startTime": begin_ms, "endTime": end_ms}
        if request_id is not None:
            request["filterPattern"] = f'"{request_id}"'
        # A page may be empty although there are more: the paginator follows the tokens, not the events.
        for page in self.session.logs.get_paginator("filter_log_events").paginate(**request):
            for row in page["events"]:
                yield LogRow(
                    timestamp=int(row["timestamp"]),
                    message=str(row["message"]),
                    stream=row.get("logStreamName", ""),
                    event_id=row.get("eventId"),
                )

    def is_request_id(self, text: str) -> bool:
        """Whether a text is the identifier of an invocation."""
        return re.fullmatch(log_lines.UUID, text) is not None

    def read_marks(self, message: str) -> LineMarks:
        """What a line says of its invocation."""
        return read_marks(message)

    def level_of(self, message: str) -> Level | None:
        """The severity of a line."""
        return log_lines.level_of(message)
