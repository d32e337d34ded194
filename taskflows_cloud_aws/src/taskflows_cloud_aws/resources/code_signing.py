"""Which signatures Lambda demands of a function's code: a configuration of the user's, by its ARN.

As with provisioned concurrency, a tag of the function says whether there may be one, so that functions without it
need no call to find that out.
"""

from __future__ import annotations

from contextlib import suppress

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import function_calls
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "code-signing"
_PATIENCE_SECONDS = 60


def code_signing(names: Names, arn: str) -> Resource:
    """The configuration as a resource."""
    return Resource(kind=KIND, name=names.function, properties={"arn": arn}, depends_on=[(FUNCTION, names.function)])


def read_code_signing(session: AwsSession, names: Names) -> Resource:
    """What there is of it; a mark without it comes as none at all, but still to be deleted."""
    client = session.lambda_
    try:
        answer = client.get_function_code_signing_config(FunctionName=names.function)
    except client.exceptions.ResourceNotFoundException:
        return code_signing(names, "")
    return code_signing(names, answer.get("CodeSigningConfigArn", ""))


def is_there(found: Resource) -> bool:
    """Whether there is one."""
    return bool(found.properties["arn"])


def _put(context: Context, action: Action) -> None:
    client, names = context.session.lambda_, context.names
    client.tag_resource(Resource=names.function_arn, Tags={ownership.SIGNING: "true"})
    context.session.waiting.retry(
        lambda: client.put_function_code_signing_config(
            CodeSigningConfigArn=action.resource.properties["arn"], FunctionName=names.function
        ),
        seconds=_PATIENCE_SECONDS,
        passing=function_calls.will_pass,
    )


def _delete(context: Context, _action: Action) -> None:
    client, names = context.session.lambda_, context.names
    # Removed by an earlier run or by hand, perhaps; the mark has to go all the same.
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_function_code_signing_config(FunctionName=names.function)
    client.untag_resource(Resource=names.function_arn, TagKeys=[ownership.SIGNING])


HANDLER = Handler(create=_put, update=_put, delete=_delete)
