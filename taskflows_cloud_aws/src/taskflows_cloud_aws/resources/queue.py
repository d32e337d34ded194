"""The SQS queue of our making for events of runs that failed for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "queue"
# The longest that SQS keeps a message. Amazon SQS API Reference, CreateQueue, 2026-11-25.
_RETENTION_SECONDS = 14 * 86400
# The same page: a name can be used again a minute after the queue was deleted.
_DELETION_SECONDS = 90
_JUST_DELETED = ("QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently")
_ABSENT = ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue")
_RETENTION, _ENCRYPTED = "MessageRetentionPeriod", "SqsManagedSseEnabled"


def desired_queue(names: Names, user_tags: Mapping[str, str]) -> Resource:
    """A queue that keeps events for two weeks, encrypted."""
    properties = {
        "encrypted": True,
        "retention_seconds": _RETENTION_SECONDS,
        "tags": ownership.MARKS.owned_by(names.function, user_tags),
    }
    return Resource(kind=KIND, name=names.queue, properties=properties)


def read_queue(session: AwsSession, names: Names) -> ReadResult:
    """Read the queue's settings and tags."""
    from botocore.exceptions import ClientError

    sqs = session.sqs
    try:
        url = sqs.get_queue_url(QueueName=names.queue)["QueueUrl"]
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[_RETENTION, _ENCRYPTED])
        tags = ownership.MARKS.comparable(sqs.list_queue_tags(QueueUrl=url).get("Tags", {}))
    except ClientError as error:
        if error_code(error) in _ABSENT:
            return ReadResult()
        raise
    attributes = answer.get("Attributes", {})
    properties = {
        "encrypted": attributes.get(_ENCRYPTED, "true") == "true",
        "retention_seconds": int(attributes[_RETENTION]),
        "tags": tags,
    }
    found = Resource(kind=KIND, name=names.queue, properties=properties)
    return ReadResult(resource=found, owned=ownership.MARKS.is_owned(names.function, tags))


def _attributes(resource: Resource) -> dict[str, str]:
    properties = resource.properties
    return {
        _RETENTION: str(properties["retention_seconds"]),
        _ENCRYPTED: "true" if properties["encrypted"] else "false",
    }


def _create(context: Context, action: Action) -> None:
    resource = action.resource
    if not read_queue(context.session, context.names).owned:
        raise NotManagedError(f"the queue {resource.name!r} exists and was not made by taskflows-cloud")
    request: dict[str, Any] = {"QueueName": resource.name, "tags": dict(resource.properties["tags"])}
    # CreateQueue answers with the queue that is there already when its settings are the same.
    context.session.retry.call(
        lambda: context.session.sqs.create_queue(Attributes=_attributes(resource), **request),
        seconds=_DELETION_SECONDS,
        is_transient=lambda error: error_code(error) in _JUST_DELETED,
    )


def _url(context: Context) -> str:
    url: str = context.session.sqs.get_queue_url(QueueName=context.names.queue)["QueueUrl"]
    return url


def _update(context: Context, action: Action) -> None:
    sqs, url, resource = context.session.sqs, _url(context), action.resource
    if action.changed_fields & {"encrypted", "retention_seconds"}:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=_attributes(resource))
    if "tags" in action.changed_fields and action.observed is not None:
        to_set, to_remove = changed_marks(action.observed.properties["tags"], resource.properties["tags"])
        if to_set:
            sqs.tag_queue(QueueUrl=url, Tags=to_set)
        if to_remove:
            sqs.untag_queue(QueueUrl=url, TagKeys=to_remove)


def _delete(context: Context, _action: Action) -> None:
    from botocore.exceptions import ClientError

    try:
        context.session.sqs.delete_queue(QueueUrl=_url(context))
    except ClientError as error:
        # Deleted already, by an earlier run or by hand.
        if error_code(error) not in _ABSENT:
            raise


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
