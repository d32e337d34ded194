"""Running a function now."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming.names import LIVE
from taskflows_cloud_aws.operations.log_lines import duration_ms, level_of
from taskflows_cloud_aws.resources import function_access
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import ConfigurationError, InvocationResult, LogEvent, Problem

_PASSING_SECONDS = 60
# Asked again only when the function was surely not run.
_PASSING_CODES = frozenset({"TooManyRequestsException", "ResourceConflictException", "ResourceNotReadyException"})


def invoke(session: AwsSession, name: str, payload: Any, *, wait: bool) -> InvocationResult:
    """Run a function, and wait for its end when asked to.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
        ConfigurationError: The payload is too large.
    """
    body = _body(payload, limits.PAYLOAD_BYTES_WAITING if wait else limits.PAYLOAD_BYTES_NOT_WAITING)
    function_access.require_known(session, name)
    client = session.lambda_runs
    kind: Any = {"InvocationType": "RequestResponse", "LogType": "Tail"} if wait else {"InvocationType": "Event"}
    try:
        answer: Any = session.retry.call(
            lambda: client.invoke(FunctionName=name, Qualifier=LIVE, Payload=body, **kind),
            seconds=_PASSING_SECONDS,
            is_transient=lambda error: error_code(error) in _PASSING_CODES,
        )
    except client.exceptions.ResourceNotFoundException:
        session.known_functions.discard(name)
        raise function_access.not_found(session, name) from None
    request_id = answer["ResponseMetadata"].get("RequestId")
    if not wait:
        return InvocationResult(ok=True, request_id=request_id, started_only=True)
    return _result(answer["Payload"].read(), answer.get("FunctionError"), answer.get("LogResult", ""), request_id)


def _body(payload: Any, limit: int) -> bytes:
    # Nothing is an empty event, as when Lambda itself is called without a payload.
    body = json.dumps({} if payload is None else payload).encode()
    if len(body) > limit:
        message = f"has {len(body)} bytes as JSON; Lambda takes {limit}. Put it into S3 and pass its place"
        raise ConfigurationError([Problem(field="payload", message=message)])
    return body


def _result(body: bytes, function_error: str | None, log_result: str, request_id: str | None) -> InvocationResult:
    tail = base64.b64decode(log_result).decode("utf-8", "replace")
    value = _value(body)
    return InvocationResult(
        ok=function_error is None,
        value=value if function_error is None else None,
        error=None if function_error is None else _error(value, function_error),
        logs=_tail_events(tail, request_id),
        request_id=request_id,
        duration_ms=duration_ms(tail),
    )


def _value(body: bytes) -> Any:
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _error(value: Any, function_error: str) -> str:
    """Type, message and traceback of what the function raised."""
    if not isinstance(value, dict):
        return f"{function_error}: {value}"
    kind, message = value.get("errorType", function_error), value.get("errorMessage", "")
    trace = "".join(line if line.endswith("\n") else f"{line}\n" for line in value.get("stackTrace") or [])
    return f"{kind}: {message}" + (f"\nTraceback (most recent call last):\n{trace.rstrip()}" if trace else "")


def _tail_events(tail: str, request_id: str | None) -> list[LogEvent]:
    # The last 4 KB come without times; the moment of the answer stands for them.
    now = datetime.now(UTC)
    return [
        LogEvent(timestamp=now, message=line, request_id=request_id, level=level_of(line))
        for line in tail.splitlines()
        if line
    ]
