"""Our IAM roles: one that a function runs as, one that EventBridge Scheduler invokes it as."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import usage
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.session.error_codes import is_denied
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import ReadResult, as_pairs, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_iam import IAMClient

EXECUTION = "role"
SCHEDULER = "scheduler-role"
_POLICY = "taskflows-cloud"


def desired_execution_role(
    names: Names, statements: Sequence[Mapping[str, Any]], user_tags: Mapping[str, str]
) -> Resource:
    """A role that only Lambda may assume, and that may do what the statements say and nothing else."""
    return _role(EXECUTION, names.role, _for_lambda(statements, ownership.MARKS.owned_by(names.function, user_tags)))


def desired_shared_role(names: Names, statements: Sequence[Mapping[str, Any]]) -> Resource:
    """The same for all functions of a region."""
    return _role(EXECUTION, names.shared_role, _for_lambda(statements, ownership.shared()))


def _for_lambda(statements: Sequence[Mapping[str, Any]], tags: Mapping[str, str]) -> dict[str, Any]:
    trust = _statement("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    return {"trust": trust, "policy": {"Version": "2012-10-17", "Statement": list(statements)}, "tags": tags}


def desired_scheduler_role(names: Names, user_tags: Mapping[str, str]) -> Resource:
    """A role that only this account's EventBridge Scheduler may assume, and that may run this function."""
    tags = ownership.MARKS.owned_by(names.function, user_tags)
    # The group is made first and deleted last: where there is no group, there is no role to look for.
    group = ("schedule-group", names.schedule_group)
    return _role(SCHEDULER, names.scheduler_role, _for_scheduler(names, names.live_arn, tags), depends_on=[group])


def desired_shared_scheduler_role(names: Names) -> Resource:
    """A role that only this account's EventBridge Scheduler may assume, and that may run what is live anywhere."""
    properties = _for_scheduler(names, names.any_live_arn, ownership.shared())
    return _role(SCHEDULER, names.shared_scheduler_role, properties)


def _for_scheduler(names: Names, functions: str, tags: Mapping[str, str]) -> dict[str, Any]:
    trust = _statement(
        "sts:AssumeRole",
        Principal={"Service": "scheduler.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": names.account}},
    )
    return {"trust": trust, "policy": _statement("lambda:InvokeFunction", Resource=functions), "tags": tags}


def _statement(action: str | list[str], **rest: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]}


def _role(
    kind: str, name: str, properties: Mapping[str, Any], *, depends_on: Iterable[tuple[str, str]] = ()
) -> Resource:
    return Resource(kind=kind, name=name, properties=properties, depends_on=depends_on)


def read_role(
    session: AwsSession, kind: str, name: str, function: str, depends_on: Iterable[tuple[str, str]]
) -> ReadResult:
    """Read a role of a function with its trust, our inline policy and its tags. What else hangs on it is the user's."""
    found = _read(session, kind, name, depends_on)
    if found is None:
        return ReadResult()
    return ReadResult(resource=found, owned=ownership.MARKS.is_owned(function, found.properties["tags"]))


def read_shared_role(session: AwsSession, kind: str, name: str) -> ReadResult:
    """Read a role that functions share."""
    found = _read(session, kind, name, ())
    return (
        ReadResult()
        if found is None
        else ReadResult(resource=found, owned=ownership.is_shared(found.properties["tags"]))
    )


def role_exists(session: AwsSession, arn: str) -> bool | None:
    """Whether there is a role; ``None`` when we may not ask."""
    iam = session.iam
    try:
        iam.get_role(RoleName=arn.rpartition("/")[2])
    except iam.exceptions.NoSuchEntityException:
        return False
    except iam.exceptions.ClientError as error:
        if is_denied(error):
            return None
        raise
    return True


def _read(session: AwsSession, kind: str, name: str, depends_on: Iterable[tuple[str, str]]) -> Resource | None:
    iam = session.iam
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    properties = {
        "trust": _document(role["AssumeRolePolicyDocument"]),
        "policy": _read_policy(iam, name),
        "tags": ownership.from_pairs(role.get("Tags", [])),  # type: ignore[arg-type]  # pairs of Key and Value
    }
    return Resource(kind=kind, name=name, properties=properties, depends_on=depends_on)


def _read_policy(iam: IAMClient, name: str) -> dict[str, Any] | None:
    try:
        return _document(iam.get_role_policy(RoleName=name, PolicyName=_POLICY)["PolicyDocument"])
    except iam.exceptions.NoSuchEntityException:
        return None


def _document(value: Any) -> dict[str, Any]:
    # botocore decodes policy documents; some emulators answer with text that it cannot.
    document: dict[str, Any] = json.loads(value) if isinstance(value, str) else dict(value)
    return document


