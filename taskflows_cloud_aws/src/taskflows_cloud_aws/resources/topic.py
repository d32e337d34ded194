"""The SNS topic of our making that alarms are sent to, with its e-mail subscriptions.

An address that has not agreed yet counts as subscribed; SNS forgets it after two days. What others subscribe to the
topic by other ways than e-mail is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, as_pairs, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "topic"
_ABSENT = ("NotFound", "NotFoundException", "ResourceNotFound", "ResourceNotFoundException")


def desired_topic(names: Names, emails: Sequence[str], user_tags: Mapping[str, str]) -> Resource:
    """A topic with a subscription for each address."""
    return _topic(names, sorted(emails), ownership.MARKS.owned_by(names.function, user_tags))


def _topic(names: Names, emails: Sequence[str], tags: Mapping[str, str]) -> Resource:
    return Resource(kind=KIND, name=names.topic, properties={"emails": list(emails), "tags": tags})


def read_topic(session: AwsSession, names: Names, wanted_emails: Sequence[str] | None) -> ReadResult:
    """Read the topic's tags and addresses.

    Args:
        session: Clients.
        names: Of the function.
        wanted_emails: The addresses that are wanted. Others that have not agreed yet are left out: nobody can
            take them away, and they go by themselves. ``None`` leaves none out.
    """
    from botocore.exceptions import ClientError

    try:
        tags = _tags(session, names.topic_arn)
        subscriptions = _subscriptions(session, names.topic_arn)
    except ClientError as error:
        if error_code(error) in _ABSENT:
            return ReadResult()
        raise
    emails = [
        address
        for address, arn in subscriptions.items()
        if _is_confirmed(arn) or wanted_emails is None or address in wanted_emails
    ]
    return ReadResult(
        resource=_topic(names, sorted(emails), tags), owned=ownership.MARKS.is_owned(names.function, tags)
    )


def _tags(session: AwsSession, arn: str) -> dict[str, str]:
    return ownership.from_pairs(session.sns.list_tags_for_resource(ResourceArn=arn).get("Tags", []))


def _subscriptions(session: AwsSession, arn: str) -> dict[str, str]:
    """The address of each e-mail subscription, and its ARN or a word instead of it."""
    pages = session.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=arn)
    found = [one for page in pages for one in page["Subscriptions"] if one["Protocol"] == "email"]
    return {one["Endpoint"]: one["SubscriptionArn"] for one in found if one["SubscriptionArn"] != "Deleted"}


def _is_confirmed(subscription_arn: str) -> bool:
    return subscription_arn.startswith("arn:")


def _create(context: Context, action: Action) -> None:
    resource = action.resource
    if not read_topic(context.session, context.names, None).owned:
        raise NotManagedError(f"the topic {resource.name!r} exists and was not made by taskflows-cloud")
    tags: Any = as_pairs(resource.properties["tags"])
    # CreateTopic answers with the topic that is there already.
    context.session.sns.create_topic(Name=resource.name, Tags=tags)
    _subscribe(context, resource.properties["emails"])


def _subscribe(context: Context, emails: Sequence[str]) -> None:
    there = _subscriptions(context.session, context.names.topic_arn)
    for address in emails:
        if address not in there:
            context.session.sns.subscribe(TopicArn=context.names.topic_arn, Protocol="email", Endpoint=address)


def _unsubscribe_others(context: Context, emails: Sequence[str]) -> None:
    for address, arn in _subscriptions(context.session, context.names.topic_arn).items():
        if address not in emails and _is_confirmed(arn):
            context.session.sns.unsubscribe(SubscriptionArn=arn)


def _update(context: Context, action: Action) -> None:
    sns, resource = context.session.sns, action.resource
    if "emails" in action.changed_fields:
        _subscribe(context, resource.properties["emails"])
        _unsubscribe_others(context, resource.properties["emails"])
    if "tags" in action.changed_fields and action.observed is not None:
        to_set, to_remove = changed_marks(action.observed.properties["tags"], resource.properties["tags"])
        if to_set:
            sns.tag_resource(ResourceArn=context.names.topic_arn, Tags=as_pairs(to_set))
        if to_remove:
            sns.untag_resource(ResourceArn=context.names.topic_arn, TagKeys=to_remove)


def _delete(context: Context, _action: Action) -> None:
    # DeleteTopic succeeds also when the topic is gone, and takes the subscriptions away.
    context.session.sns.delete_topic(TopicArn=context.names.topic_arn)


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
