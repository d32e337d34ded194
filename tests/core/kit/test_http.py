"""Answers of an HTTP API as errors of ours."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import CredentialsError, OperationError, PermissionDeniedError
from taskflows_cloud_core.kit import status_error


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, CredentialsError), (403, PermissionDeniedError), (409, OperationError), (500, OperationError)],
)
def test_the_error_of_a_status(status: int, kind: type[OperationError]) -> None:
    error = status_error(status, "GET /functions: no")
    assert type(error) is kind
    assert str(error) == f"GET /functions: no (HTTP status {status})"
