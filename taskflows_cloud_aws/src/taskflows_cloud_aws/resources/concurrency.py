"""Reserved concurrency: how many runs of a function there may be at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.transient_errors import is_refused_for_now
from taskflows_cloud_core.reconcile import Action, Resource

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef

KIND = "concurrency"
_RETRY_SECONDS = 60


def concurrency(names: Names, runs_at_once: int) -> Resource:
    """The limit as a resource."""
    properties = {"runs_at_once": runs_at_once}
    return Resource(kind=KIND, name=names.function, properties=properties, depends_on=[(FUNCTION, names.function)])


def observed_concurrency(names: Names, answer: GetFunctionResponseTypeDef) -> Resource | None:
    """The limit in the answer of GetFunction; ``None`` when there is none."""
    limit = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return None if limit is None else concurrency(names, limit)


def _put(context: Context, action: Action) -> None:
    name, limit = action.resource.name, action.resource.properties["runs_at_once"]
    client = context.session.lambda_
    context.session.retry.call(
        lambda: client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=limit),
        seconds=_RETRY_SECONDS,
        is_transient=is_refused_for_now,
    )


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        client.delete_function_concurrency(FunctionName=action.resource.name)
    except client.exceptions.ResourceNotFoundException:
        # It went with the function.
        return


HANDLER = AwsHandler(create=_put, update=_put, delete=_delete, goes_with="function")
