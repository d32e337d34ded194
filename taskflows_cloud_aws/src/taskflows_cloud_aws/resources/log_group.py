"""The log group that Lambda writes a function's output to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import LogGroupTypeDef

KIND = "log-group"
DEFAULT_RETENTION_DAYS = 30


def desired_log_group(names: Names, retention_days: int | None, user_tags: Mapping[str, str]) -> Resource:
    """A log group that keeps events for a bounded time."""
    days = DEFAULT_RETENTION_DAYS if retention_days is None else retention_days
    properties = {"retention_days": days, "tags": ownership.MARKS.owned_by(names.function, user_tags)}
    return Resource(kind=KIND, name=names.log_group, properties=properties)


def read_log_group(session: AwsSession, names: Names) -> ReadResult:
    """Read the group's retention and tags."""
    logs = session.logs
    group = find_log_group(logs, names.log_group)
    if group is None:
        return ReadResult()
    try:
        tags = ownership.MARKS.comparable(logs.list_tags_for_resource(resourceArn=names.log_group_arn)["tags"])
    except logs.exceptions.ResourceNotFoundException:
        return ReadResult()
    properties = {"retention_days": group.get("retentionInDays"), "tags": tags}
    found = Resource(kind=KIND, name=names.log_group, properties=properties)
    return ReadResult(resource=found, owned=ownership.MARKS.is_owned(names.function, tags))


def find_log_group(logs: CloudWatchLogsClient, name: str) -> LogGroupTypeDef | None:
    """The log group of just that name; ``None`` when there is none."""
    # The listing is by prefix, sorted by name: "job" also finds "job-2", and the exact one stands first. So the first
    # page that has anything tells.
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups: list[LogGroupTypeDef] = next((page["logGroups"] for page in pages if page["logGroups"]), [])
    return next((group for group in groups if group.get("logGroupName") == name), None)


def _create(context: Context, action: Action) -> None:
    logs, resource = context.session.logs, action.resource
    try:
        logs.create_log_group(logGroupName=resource.name, tags=dict(resource.properties["tags"]))
    except logs.exceptions.ResourceAlreadyExistsException:
        # Either the answer to our own call was lost, or somebody was faster.
        if not read_log_group(context.session, context.names).owned:
            raise NotManagedError(
                f"the log group {resource.name!r} exists and was not made by taskflows-cloud"
            ) from None
    _put_retention(logs, resource)


def _put_retention(logs: CloudWatchLogsClient, resource: Resource) -> None:
    logs.put_retention_policy(logGroupName=resource.name, retentionInDays=resource.properties["retention_days"])


def _update(context: Context, action: Action) -> None:
    logs, resource = context.session.logs, action.resource
    if "retention_days" in action.changed_fields:
        _put_retention(logs, resource)
    if "tags" in action.changed_fields and action.observed is not None:
        to_set, to_remove = changed_marks(action.observed.properties["tags"], resource.properties["tags"])
        if to_set:
            logs.tag_resource(resourceArn=context.names.log_group_arn, tags=to_set)
        if to_remove:
            logs.untag_resource(resourceArn=context.names.log_group_arn, tagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    logs = context.session.logs
    try:
        logs.delete_log_group(logGroupName=action.resource.name)
    except logs.exceptions.ResourceNotFoundException:
        # Deleted already, by an earlier run or by hand.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete, holds_logs=True)
