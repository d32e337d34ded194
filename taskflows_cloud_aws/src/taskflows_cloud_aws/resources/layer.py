"""The layer that holds the dependencies of functions: one for all that have the same.

Its name is the digest of its content, so that equal dependencies make one layer, whoever publishes it. A function
refers to a version of it, whose number only AWS knows: everywhere else the layer stands without a version. Deleting
it harms no function that has it, nor an older version of one: Lambda keeps a copy until none is left (AWS Lambda API
Reference, DeleteLayerVersion, 2026-11-25).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import attrs

from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import Names, layer_in
from taskflows_cloud_aws.resources import upload, usage
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.waiting import error_code, error_message
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "layer"
# Layers have no tags: this and the name say whose they are.
_DESCRIPTION = "taskflows-cloud, made for "


def desired_layer(name: str) -> Resource:
    """A layer as a resource. All that there is to know of it is in its name."""
    return Resource(kind=KIND, name=name)


def read_layers(session: AwsSession) -> Mapping[str, str]:
    """The layers of our making by name, each with the function that it was made for; asked once for many functions."""
    return session.layers.listed(lambda: _list_layers(session))


def _list_layers(session: AwsSession) -> dict[str, str]:
    pages = session.lambda_.get_paginator("list_layers").paginate()
    listed = [(one["LayerName"], one["LatestMatchingVersion"]) for page in pages for one in page["Layers"]]
    return {
        name: latest["Description"].removeprefix(_DESCRIPTION)
        for name, latest in listed
        if layer_in(f":layer:{name}") and latest.get("Description", "").startswith(_DESCRIPTION)
    }


@attrs.frozen(kw_only=True)
class Observed:
    """What there is of layers that concern a function.

    Args:
        resources: What is wanted and there, and what is not wanted and used by nobody else.
        shared_with: What is not wanted but used by others, and by whom.
    """

    resources: tuple[Resource, ...]
    shared_with: Mapping[str, list[str]]


def observed_layers(session: AwsSession, names: Names, used: set[str], wanted: set[str]) -> Observed:
    """The layers that are this function's to keep or to delete, as far as no other function uses them.

    Args:
        session: Clients.
        names: Of the function.
        used: Those that the function has.
        wanted: Those that it is to have.
    """
    listed = read_layers(session)
    own = {name for name, function in listed.items() if function == names.function}
    surplus = (own | used) & set(listed) - wanted
    users = {name: usage.users_of_layer(session, name, names.function) for name in sorted(surplus)}
    unused = {name for name in surplus if not users[name]}
    return Observed(
        resources=tuple(desired_layer(name) for name in sorted(unused | wanted & set(listed))),
        shared_with={f"{KIND} {name}": others for name, others in users.items() if others},
    )


def version_arn(context: Context, name: str) -> str:
    """The ARN of the version that functions are to have; it is published when there is none.

    Raises:
        OperationError: There is none, and this plan has not the code of it.
    """
    with context.session.in_turn(f"layer {name}"):
        known = context.session.layers.version(name)
        if known is None:
            known = _find(context.session, name) or _publish(context, name)
            context.session.layers.found(name, known)
        return known


def is_missing(error: BaseException) -> bool:
    """Whether Lambda refuses a function because a layer of ours is gone."""
    words = error_message(error)
    return (
        error_code(error) == "InvalidParameterValueException"
        and "does not exist" in words
        and any(layer_in(word.strip(".,;:'\"")) for word in words.split())
    )


def _find(session: AwsSession, name: str) -> str | None:
    """The oldest version with the right content."""
    client = session.lambda_
    for number in _versions(session, name):
        try:
            found = client.get_layer_version(LayerName=name, VersionNumber=number)
        except client.exceptions.ResourceNotFoundException:
            continue
        if base64.b64decode(found["Content"]["CodeSha256"]).hex().startswith(name.rpartition("-")[2]):
            return found["LayerVersionArn"]
    return None


def _versions(session: AwsSession, name: str) -> list[int]:
    """The numbers of the versions of our making, oldest first."""
    client = session.lambda_
    try:
        pages = client.get_paginator("list_layer_versions").paginate(LayerName=name)
        found = [one for page in pages for one in page["LayerVersions"]]
    except client.exceptions.ResourceNotFoundException:
        return []
    return sorted(one["Version"] for one in found if one.get("Description", "").startswith(_DESCRIPTION))


def _publish(context: Context, name: str) -> str:
    package = context.package
    if package is None or package.layer is None or context.names.layer(package.layer.sha256) != name:
        raise OperationError(
            f"the layer {name!r} is gone, and with it the dependencies; deploy the function's code again"
        )
    layer = package.layer
    request: dict[str, Any] = {
        "LayerName": name,
        "Description": f"{_DESCRIPTION}{context.names.function}",
        "Content": upload.send_layer(context, layer),
        "CompatibleRuntimes": [f"python{package.python_version}"],
    }
    answer = context.session.lambda_.publish_layer_version(**request)
    upload.forget_layer(context, layer)
    context.session.layers.forget(name)
    return _only_one(context.session, name, int(answer["Version"])) or answer["LayerVersionArn"]


def _only_one(session: AwsSession, name: str, own: int) -> str | None:
    """When somebody else was faster, or the answer to our own call was lost, take the older version and delete ours."""
    oldest = _find(session, name)
    if oldest is None or oldest.endswith(f":{own}"):
        return oldest
    session.lambda_.delete_layer_version(LayerName=name, VersionNumber=own)
    return oldest


def _create(context: Context, action: Action) -> None:
    context.session.layers.forget(action.resource.name)
    version_arn(context, action.resource.name)


def _delete(context: Context, action: Action) -> None:
    session, name = context.session, action.resource.name
    session.layers.forget(name)
    users = usage.users_of_layer(session, name, context.names.function)
    if users:
        context.kept.append(f"{action.key}, which {', '.join(users)} took into use meanwhile")
        return
    for number in _versions(session, name):
        # DeleteLayerVersion succeeds also when the version is gone.
        session.lambda_.delete_layer_version(LayerName=name, VersionNumber=number)
    session.layers.forget(name)


HANDLER = Handler(create=_create, update=_create, delete=_delete)
