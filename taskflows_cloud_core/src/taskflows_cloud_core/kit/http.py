"""Answers of an HTTP API as errors of ours."""

from __future__ import annotations

from taskflows_cloud_core.errors import CredentialsError, OperationError, PermissionDeniedError

TRANSIENT_STATUSES = frozenset({429, 502, 503, 504})
"""The HTTP statuses of answers that are worth another attempt (RFC 6585, RFC 9110, read on 2026-11-25)."""

_UNAUTHORIZED, _FORBIDDEN = 401, 403


def status_error(status: int, message: str) -> OperationError:
    """The error for an answer that is a failure.

    Args:
        status: Of HTTP.
        message: What was asked for and what the cloud said to it.

    Returns:
        A `CredentialsError` for 401, a `PermissionDeniedError` for 403, else an `OperationError`.
    """
    classes = {_UNAUTHORIZED: CredentialsError, _FORBIDDEN: PermissionDeniedError}
    return classes.get(status, OperationError)(f"{message} (HTTP status {status})")
