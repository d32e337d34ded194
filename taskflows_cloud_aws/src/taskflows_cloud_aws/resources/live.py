"""The version of a function that runs: an alias that is moved to a new version last of all.

Schedules and invocations go to the alias. So a run sees either the old code with the old settings or the new
code with the new ones, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources import function_calls, function_reading, layer
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import (
    CODE_FIELDS,
    CONFIGURATION_FIELDS,
    is_settled,
    observed_function,
    shown_environment,
)
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.resources.published_versions import prune_versions
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import is_refused_for_now
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.reconcile import Action, Hidden, Resource

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import AliasConfigurationResponseTypeDef

KIND = "live"
# What a version keeps of a function, beside its code.
_SETTINGS = CODE_FIELDS | CONFIGURATION_FIELDS - {"environment"}
_STATE_SECONDS = 600
_RETRY_SECONDS = 60
_ATTEMPTS = 3
# AWS's code, and the one that some emulators give.
_EXISTS = ("ResourceConflictException", "ConflictException")


def desired_live(names: Names, of_function: Resource) -> Resource:
    """The alias on a version that has the code and the settings of the function as it will be."""
    return _live(names, of_function)


def _live(names: Names, source: Resource) -> Resource:
    properties = source.properties
    settings = {name: properties[name] for name in sorted(_SETTINGS) if name in properties}
    settings["environment"] = shown_environment(properties)
    wanted = {"code_sha256": properties["code_sha256"], "settings": Hidden(settings)}
    return Resource(kind=KIND, name=LIVE, properties=wanted, depends_on=[(FUNCTION, names.function)])


def settings_of(found: Resource | None) -> Mapping[str, Any]:
    """The settings of a live version; empty when there is none."""
    settings: Mapping[str, Any] = found.properties["settings"].value if found is not None else {}
    return settings


def read_live(session: AwsSession, names: Names) -> Resource | None:
    """Read the version that the alias is on; ``None`` when there is no alias."""
    answer = function_reading.get_function(session, names.function, qualifier=LIVE)
    return None if answer is None else _live(names, observed_function(names, answer))


def _create(context: Context, action: Action) -> None:
    from botocore.exceptions import ClientError

    client = context.session.lambda_
    version = context.made.version or _publish(context, action)
    request: Any = {"FunctionName": context.names.function, "Name": LIVE, "FunctionVersion": version}
    try:
        _retry_transient(context, lambda: client.create_alias(**request))
    except ClientError as error:
        if error_code(error) not in _EXISTS:
            raise
        # Either the answer to our own call was lost, or somebody was faster.
        _require_version(context, version)


def _update(context: Context, action: Action) -> None:
    client, name = context.session.lambda_, context.names.function
    # Read before the version is made: when somebody else moves the alias from here on, we are refused.
    revision = client.get_alias(FunctionName=name, Name=LIVE).get("RevisionId", "")
    version = _publish(context, action)
    # Before the alias moves: until then the live version names the layers, so that a run after a kill finds them.
    # Lambda keeps a copy of them for it.
    layer.release_dropped(context, settings_of(action.observed), settings_of(action.resource))
    request: dict[str, Any] = {"FunctionName": name, "Name": LIVE, "FunctionVersion": version}
    if revision:
        request["RevisionId"] = revision
    try:
        _retry_transient(context, lambda: client.update_alias(**request))
    except client.exceptions.PreconditionFailedException:
        _require_version(context, version)
    prune_versions(context.session, name, kept=context.session.options.versions_kept)


def _retry_transient(context: Context, call: Callable[[], Any]) -> None:
    context.session.retry.call(call, seconds=_RETRY_SECONDS, is_transient=is_refused_for_now)


def _require_version(context: Context, version: str) -> None:
    name = context.names.function
    found: AliasConfigurationResponseTypeDef = context.session.lambda_.get_alias(FunctionName=name, Name=LIVE)
    if found["FunctionVersion"] != version:
        raise OperationError(f"somebody else put version {found['FunctionVersion']} of {name!r} live; run again")


def _publish(context: Context, action: Action) -> str:
    """Make a version of the function as it is now; AWS gives the last one again when nothing changed since.

    Raises:
        OperationError: The function is not as this run left it.
    """
    client, name = context.session.lambda_, context.names.function
    left = context.made.function
    expected = action.resource if left is None else _live(context.names, left)
    for _ in range(_ATTEMPTS):
        answer = function_calls.wait_until_settled(context)
        if _live(context.names, observed_function(context.names, answer)).properties != expected.properties:
            break
        found: dict[str, Any] = dict(answer["Configuration"])
        request = {"FunctionName": name, "CodeSha256": found["CodeSha256"], "RevisionId": found.get("RevisionId", "")}
        try:
            published: dict[str, Any] = dict(client.publish_version(**_without_blanks(request)))
        except (client.exceptions.PreconditionFailedException, client.exceptions.ResourceConflictException):
            # It changed since it was read: look again whether it is still ours.
            continue
        if not is_settled(published):
            _wait_for_version(context, str(published["Version"]))
        return str(published["Version"])
    raise OperationError(f"the function {name!r} was changed by somebody else meanwhile; run again")


def _without_blanks(request: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in request.items() if value}


def _wait_for_version(context: Context, version: str) -> None:
    name = context.names.function

    def probe() -> bool | None:
        answer = function_reading.get_function(context.session, name, qualifier=version)
        return True if answer is not None and is_settled(dict(answer["Configuration"])) else None

    context.session.retry.until(probe, seconds=_STATE_SECONDS, what=f"version {version} of {name!r}")


def _delete(context: Context, action: Action) -> None:
    client = context.session.lambda_
    try:
        client.delete_alias(FunctionName=context.names.function, Name=action.resource.name)
    except client.exceptions.ResourceNotFoundException:
        # It went with the function.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete, goes_with="function")
