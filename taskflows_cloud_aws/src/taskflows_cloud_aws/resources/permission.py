"""The one grant by which EventBridge may run a function: for all of the function's own rules together.

A grant for each rule would fill the function's policy (20 KB) after some sixty schedules.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import is_refused_for_now
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "permission"
_RETRY_SECONDS = 60
# A wrong statement is replaced by adding the right one under the other name first.
NAMES = ("taskflows-cloud-rules", "taskflows-cloud-rules-2")


def desired_permission(names: Names, observed: Iterable[Resource]) -> Resource:
    """The grant, under the name that it has already or under one that is free."""
    wanted = {
        "action": "lambda:InvokeFunction",
        "effect": "Allow",
        "principal": {"Service": "events.amazonaws.com"},
        "source_account": names.account,
        "source_arn": names.rule_pattern_arn,
    }
    found = {resource.name: dict(resource.properties) for resource in observed}
    right = [name for name in NAMES if found.get(name) == wanted]
    free = [name for name in NAMES if name not in found]
    return _permission(names, (right or free or list(NAMES))[0], wanted)


def _permission(names: Names, name: str, properties: Mapping[str, Any]) -> Resource:
    needs = [(FUNCTION, names.function), ("live", LIVE)]
    return Resource(kind=KIND, name=name, properties=properties, depends_on=needs)


def read_permissions(session: AwsSession, names: Names) -> list[Resource]:
    """Read our statements in the function's policy. Those of others are left alone."""
    client = session.lambda_
    try:
        policy = json.loads(client.get_policy(FunctionName=names.function, Qualifier=LIVE)["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return []
    # AWS has each name once; emulators may have it twice.
    statements = {statement.get("Sid"): statement for statement in policy["Statement"]}
    return [_permission(names, name, _observed(statements[name])) for name in NAMES if name in statements]


def _observed(statement: Mapping[str, Any]) -> dict[str, Any]:
    conditions = {
        key.lower(): value for tests in statement.get("Condition", {}).values() for key, value in tests.items()
    }
    known = {
        "action": statement.get("Action"),
        "effect": statement.get("Effect"),
        "principal": statement.get("Principal"),
        "source_account": conditions.pop("aws:sourceaccount", None),
        "source_arn": conditions.pop("aws:sourcearn", None),
    }
    return {**known, **conditions}


def _create(context: Context, action: Action) -> None:
    client, properties = context.session.lambda_, action.resource.properties
    try:
        context.session.retry.call(
            lambda: client.add_permission(
                FunctionName=context.names.function,
                Qualifier=LIVE,
                StatementId=action.resource.name,
                Action=properties["action"],
                Principal=properties["principal"]["Service"],
                SourceArn=properties["source_arn"],
                SourceAccount=properties["source_account"],
            ),
            seconds=_RETRY_SECONDS,
            is_transient=is_refused_for_now,
        )
    except client.exceptions.ResourceConflictException:
        # Either the answer to our own call was lost, or somebody was faster.
        found = read_permissions(context.session, context.names)
        if not any(there.name == action.resource.name and there.properties == properties for there in found):
            raise


def _update(context: Context, action: Action) -> None:
    # Both names are taken by wrong statements, so that none of them is one that works.
    _delete(context, action)
    _create(context, action)


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        client.remove_permission(FunctionName=context.names.function, Qualifier=LIVE, StatementId=action.resource.name)
    except client.exceptions.ResourceNotFoundException:
        # It went with the function, or was removed by an earlier run.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete, goes_with="function")
