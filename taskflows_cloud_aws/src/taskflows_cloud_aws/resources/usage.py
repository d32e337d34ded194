"""Which functions of a region use something that they share. Asked before it is taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import GROUP_PREFIX, layer_in


def users_of_role(session: AwsSession, role_arn: str, besides: str) -> list[str]:
    """The functions that run as a role, whoever made them, besides one."""
    return _users(session, besides, lambda found: found.get("Role") == role_arn)


def users_of_layer(session: AwsSession, name: str, besides: str) -> list[str]:
    """The functions that have a layer, whoever made them, besides one."""
    return _users(session, besides, lambda found: name in layers_of(found))


def layers_of(found: Mapping[str, Any]) -> set[str]:
    """The names of the layers of our making in the configuration of a function."""
    return {name for layer in found.get("Layers", []) if (name := layer_in(layer["Arn"])) is not None}


def _users(session: AwsSession, besides: str, uses: Callable[[Mapping[str, Any]], bool]) -> list[str]:
    pages = session.lambda_.get_paginator("list_functions").paginate()
    return sorted(
        found["FunctionName"]
        for page in pages
        for found in page["Functions"]
        if found["FunctionName"] != besides and uses(found)
    )


def other_schedule_groups(session: AwsSession, besides: str) -> list[str]:
    """The schedule groups of other functions, which may have schedules with a role that functions share."""
    pages = session.scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=GROUP_PREFIX)
    names = [found["Name"] for page in pages for found in page["ScheduleGroups"] if found["State"] == "ACTIVE"]
    return sorted(name for name in names if name != besides)
