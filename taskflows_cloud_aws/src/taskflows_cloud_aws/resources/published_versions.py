"""What Lambda keeps of a function: its published versions, the live one among them, and no more than wanted."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_aws.naming.names import LIVE
from taskflows_cloud_aws.session.session import AwsSession


def prune_versions(session: AwsSession, name: str, *, kept: int) -> None:
    """Delete the oldest versions beyond a number, but none that an alias is on."""
    client = session.lambda_
    live = live_version(session, name)
    surplus = [str(found["Version"]) for found in published_versions(session, name)][:-kept]
    for version in surplus:
        if version == live:
            continue
        try:
            client.delete_function(FunctionName=name, Qualifier=version)
        except (client.exceptions.ResourceConflictException, client.exceptions.ResourceNotFoundException):
            # Somebody's own alias is on it, or it is gone already.
            continue


def published_versions(session: AwsSession, name: str) -> list[dict[str, Any]]:
    """The versions, oldest first."""
    pages = session.lambda_.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    found = [dict(one) for page in pages for one in page["Versions"] if one.get("Version") != "$LATEST"]
    return sorted(found, key=lambda one: int(one["Version"]))


def live_version(session: AwsSession, name: str) -> str:
    """The version that the alias is on; empty when there is no alias."""
    client = session.lambda_
    try:
        return client.get_alias(FunctionName=name, Name=LIVE)["FunctionVersion"]
    except client.exceptions.ResourceNotFoundException:
        return ""
