"""The versions of a function that can be returned to."""

from __future__ import annotations

from typing import Any

import attrs

from taskflows_cloud_aws.naming.names import LIVE
from taskflows_cloud_aws.resources import function_access
from taskflows_cloud_aws.resources.published_versions import live_version, published_versions
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import retry_transient
from taskflows_cloud_core import FunctionVersion
from taskflows_cloud_core.kit import version_to_restore


def list_versions(session: AwsSession, name: str) -> list[FunctionVersion]:
    """List the versions that can be returned to, newest first.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    function_access.require_ours(session, name)
    return published_versions(session, name, live=live_version(session, name))


def rollback(session: AwsSession, name: str, version: str | None) -> FunctionVersion:
    """Put an older version live. The next deployment puts its own live again.

    Args:
        session: Clients.
        name: The function's name.
        version: Its number; ``None`` is the one before the live one.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
        OperationError: There is no such version, or none before the live one.
    """
    function_access.require_ours(session, name)
    alias = session.lambda_.get_alias(FunctionName=name, Name=LIVE)
    wanted = version_to_restore(name, published_versions(session, name, live=alias["FunctionVersion"]), version)
    if not wanted.is_live:
        request: dict[str, Any] = {"FunctionName": name, "Name": LIVE, "FunctionVersion": wanted.version}
        if "RevisionId" in alias:
            request["RevisionId"] = alias["RevisionId"]
        retry_transient(session.retry, lambda: _move(session, request))
    return attrs.evolve(wanted, is_live=True)


def _move(session: AwsSession, request: dict[str, Any]) -> None:
    client = session.lambda_
    try:
        client.update_alias(**request)
    except client.exceptions.PreconditionFailedException:
        # The answer to our own call may have been lost and the call made twice.
        if live_version(session, request["FunctionName"]) != request["FunctionVersion"]:
            raise
