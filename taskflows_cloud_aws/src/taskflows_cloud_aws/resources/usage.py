"""Which functions of a region use something that they share. Asked before it is taken away."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeAlias

from taskflows_cloud_aws.naming.names import GROUP_PREFIX, layers_in
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.waiting import DENIED_CODES, error_code

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
    return layers_in(layer["Arn"] for layer in found.get("Layers", []))


def schedule_group_with_role(session: AwsSession, role_arn: str, besides: str | None) -> list[str]:
    """A schedule group of a function that uses a role, or may be about to; empty when there is none.

    Args:
        session: Clients.
        role_arn: Of the role.
        besides: The name of a group that does not count.
    """
    pages = session.scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=GROUP_PREFIX)
    names = [found["Name"] for page in pages for found in page["ScheduleGroups"] if found["State"] == "ACTIVE"]
    users = (name for name in sorted(names) if name != besides and _may_use(session, name, role_arn))
    return list(islice(users, 1))


def _may_use(session: AwsSession, group: str, role_arn: str) -> bool:
    """Whether a schedule of a group has a role. So may whoever has no schedule yet, or one that may not be read."""
    from botocore.exceptions import ClientError

    scheduler = session.scheduler
    try:
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group)
        schedules = [found["Name"] for page in pages for found in page["Schedules"]]
        roles = (scheduler.get_schedule(GroupName=group, Name=name)["Target"]["RoleArn"] for name in schedules)
        return not schedules or any(role == role_arn for role in roles)
    except ClientError as error:
        if error_code(error) in DENIED_CODES:
            return True
        if error_code(error) == "ResourceNotFoundException":
            # Deleted while it was looked at.
            return False
        raise
