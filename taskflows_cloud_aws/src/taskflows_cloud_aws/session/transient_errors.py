"""Which errors of AWS pass without anybody doing anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from taskflows_cloud_aws.naming.names import layer_in
from taskflows_cloud_aws.session.error_codes import error_code, error_message
from taskflows_cloud_core.kit import Retry

_T = TypeVar("_T")
_OVERLOAD_SECONDS, _CONFLICT_SECONDS = 300, 60
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown")
_TOO_MANY = 429
_FIRST_SERVER_ERROR = 500
# Two requests for one thing at once, as IAM, EventBridge, Scheduler, CloudWatch Logs and SNS spell it. What IAM cannot
# delete yet still has what was taken from it just now.
_CONFLICTS = frozenset(
    {
        "ConcurrentAccess",
        "ConcurrentAccessException",
        "ConcurrentModification",
        "ConcurrentModificationException",
        "ConflictException",
        "DeleteConflict",
        "OperationAbortedException",
    }
)
_TRANSIENT_MESSAGES = (
    "cannot be assumed by Lambda",
    "execution role does not have permissions",
    "KMS key is invalid for CreateGrant",
)


def is_throttled(error: BaseException) -> bool:
    """Whether AWS asks for fewer requests, in any of its spellings."""
    return _THROTTLED.search(error_code(error)) is not None


def is_overloaded(error: BaseException) -> bool:
    """Whether AWS could not answer for now: too many requests, or an error of its own."""
    response = getattr(error, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(response, dict) else 0
    return is_throttled(error) or int(status) == _TOO_MANY or int(status) >= _FIRST_SERVER_ERROR


def is_conflict(error: BaseException) -> bool:
    """Whether a service refuses for now, because it is at another request for the same thing."""
    return error_code(error) in _CONFLICTS


def is_refused_for_now(error: BaseException) -> bool:
    """Whether Lambda refuses only for now: a role that is too new, or another change under way."""
    code, message = error_code(error), error_message(error)
    if code == "InvalidParameterValueException":
        return any(words in message for words in _TRANSIENT_MESSAGES) or is_missing_layer(error)
    return code == "ResourceConflictException" and "exist" not in message


def is_missing_layer(error: BaseException) -> bool:
    """Whether Lambda refuses a function because a layer of ours is gone."""
    words = error_message(error)
    return (
        error_code(error) == "InvalidParameterValueException"
        and "does not exist" in words
        and any(layer_in(word.strip(".,;:'\"")) for word in words.split())
    )


def _ignore(_text: str) -> None:
    return None


def retry_transient(retry: Retry, step: Callable[[], _T], *, report: Callable[[str], None] = _ignore) -> _T:
    """Run a step, and retry it while AWS throttles or applies another change.

    botocore retries calls too, but limits the retries of all calls of a client together.

    Args:
        retry: Retries and waits.
        step: Idempotent.
        report: Called with what is waited for.

    Returns:
        What the step returned.
    """
    # Steps with a longer deadline, such as for a new role, have waited by then.
    deadline = retry.clock() + _CONFLICT_SECONDS

    def is_transient(error: Exception) -> bool:
        return is_overloaded(error) or ((is_refused_for_now(error) or is_conflict(error)) and retry.clock() < deadline)

    def on_retry(error: Exception) -> None:
        why = "AWS is overloaded" if is_overloaded(error) else "another change is under way"
        report(f"waiting, because {why}")

    return retry.call(step, seconds=_OVERLOAD_SECONDS, is_transient=is_transient, on_retry=on_retry)
