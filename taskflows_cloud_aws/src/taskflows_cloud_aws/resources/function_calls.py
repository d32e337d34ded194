"""The Lambda function on AWS: reading, creating, changing, deleting, and waiting for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.naming.names import layer_in
from taskflows_cloud_aws.resources import function_reading, layer, pending_layer_tags, upload
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.resources.function import (
    CODE_FIELDS,
    CONFIGURATION_FIELDS,
    configuration_request,
    creation_request,
    is_settled,
    observed_function,
)
from taskflows_cloud_aws.waiting import error_code, error_message
from taskflows_cloud_core import NotManagedError, OperationError
from taskflows_cloud_core.reconcile import Action, Resource, field_changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef

# A new role reaches Lambda after some seconds; terraform-provider-aws allows it five minutes.
_ROLE_SECONDS = 300
_STATE_SECONDS = 600
_PASSING_MESSAGES = (
    "cannot be assumed by Lambda",
    "execution role does not have permissions",
    "KMS key is invalid for CreateGrant",
)


def will_pass(error: BaseException) -> bool:
    """Whether Lambda refuses only for now: a role that is too new, or another change under way."""
    code, message = error_code(error), error_message(error)
    if code == "InvalidParameterValueException":
        return any(words in message for words in _PASSING_MESSAGES) or layer.is_missing(error)
    return code == "ResourceConflictException" and "exist" not in message


def wait_until_settled(context: Context) -> GetFunctionResponseTypeDef:
    """Wait for the end of a creation or an update.

    Raises:
        OperationError: It failed, or is not over after ten minutes.
    """
    name = context.names.function

    def probe() -> GetFunctionResponseTypeDef | None:
        answer = function_reading.get_function(context.session, name)
        return answer if answer is not None and is_settled(dict(answer["Configuration"])) else None

    answer = context.session.waiting.until(probe, seconds=_STATE_SECONDS, what=f"the end of the change of {name!r}")
    _raise_if_failed(name, dict(answer["Configuration"]))
    return answer


def _raise_if_failed(name: str, found: dict[str, Any]) -> None:
    for status, what in (("State", "State"), ("LastUpdateStatus", "LastUpdateStatus")):
        if found.get(status) == "Failed":
            code, reason = found.get(f"{what}ReasonCode", ""), found.get(f"{what}Reason", "")
            raise OperationError(f"Lambda could not put {name!r} into service: {code}: {reason}; run again when mended")


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
        answer = _patiently(context, lambda: _with_layers(context, request, client.create_function))
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
        if layer.is_missing(error):
            for name in ours.values():
                context.session.layers.forget(name)
        raise


def _patiently(context: Context, call: Callable[[], Any]) -> Any:
    return context.session.waiting.retry(
        call, seconds=_ROLE_SECONDS, passing=will_pass, noting=lambda error: context.tell(_what_is_awaited(error))
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
    if not ownership.is_owned(context.names.function, answer.get("Tags", {})):
        raise NotManagedError(f"the function {wanted.name!r} exists and was not made by taskflows-cloud")
    found = observed_function(context.names, answer)
    if _differing(found, wanted) - {"revision", "tags"}:
        raise OperationError(f"the function {wanted.name!r} was changed by somebody else meanwhile; run again")


def _update(context: Context, action: Action) -> None:
    changed = action.changed_fields
    if "state" in changed:
        # A function whose creation failed cannot be changed, only made anew.
        _delete(context, action)
        _create(context, action)
        return
    everything = "last_update" in changed
    revision = action.resource.properties.get("revision")
    if "layers" in changed:
        revision = _revision_when_noted(context, action)
    if everything or changed & CONFIGURATION_FIELDS:
        revision = _update_configuration(context, action, revision)
    if (everything and context.package is not None) or changed & CODE_FIELDS:
        _update_code(context, action, revision)
    if "tags" in changed:
        _update_tags(context, action)


def _revision_when_noted(context: Context, action: Action) -> str | None:
    """Note the layers that the function has before it loses them; the revision that the change is to expect."""
    pending_layer_tags.announce(context.session, context.names)
    expected: str | None = action.resource.properties.get("revision")
    answer = function_reading.get_function(context.session, context.names.function)
    if answer is None or action.observed is None:
        return expected
    found = observed_function(context.names, answer)
    # Whether a tag renews the revision is nowhere said. When anything else differs, AWS shall refuse.
    is_as_planned = not _differing(found, action.observed) - {"revision", "tags"}
    return found.properties.get("revision") if is_as_planned else expected


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
        answer = dict(_patiently(context, call))
    except context.session.lambda_.exceptions.PreconditionFailedException:
        # Either the answer to our own call was lost and it was made twice, or somebody was faster.
        found = observed_function(context.names, wait_until_settled(context))
        if _differing(found, action.resource) & fields:
            raise
        context.made.function = found
        return found.properties.get("revision")
    if not is_settled(answer):
        answer = dict(wait_until_settled(context)["Configuration"])
    context.made.function = observed_function(context.names, {"Configuration": answer})
    return answer.get("RevisionId")


def _differing(found: Resource, wanted: Resource) -> set[str]:
    return {change.field.partition(".")[0] for change in field_changes(found.properties, wanted.properties)}


def _update_tags(context: Context, action: Action) -> None:
    client, observed = context.session.lambda_, action.observed
    before = observed.properties["tags"] if observed is not None else {}
    to_set, to_remove = ownership.changed(before, action.resource.properties["tags"])
    if to_set:
        client.tag_resource(Resource=context.names.function_arn, Tags=to_set)
    if to_remove:
        client.untag_resource(Resource=context.names.function_arn, TagKeys=to_remove)


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        _patiently(context, lambda: client.delete_function(FunctionName=action.resource.name))
    except client.exceptions.ResourceNotFoundException:
        # Deleted already, by an earlier run or by hand.
        return


HANDLER = Handler(create=_create, update=_update, delete=_delete)
