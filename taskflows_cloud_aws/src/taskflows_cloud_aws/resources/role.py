"""IAM roles of our making: one that a function runs as, one that EventBridge Scheduler invokes it as."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.resources.found import Found
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.reconcile import Action, Resource

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

EXECUTION = "role"
SCHEDULER = "scheduler-role"
_POLICY = "taskflows-cloud"


def desired_execution_role(
    names: Names, statements: Sequence[Mapping[str, Any]], user_tags: Mapping[str, str]
) -> Resource:
    """A role that only Lambda may assume, and that may do what the statements say and nothing else."""
    trust = _statement("sts:AssumeRole", Principal={"Service": "lambda.amazonaws.com"})
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return _role(EXECUTION, names.role, names.function, user_tags, trust, policy, depends_on=())


def desired_scheduler_role(names: Names, user_tags: Mapping[str, str]) -> Resource:
    """A role that only this account's EventBridge Scheduler may assume, and that may run this function."""
    trust = _statement(
        "sts:AssumeRole",
        Principal={"Service": "scheduler.amazonaws.com"},
        Condition={"StringEquals": {"aws:SourceAccount": names.account}},
    )
    invoking = _statement("lambda:InvokeFunction", Resource=names.live_arn)
    # The group is made first and deleted last: where there is no group, there is no role to look for.
    group = ("schedule-group", names.schedule_group)
    return _role(SCHEDULER, names.scheduler_role, names.function, user_tags, trust, invoking, depends_on=[group])


def _statement(action: str | list[str], **rest: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]}


def _role(
    kind: str,
    name: str,
    function: str,
    user_tags: Mapping[str, str],
    trust: dict[str, Any],
    policy: dict[str, Any],
    *,
    depends_on: Iterable[tuple[str, str]],
) -> Resource:
    properties = {"trust": trust, "policy": policy, "tags": ownership.owned_by(function, user_tags)}
    return Resource(kind=kind, name=name, properties=properties, depends_on=depends_on)


def read_role(session: AwsSession, kind: str, name: str, function: str, depends_on: Iterable[tuple[str, str]]) -> Found:
    """Read a role with its trust, our inline policy and its tags. What else hangs on it is the user's."""
    iam = session.iam
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return Found()
    tags = ownership.from_pairs(role.get("Tags", []))  # type: ignore[arg-type]  # pairs of Key and Value
    properties = {
        "trust": _document(role["AssumeRolePolicyDocument"]),
        "policy": _read_policy(iam, name),
        "tags": tags,
    }
    found = Resource(kind=kind, name=name, properties=properties, depends_on=depends_on)
    return Found(resource=found, foreign=not ownership.is_owned(function, tags))


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
    tags = ownership.as_pairs(resource.properties["tags"])
    try:
        iam.create_role(RoleName=resource.name, AssumeRolePolicyDocument=trust, Tags=tags)  # type: ignore[arg-type]  # pairs of Key and Value
    except iam.exceptions.EntityAlreadyExistsException:
        # Either the answer to our own call was lost, or somebody was faster.
        _require_ours(context, resource)
        iam.update_assume_role_policy(RoleName=resource.name, PolicyDocument=trust)
    _put_policy(iam, resource)


def _require_ours(context: Context, resource: Resource) -> None:
    found = read_role(context.session, resource.kind, resource.name, context.names.function, resource.depends_on)
    if found.foreign:
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
        to_set, to_remove = ownership.changed(action.observed.properties["tags"], resource.properties["tags"])
        if to_set:
            iam.tag_role(RoleName=resource.name, Tags=ownership.as_pairs(to_set))  # type: ignore[arg-type]  # pairs
        if to_remove:
            iam.untag_role(RoleName=resource.name, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    iam, name = context.session.iam, action.resource.name
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


HANDLER = Handler(create=_create, update=_update, delete=_delete)
