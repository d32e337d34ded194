"""Which functions of a region use a shared layer or role. Read before it is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, TypeAlias

from taskflows_cloud_aws.naming.names import GROUP_PREFIX, Names, layers_in
from taskflows_cloud_aws.session.error_codes import error_code, is_denied
from taskflows_cloud_aws.session.session import AwsSession

Functions: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Name → configuration, of all functions of a region, including those that are not ours."""


def all_functions(session: AwsSession) -> Functions:
    """Read the configurations of all functions."""
    pages = session.lambda_.get_paginator("list_functions").paginate()
    return {found["FunctionName"]: found for page in pages for found in page["Functions"]}


def users_of_layer(functions: Functions, layer: str, besides: str | None) -> list[str]:
    """The functions that have a layer, except one."""
    return sorted(name for name, found in functions.items() if name != besides and layer in layers_of(found))


def layers_of(found: Mapping[str, Any]) -> set[str]:
    """The names of our layers in the configuration of a function."""
    return layers_in(layer["Arn"] for layer in found.get("Layers", []))


def users_of_shared_role(session: AwsSession, names: Names, role: str, besides: str | None) -> list[str]:
    """Find who uses one of the two shared roles.

    Args:
        session: The session.
        names: The names of any function's resources.
        role: The name of the role.
        besides: The function of ``names``, when it does not count; ``None`` when every function counts.

    Returns:
        Functions that run as the execution role, or a schedule group that uses the role of EventBridge Scheduler.
    """
    if role == names.shared_role:
        functions = all_functions(session).items()
        return sorted(
            name for name, found in functions if name != besides and found.get("Role") == names.shared_role_arn
        )
    group = None if besides is None else names.schedule_group
    return _schedule_group_with_role(session, names.shared_scheduler_role_arn, group)


def _schedule_group_with_role(session: AwsSession, role_arn: str, besides: str | None) -> list[str]:
    """A schedule group that uses a role, or may be about to; empty when there is none."""
    pages = session.scheduler.get_paginator("list_schedule_groups").paginate(NamePrefix=GROUP_PREFIX)
    names = [found["Name"] for page in pages for found in page["ScheduleGroups"] if found["State"] == "ACTIVE"]
    users = (name for name in sorted(names) if name != besides and _may_use(session, name, role_arn))
    return list(islice(users, 1))


def _may_use(session: AwsSession, group: str, role_arn: str) -> bool:
    """Whether a schedule of a group has a role, or may: there is none yet, or it cannot be read."""
    from botocore.exceptions import ClientError

    scheduler = session.scheduler
    try:
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=group)
        schedules = [found["Name"] for page in pages for found in page["Schedules"]]
        roles = (scheduler.get_schedule(GroupName=group, Name=name)["Target"]["RoleArn"] for name in schedules)
        return not schedules or any(role == role_arn for role in roles)
    except ClientError as error:
        if is_denied(error):
            return True
        if error_code(error) == "ResourceNotFoundException":
            # Deleted in the meantime.
            return False
        raise
