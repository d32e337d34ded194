"""What Lambda keeps of a function: its published versions, the live one among them, and no more than wanted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from taskflows_cloud_aws.naming.names import LIVE
from taskflows_cloud_aws.resources.function import as_datetime, code_sha256
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import FunctionVersion
from taskflows_cloud_core.kit import surplus_versions


def prune_versions(session: AwsSession, name: str, *, kept: int) -> None:
    """Delete the oldest versions beyond a number, but none that an alias is on."""
    client = session.lambda_
    versions = published_versions(session, name, live=live_version(session, name))
    for version in surplus_versions(versions, kept=kept):
        try:
            client.delete_function(FunctionName=name, Qualifier=version.version)
        except (client.exceptions.ResourceConflictException, client.exceptions.ResourceNotFoundException):
            # Somebody's own alias is on it, or it is gone already.
            continue


def published_versions(session: AwsSession, name: str, *, live: str) -> list[FunctionVersion]:
    """The versions, newest first; ``live`` is the number of the one that the alias is on."""
    pages = session.lambda_.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    found: list[dict[str, Any]] = [
        dict(one) for page in pages for one in page["Versions"] if one.get("Version") != "$LATEST"
    ]
    return [_version(one, live) for one in sorted(found, key=lambda one: int(one["Version"]), reverse=True)]


def _version(found: dict[str, Any], live: str) -> FunctionVersion:
    return FunctionVersion(
        version=str(found["Version"]),
        created_at=as_datetime(found.get("LastModified", "")) or datetime.fromtimestamp(0, UTC),
        package_sha256=code_sha256(found),
        is_live=str(found["Version"]) == live,
        description=str(found.get("Description", "")),
    )


def live_version(session: AwsSession, name: str) -> str:
    """The version that the alias is on; empty when there is no alias."""
    client = session.lambda_
    try:
        return client.get_alias(FunctionName=name, Name=LIVE)["FunctionVersion"]
    except client.exceptions.ResourceNotFoundException:
        return ""
