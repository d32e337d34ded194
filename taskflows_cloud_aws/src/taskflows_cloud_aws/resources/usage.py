"""Which functions of a region use something that they share. Asked before it is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import GROUP_PREFIX, layer_in

Functions: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name → configuration, of all functions of a region, whoever made them."""


def all_functions(session: AwsSession) -> Functions:
    """Read what functions there are now, and how they are configured."""
    pages = session.lambda_.get_paginator("list_functions").paginate()
    return {found["FunctionName"]: found for page in pages for found in page["Functions"]}


def users_of_role(functions: Functions, role_arn: str, besides: str | None) -> list[str]:
    """The functions that run as a role, besides one."""
    return sorted(name for name, found in functions.items() if name != besides and found.get("Role") == role_arn)


def users_of_layer(functions: Functions, layer: str, besides: str | None) -> list[str]:
    """The functions that have a layer, besides one."""
    return sorted(name for name, found in functions.items() if name != besides and layer in layers_of(found))


def layers_of(found: Mapping[str, Any]) -> set[str]:
    """The names of the layers of our making in the configuration of a function."""
    return {name for layer in found.get("Layers", []) if (name := layer_in(layer["Arn"])) is not None}


def other_schedule_groups(session: AwsSession, besides: str | None) -> list[str]:
    """The schedule groups of other functions, which may have schedules with a role that functions share."""
    pages = session.scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=GROUP_PREFIX)
    names = [found["Name"] for page in pages for found in page["ScheduleGroups"] if found["State"] == "ACTIVE"]
    return sorted(name for name in names if name != besides)
