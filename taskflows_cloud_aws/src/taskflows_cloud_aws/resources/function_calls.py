"""The Lambda function on AWS: reading, creating, changing, deleting, and waiting for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import layer_in
from taskflows_cloud_aws.resources import function_reading, layer, upload
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import (
    CODE_FIELDS,
    CONFIGURATION_FIELDS,
    configuration_request,
    creation_request,
    is_settled,
    observed_function,
    revision_of,
)
from taskflows_cloud_aws.session.error_codes import error_message
from taskflows_cloud_aws.session.transient_errors import is_missing_layer, is_refused_for_now
from taskflows_cloud_core import NotManagedError, OperationError
from taskflows_cloud_core.kit import changed_marks
from taskflows_cloud_core.reconcile import Action, Resource, field_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef

# A new role reaches Lambda after some seconds; terraform-provider-aws allows it five minutes.
_ROLE_SECONDS = 300
_STATE_SECONDS = 600


def wait_until_settled(context: Context) -> GetFunctionResponseTypeDef:
    """Wait for the end of a creation or an update.

    Raises:
        OperationError: It failed, or is not over after ten minutes.
    """
    name = context.names.function

    def probe() -> GetFunctionResponseTypeDef | None:
        answer = function_reading.get_function(context.session, name)
        return answer if answer is not None and is_settled(dict(answer["Configuration"])) else None

    answer = context.session.retry.until(probe, seconds=_STATE_SECONDS, what=f"the end of the change of {name!r}")
    _raise_if_failed(name, dict(answer["Configuration"]))
    return answer


def _raise_if_failed(name: str, found: dict[str, Any]) -> None:
    for status, what in (("State", "State"), ("LastUpdateStatus", "LastUpdateStatus")):
        if found.get(status) == "Failed":
            code, reason = found.get(f"{what}ReasonCode", ""), found.get(f"{what}Reason", "")
            raise OperationError(
                f"Lambda could not put {name!r} into service: {code}: {reason}; fix that and run again"
            )


def _create(context: Context, action: Action) -> None:
    client, properties = context.session.lambda_, action.resource.properties
    request: dict[str, Any] = {
        **creation_request(properties),
        "FunctionName": action.resource.name,
        "Architectures": [properties["architecture"]],
        "Code": upload.send(context),
        "Tags": dict(properties["tags"]),
        "Publish": True,
    }
    try:
        answer = _retry_transient(context, lambda: _with_layers(context, request, client.create_function))
    except client.exceptions.ResourceConflictException:
        _go_on_if_ours(context, action.resource)
        return
    if not is_settled(dict(answer)):
        wait_until_settled(context)
    upload.forget(context)
    # Spares the alias a call to find it out.
    context.made.version = str(answer["Version"])


def _with_layers(context: Context, request: dict[str, Any], call: Callable[..., Any]) -> Any:
    """Make a call with the versions of our layers; one that was deleted meanwhile is published anew next time."""
    from botocore.exceptions import ClientError

    ours = {arn: name for arn in request.get("Layers", ()) if (name := layer_in(arn)) is not None}
    versions = {arn: layer.version_arn(context, name) for arn, name in ours.items()}
    if ours:
        request = {**request, "Layers": [versions.get(arn, arn) for arn in request["Layers"]]}
    try:
        return call(**request)
    except ClientError as error:
        if is_missing_layer(error):
            for name in ours.values():
                context.session.layers.forget(name)
        raise


def _retry_transient(context: Context, call: Callable[[], Any]) -> Any:
    return context.session.retry.call(
        call,
        seconds=_ROLE_SECONDS,
        is_transient=is_refused_for_now,
        on_retry=lambda error: context.report(_what_is_awaited(error)),
    )


def _what_is_awaited(error: BaseException) -> str:
    """What a refusal that will pass is about, and for how long it is waited for at the most."""
    message = error_message(error)
    if "role" in message:
        what = "until Lambda can use the role; a new one takes some seconds, and a wrong one is never accepted"
    elif "KMS" in message:
        what = "until Lambda can use the key"
    else:
        what = "for the end of another change of the function"
    return f"waiting up to {_ROLE_SECONDS} seconds {what}"


def _go_on_if_ours(context: Context, wanted: Resource) -> None:
    """After "already exists" or "was changed": it is well when what is there is just what we wanted."""
    answer = wait_until_settled(context)
    if not ownership.MARKS.is_owned(context.names.function, answer.get("Tags", {})):
        raise NotManagedError(f"the function {wanted.name!r} exists and was not made by taskflows-cloud")
    found = observed_function(context.names, answer)
    if _differing(found, wanted) - {"tags"}:
        raise OperationError(f"the function {wanted.name!r} was changed by somebody else meanwhile; run again")


def _update(context: Context, action: Action) -> None:
    changed = action.changed_fields
    if "state" in changed:
        # A function whose creation failed cannot be changed, only created anew.
        _delete(context, action)
        _create(context, action)
    else:
        _update_parts(context, action)
    if "layers" in changed and action.observed is not None:
        layer.release_dropped(context, action.observed.properties, action.resource.properties)


def _update_parts(context: Context, action: Action) -> None:
    changed = action.changed_fields
    everything = "last_update" in changed
    revision = context.session.revisions.get(action.resource.name)
    if everything or changed & CONFIGURATION_FIELDS:
        revision = _update_configuration(context, action, revision)
    if (everything and context.package is not None) or changed & CODE_FIELDS:
        _update_code(context, action, revision)
    if "tags" in changed:
        _update_tags(context, action)


def _update_configuration(context: Context, action: Action, revision: str | None) -> str | None:
    client, resource = context.session.lambda_, action.resource
    request = {**configuration_request(resource.properties), "FunctionName": resource.name}
    if "layers" not in action.changed_fields:
        # A version that was deleted stays with a function that has it, but could not be named again.
        del request["Layers"]
    if revision:
        request["RevisionId"] = revision
    update = client.update_function_configuration
    return _change(context, CONFIGURATION_FIELDS, action, lambda: _with_layers(context, request, update))


def _update_code(context: Context, action: Action, revision: str | None) -> str | None:
    client, resource = context.session.lambda_, action.resource
    request: dict[str, Any] = {
        "FunctionName": resource.name,
        **upload.send(context),
        "Architectures": [resource.properties["architecture"]],
    }
    if revision:
        request["RevisionId"] = revision
    changed = _change(context, CODE_FIELDS, action, lambda: client.update_function_code(**request))
    upload.forget(context)
    return changed


def _change(context: Context, fields: frozenset[str], action: Action, call: Callable[[], Any]) -> str | None:
    """Do one update and wait for its end; the new revision comes back."""
    try:
        answer = dict(_retry_transient(context, call))
    except context.session.lambda_.exceptions.PreconditionFailedException:
        # Either the answer to our own call was lost and it was made twice, or somebody was faster.
        now = wait_until_settled(context)
        found = observed_function(context.names, now)
        if _differing(found, action.resource) & fields:
            raise
        context.made.function = found
        return revision_of(now)
    if not is_settled(answer):
        answer = dict(wait_until_settled(context)["Configuration"])
    context.made.function = observed_function(context.names, {"Configuration": answer})
    return answer.get("RevisionId")


def _differing(found: Resource, wanted: Resource) -> set[str]:
    return {change.field.partition(".")[0] for change in field_changes(found.properties, wanted.properties)}


def _update_tags(context: Context, action: Action) -> None:
    client, observed = context.session.lambda_, action.observed
    before = observed.properties["tags"] if observed is not None else {}
    to_set, to_remove = changed_marks(before, action.resource.properties["tags"])
    if to_set:
        client.tag_resource(Resource=context.names.function_arn, Tags=to_set)
    if to_remove:
        client.untag_resource(Resource=context.names.function_arn, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    # It may have been deleted already, by an earlier run or by hand.
    with suppress(client.exceptions.ResourceNotFoundException):
        _retry_transient(context, lambda: client.delete_function(FunctionName=action.resource.name))


def _delete_and_release(context: Context, action: Action) -> None:
    _delete(context, action)
    layer.release_dropped(context, action.resource.properties, {})


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete_and_release)
