"""What Lambda does when a scheduled run fails or cannot be started: retries and the age of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import is_refused_for_now
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "invoke-config"
# Lambda's own default is two, which runs a failing job three times.
DEFAULT_RETRIES = 0
_RETRY_SECONDS = 60


def invoke_config(
    names: Names, retries: int | None, max_event_age_seconds: int | None, observed: Resource | None = None
) -> Resource:
    """The settings as a resource.

    Destinations are the user's: they stay as they were observed.
    """
    properties: dict[str, Any] = {"retries": retries, "max_event_age_seconds": max_event_age_seconds}
    if observed is not None and "destinations" in observed.properties:
        properties["destinations"] = observed.properties["destinations"]
    return _invoke_config(names, properties)


def _invoke_config(names: Names, properties: Mapping[str, Any]) -> Resource:
    needs = [(FUNCTION, names.function), ("live", LIVE)]
    return Resource(kind=KIND, name=names.function, properties=properties, depends_on=needs)


def read_invoke_config(session: AwsSession, names: Names) -> Resource | None:
    """Read the settings; ``None`` when Lambda's own defaults hold."""
    client = session.lambda_
    try:
        answer: Any = client.get_function_event_invoke_config(FunctionName=names.function, Qualifier=LIVE)
    except client.exceptions.ResourceNotFoundException:
        return None
    properties = {
        "retries": answer.get("MaximumRetryAttempts"),
        "max_event_age_seconds": answer.get("MaximumEventAgeInSeconds"),
    }
    destinations = {kind: place for kind, place in answer.get("DestinationConfig", {}).items() if place}
    return _invoke_config(names, {**properties, "destinations": destinations} if destinations else properties)


def _put(context: Context, action: Action) -> None:
    properties = action.resource.properties
    request: dict[str, Any] = {
        "FunctionName": action.resource.name,
        "Qualifier": LIVE,
        "MaximumRetryAttempts": properties["retries"],
        "MaximumEventAgeInSeconds": properties["max_event_age_seconds"],
    }
    if "destinations" in properties:
        request["DestinationConfig"] = properties["destinations"]
    context.session.retry.call(
        lambda: context.session.lambda_.put_function_event_invoke_config(**request),
        seconds=_RETRY_SECONDS,
        is_transient=is_refused_for_now,
    )


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        client.delete_function_event_invoke_config(FunctionName=action.resource.name, Qualifier=LIVE)
    except client.exceptions.ResourceNotFoundException:
        # It went with the function.
        return


HANDLER = AwsHandler(create=_put, update=_put, delete=_delete, goes_with="function")
