"""The layer that holds the dependencies of functions: one for all that have the same.

Its name is the digest of its content, so that equal dependencies make one layer, whoever publishes it. A function
refers to a version of it, whose number only AWS knows: everywhere else the layer stands without a version. Deleting
it harms no function that has it, nor an older version of one: Lambda keeps a copy until none is left (AWS Lambda API
Reference, DeleteLayerVersion, 2026-11-25).
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import attrs

from taskflows_cloud_aws.naming.names import Names, layer_in, layers_in
from taskflows_cloud_aws.resources import upload, usage
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import as_datetime
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.reconcile import Action, Resource, ResourceKey

KIND = "layer"
# Layers have no tags: this and the name say whose they are.
_DESCRIPTION = "taskflows-cloud, made for "


def desired_layer(name: str) -> Resource:
    """A layer as a resource. All that there is to know of it is in its name."""
    return Resource(kind=KIND, name=name)


def read_layers(session: AwsSession, *, afresh: bool) -> Mapping[str, str]:
    """The layers of our making by name, each with the function that it was made for; asked once for many functions.

    Args:
        session: Clients.
        afresh: Ask again all the same, because something is to be deleted.
    """
    return session.layers.listed(lambda: _list_layers(session), afresh=afresh)


def _list_layers(session: AwsSession) -> dict[str, str]:
    return {name: latest["Description"].removeprefix(_DESCRIPTION) for name, latest in _latest(session).items()}


def layers_with_age(session: AwsSession) -> dict[str, datetime | None]:
    """The layers of our making by name, each with the moment when its newest version was published."""
    return {name: as_datetime(latest.get("CreatedDate", "")) for name, latest in _latest(session).items()}


def _latest(session: AwsSession) -> dict[str, Any]:
    pages = session.lambda_.get_paginator("list_layers").paginate()
    listed = [(one["LayerName"], one["LatestMatchingVersion"]) for page in pages for one in page["Layers"]]
    return {
        name: latest
        for name, latest in listed
        if layer_in(f":layer:{name}") and latest.get("Description", "").startswith(_DESCRIPTION)
    }


@attrs.frozen(kw_only=True)
class LayersOfFunction:
    """The layers that concern a function.

    Args:
        resources: Those that are desired and exist, and those that are not desired and have no other user.
        used_by: Those that are not desired → the other functions that use them.
    """

    resources: tuple[Resource, ...]
    used_by: Mapping[ResourceKey, list[str]]


@attrs.frozen(kw_only=True)
class Concerned:
    """Which layers concern a function.

    Args:
        used: Those that it has, or its live version.
        wanted: The desired ones.
        removing: Whether the function is deleted.
        is_gone: Whether there is no function.
    """

    used: Collection[str]
    wanted: Collection[str]
    removing: bool
    is_gone: bool


def observed_layers(session: AwsSession, names: Names, concerned: Concerned) -> LayersOfFunction:
    """Find the layers that this function keeps or releases, and who else uses the latter."""
    wanted = set(concerned.wanted)
    decides = concerned.removing or bool(set(concerned.used) - wanted)
    listed = read_layers(session, afresh=decides)
    own = {name for name, made_for in listed.items() if made_for == names.function}
    surplus = ({*own, *concerned.used} & set(listed)) - wanted
    ends_a_deletion = concerned.removing and concerned.is_gone and bool(listed)
    functions = usage.all_functions(session) if surplus or ends_a_deletion else {}
    users = {name: usage.users_of_layer(functions, name, names.function) for name in surplus}
    doomed = {name for name in surplus if not users[name]}
    if ends_a_deletion:
        doomed |= _abandoned(listed, functions)
    return LayersOfFunction(
        resources=tuple(desired_layer(name) for name in sorted(doomed | wanted & set(listed))),
        used_by={ResourceKey(KIND, name): others for name, others in users.items() if others},
    )


def _abandoned(listed: Mapping[str, str], functions: usage.Functions) -> set[str]:
    """The layers that no function has, and whose own function is gone: no other deletion would find them."""
    return {
        name
        for name, made_for in listed.items()
        if made_for not in functions and not usage.users_of_layer(functions, name, None)
    }


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
    users = release(context, action.resource.name)
    if users:
        context.keep(f"which {', '.join(users)} started using in the meantime")


def release(context: Context, name: str) -> list[str]:
    """Delete a layer unless another function has it; done once in a run.

    Each function stops using a layer first and calls this afterwards: of two that stop at once, the last one finds no
    other user.

    Args:
        context: The context of the function that no longer has the layer.
        name: The name of the layer.

    Returns:
        The functions that have it, so that it is kept.
    """
    released = context.made.released_layers
    if name not in released:
        users = usage.users_of_layer(usage.all_functions(context.session), name, context.besides)
        if not users:
            _delete_versions(context.session, name)
        released[name] = users
    return released[name]


def release_dropped(context: Context, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Release the layers that a function had before and no longer has.

    Args:
        context: The context of the function.
        before: The properties of the function, or of its live version, as they were.
        after: The properties as they are now; empty when the function is deleted.
    """
    # Without the permission to list layers they were not observed either, as the plan says.
    if "lambda:ListLayers" in context.session.denied:
        return
    for name in sorted(layers_in(before.get("layers", [])) - layers_in(after.get("layers", []))):
        release(context, name)


def _delete_versions(session: AwsSession, name: str) -> None:
    """Delete all our versions of a layer."""
    session.layers.forget(name)
    for number in _versions(session, name):
        # DeleteLayerVersion succeeds also when the version is gone.
        session.lambda_.delete_layer_version(LayerName=name, VersionNumber=number)
    session.layers.forget(name)


HANDLER = AwsHandler(create=_create, update=_create, delete=_delete)
