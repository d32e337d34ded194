"""Provisioned concurrency: execution environments that are kept warm for the live version.

Reading it takes a call of Lambda's scarcest budget. A tag of the function says whether there may be any, set before
it is made and removed after it is gone, so that the functions without it need no such call.
"""

from __future__ import annotations

from typing import Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import is_refused_for_now
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "provisioned-concurrency"
_RETRY_SECONDS = 60
# AWS allocates up to 6,000 environments a minute.
_READY_SECONDS = 900
_ABSENT = ("ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException")


def provisioned(names: Names, environments: int) -> Resource:
    """So many environments of the live version."""
    needs = [(FUNCTION, names.function), ("live", LIVE)]
    properties = {"environments": environments, "status": "in order"}
    return Resource(kind=KIND, name=names.function, properties=properties, depends_on=needs)


def read_provisioned(session: AwsSession, names: Names) -> Resource:
    """What there is of it; a mark without it comes as none at all, but still to be deleted."""
    found = _read(session, names)
    resource = provisioned(names, found.get("RequestedProvisionedConcurrentExecutions", 0))
    if found.get("Status") == "FAILED":
        failed = {**resource.properties, "status": "failed"}
        return Resource(kind=KIND, name=resource.name, properties=failed, depends_on=resource.depends_on)
    return resource


def is_there(found: Resource) -> bool:
    """Whether there is any."""
    return bool(found.properties["environments"])


def _read(session: AwsSession, names: Names) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        return dict(session.lambda_.get_provisioned_concurrency_config(FunctionName=names.function, Qualifier=LIVE))
    except ClientError as error:
        if error_code(error) in _ABSENT:
            return {}
        raise


def _put(context: Context, action: Action) -> None:
    client, names = context.session.lambda_, context.names
    client.tag_resource(Resource=names.function_arn, Tags={ownership.PROVISIONED: "true"})
    number = action.resource.properties["environments"]
    context.session.retry.call(
        lambda: client.put_provisioned_concurrency_config(
            FunctionName=names.function, Qualifier=LIVE, ProvisionedConcurrentExecutions=number
        ),
        seconds=_RETRY_SECONDS,
        is_transient=is_refused_for_now,
    )
    _wait_until_ready(context)


def _wait_until_ready(context: Context) -> None:
    def probe() -> dict[str, Any] | None:
        found = _read(context.session, context.names)
        return None if not found or found.get("Status") == "IN_PROGRESS" else found

    context.report(f"waiting up to {_READY_SECONDS} seconds until the environments are provisioned")
    what = f"the provisioned concurrency of {context.names.function!r}"
    found = context.session.retry.until(probe, seconds=_READY_SECONDS, what=what)
    if found.get("Status") == "FAILED":
        raise OperationError(f"Lambda could not provide it: {found.get('StatusReason', 'no reason given')}")


def _delete(context: Context, _action: Action) -> None:
    from botocore.exceptions import ClientError

    client, names = context.session.lambda_, context.names
    try:
        client.delete_provisioned_concurrency_config(FunctionName=names.function, Qualifier=LIVE)
    except ClientError as error:
        # It went with the alias, or was removed by an earlier run.
        if error_code(error) not in _ABSENT:
            raise
    client.untag_resource(Resource=names.function_arn, TagKeys=[ownership.PROVISIONED])


HANDLER = AwsHandler(create=_put, update=_put, delete=_delete, goes_with="function")