def _create(context: Context, action: Action) -> None:
    iam, resource = context.session.iam, action.resource
    trust = json.dumps(resource.properties["trust"])
    tags = as_pairs(resource.properties["tags"])
    try:
        iam.create_role(RoleName=resource.name, AssumeRolePolicyDocument=trust, Tags=tags)  # type: ignore[arg-type]  # pairs of Key and Value
    except iam.exceptions.EntityAlreadyExistsException:
        # Either the answer to our own call was lost, or somebody was faster.
        _require_ours(context, resource)
        iam.update_assume_role_policy(RoleName=resource.name, PolicyDocument=trust)
    _put_policy(iam, resource)


def _require_ours(context: Context, resource: Resource) -> None:
    found = _read(context.session, resource.kind, resource.name, resource.depends_on)
    own = {key: value for key, value in resource.properties["tags"].items() if key in ownership.OWNERS}
    if found is not None and any(found.properties["tags"].get(key) != value for key, value in own.items()):
        raise NotManagedError(f"the role {resource.name!r} exists and was not made by taskflows-cloud")


def _put_policy(iam: IAMClient, resource: Resource) -> None:
    policy = json.dumps(resource.properties["policy"])
    iam.put_role_policy(RoleName=resource.name, PolicyName=_POLICY, PolicyDocument=policy)


def _update(context: Context, action: Action) -> None:
    iam, resource = context.session.iam, action.resource
    if "trust" in action.changed_fields:
        trust = json.dumps(resource.properties["trust"])
        iam.update_assume_role_policy(RoleName=resource.name, PolicyDocument=trust)
    if "policy" in action.changed_fields:
        _put_policy(iam, resource)
    if "tags" in action.changed_fields and action.observed is not None:
        to_set, to_remove = changed_marks(action.observed.properties["tags"], resource.properties["tags"])
        if to_set:
            iam.tag_role(RoleName=resource.name, Tags=as_pairs(to_set))  # type: ignore[arg-type]  # pairs
        if to_remove:
            iam.untag_role(RoleName=resource.name, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    session, names, resource = context.session, context.names, action.resource
    if resource.name not in (names.shared_role, names.shared_scheduler_role):
        _take_away(session.iam, resource.name)
        return
    users = _delete_unless_used(context, resource)
    if users:
        context.keep(f"which {', '.join(users)} started using in the meantime")


def _delete_unless_used(context: Context, resource: Resource) -> list[str]:
    """Delete a shared role; who uses it comes back, and then it is there."""
    session, names, name = context.session, context.names, resource.name
    users = usage.users_of_shared_role(session, names, name, context.besides)
    if users:
        return users
    _take_away(session.iam, name)
    # Finds those that started using the role after the first check and before it was gone.
    users = usage.users_of_shared_role(session, names, name, context.besides)
    if users:
        _make_again(session.iam, resource)
    return users


def release(context: Context, kind: str, name: str) -> None:
    """Delete a shared role unless another function uses it, or it is not ours.

    Each function stops using a role first and calls this afterwards: of two that stop at once, the last one finds no
    other user.

    Args:
        context: The context of the function that no longer uses the role.
        kind: `EXECUTION` or `SCHEDULER`.
        name: The name of the role.
    """
    # Without the permission to read roles they were not observed either, as the plan says.
    if "iam:GetRole" in context.session.denied:
        return
    found = read_shared_role(context.session, kind, name)
    if found.resource is not None and found.owned:
        _delete_unless_used(context, found.resource)


def _make_again(iam: IAMClient, resource: Resource) -> None:
    trust, tags = json.dumps(resource.properties["trust"]), as_pairs(resource.properties["tags"])
    # One of its users may have created it already.
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=resource.name, AssumeRolePolicyDocument=trust, Tags=tags)  # type: ignore[arg-type]  # pairs of Key and Value
    _put_policy(iam, resource)


def made_at(session: AwsSession, name: str) -> datetime | None:
    """When a role was created; ``None`` when there is none."""
    iam = session.iam
    try:
        return iam.get_role(RoleName=name)["Role"]["CreateDate"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _take_away(iam: IAMClient, name: str) -> None:
    # Each step by itself may find its work done, also by its own first attempt when the answer was lost.
    for attached in _listed(iam, "list_attached_role_policies", name, "AttachedPolicies"):
        _unless_gone(iam, partial(iam.detach_role_policy, RoleName=name, PolicyArn=attached["PolicyArn"]))
    for policy in _listed(iam, "list_role_policies", name, "PolicyNames"):
        _unless_gone(iam, partial(iam.delete_role_policy, RoleName=name, PolicyName=policy))
    _unless_gone(iam, partial(iam.delete_role, RoleName=name))


def _listed(iam: IAMClient, operation: Any, name: str, key: str) -> list[Any]:
    paginator: Any = iam.get_paginator(operation)
    try:
        return [one for page in paginator.paginate(RoleName=name) for one in page[key]]
    except iam.exceptions.NoSuchEntityException:
        return []


def _unless_gone(iam: IAMClient, call: Callable[[], Any]) -> None:
    try:
        call()
    except iam.exceptions.NoSuchEntityException:
        # Deleted already, by an earlier attempt or by hand.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
