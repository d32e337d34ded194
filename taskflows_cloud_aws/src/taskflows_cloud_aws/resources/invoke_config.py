"""What Lambda does when a scheduled run fails or cannot be started: retries and the age of events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.resources import function_calls
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "invoke-config"
# Lambda's own default is two, which runs a failing job three times.
DEFAULT_RETRIES = 0
_PATIENCE_SECONDS = 60


def invoke_config(names: Names, retries: int | None, max_event_age_seconds: int | None) -> Resource:
    """The settings as a resource."""
    properties = {"retries": retries, "max_event_age_seconds": max_event_age_seconds}
    return Resource(kind=KIND, name=names.function, properties=properties, depends_on=[(FUNCTION, names.function)])


def read_invoke_config(session: AwsSession, names: Names) -> Resource | None:
    """Read the settings; ``None`` when Lambda's own defaults hold."""
    client = session.lambda_
    try:
        answer = client.get_function_event_invoke_config(FunctionName=names.function)
    except client.exceptions.ResourceNotFoundException:
        return None
    return invoke_config(names, answer.get("MaximumRetryAttempts"), answer.get("MaximumEventAgeInSeconds"))


def _request(action: Action) -> dict[str, Any]:
    properties = action.resource.properties
    return {
        "FunctionName": action.resource.name,
        "MaximumRetryAttempts": properties["retries"],
        "MaximumEventAgeInSeconds": properties["max_event_age_seconds"],
    }


def _create(context: Context, action: Action) -> None:
    request = _request(action)
    _patiently(context, lambda: context.session.lambda_.put_function_event_invoke_config(**request))


def _update(context: Context, action: Action) -> None:
    # It leaves destinations alone, which a user may have set.
    request = _request(action)
    _patiently(context, lambda: context.session.lambda_.update_function_event_invoke_config(**request))


def _patiently(context: Context, call: Callable[[], Any]) -> None:
    context.session.waiting.retry(call, seconds=_PATIENCE_SECONDS, passing=function_calls.will_pass)


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        client.delete_function_event_invoke_config(FunctionName=action.resource.name)
    except client.exceptions.ResourceNotFoundException:
        # It went with the function.
        return


HANDLER = Handler(create=_create, update=_update, delete=_delete)
