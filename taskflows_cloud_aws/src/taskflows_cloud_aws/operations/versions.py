"""The versions of a function that can be returned to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from taskflows_cloud_aws.naming.names import LIVE
from taskflows_cloud_aws.patience import patiently
from taskflows_cloud_aws.resources import function_access
from taskflows_cloud_aws.resources.function import as_datetime, code_sha256
from taskflows_cloud_aws.resources.published_versions import live_version, published_versions
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import FunctionVersion, OperationError


def list_versions(session: AwsSession, name: str) -> list[FunctionVersion]:
    """List the versions that can be returned to, newest first.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    function_access.require_ours(session, name)
    live = live_version(session, name)
    return [_version(found, live) for found in reversed(published_versions(session, name))]


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
    published = {str(found["Version"]): found for found in published_versions(session, name)}
    wanted = _wanted(name, list(published), alias["FunctionVersion"], version)
    if wanted != alias["FunctionVersion"]:
        request: dict[str, Any] = {"FunctionName": name, "Name": LIVE, "FunctionVersion": wanted}
        if "RevisionId" in alias:
            request["RevisionId"] = alias["RevisionId"]
        patiently(session.waiting, lambda: _move(session, request))
    return _version(published[wanted], wanted)


def _move(session: AwsSession, request: dict[str, Any]) -> None:
    client = session.lambda_
    try:
        client.update_alias(**request)
    except client.exceptions.PreconditionFailedException:
        # The answer to our own call may have been lost and the call made twice.
        if live_version(session, request["FunctionName"]) != request["FunctionVersion"]:
            raise


def _wanted(name: str, published: list[str], live: str, version: str | None) -> str:
    there_are = f"there are {', '.join(published) or 'none'}"
    if version is not None:
        if version not in published:
            raise OperationError(f"{name!r} has no version {version!r}; {there_are}")
        return version
    older = [number for number in published if int(number) < int(live)]
    if not older:
        raise OperationError(f"{name!r} has no version before {live}, which is live; {there_are}")
    return older[-1]


def _version(found: dict[str, Any], live: str) -> FunctionVersion:
    return FunctionVersion(
        version=str(found["Version"]),
        created_at=as_datetime(found.get("LastModified", "")) or datetime.fromtimestamp(0, UTC),
        package_sha256=code_sha256(found),
        is_live=str(found["Version"]) == live,
        description=str(found.get("Description", "")),
    )
