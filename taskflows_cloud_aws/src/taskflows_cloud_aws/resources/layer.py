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

from taskflows_cloud_aws.naming.names import Names, layer_in
from taskflows_cloud_aws.resources import pending_layer_tags, upload, usage
from taskflows_cloud_aws.resources.context import Context, Handler
from taskflows_cloud_aws.resources.function import as_datetime
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.waiting import error_code, error_message
from taskflows_cloud_core import OperationError
from taskflows_cloud_core.reconcile import Action, Resource

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
class Observed:
    """What there is of layers that concern a function.

    Args:
        resources: What is wanted and there, and what is not wanted and used by nobody else.
        shared_with: What is not wanted but used by others, and by whom.
    """

    resources: tuple[Resource, ...]
    shared_with: Mapping[str, list[str]]


@attrs.frozen(kw_only=True)
class Concerned:
    """Which layers have to do with a function.

    Args:
        used: Those that it has.
        given_up: Those that an earlier deployment, broken off, was about to give up.
        wanted: Those that it is to have.
        removing: Whether it is to go.
        is_gone: Whether there is no function.
    """

    used: Collection[str]
    given_up: Collection[str]
    wanted: Collection[str]
    removing: bool
    is_gone: bool


def observed_layers(session: AwsSession, names: Names, concerned: Concerned) -> Observed:
    """The layers that are this function's to keep or to delete, as far as no other function uses them."""
    wanted = set(concerned.wanted)
    decides = concerned.removing or bool({*concerned.used, *concerned.given_up} - wanted)
    listed = read_layers(session, afresh=decides)
    own = {name for name, made_for in listed.items() if made_for == names.function}
    surplus = ({*own, *concerned.used, *concerned.given_up} & set(listed)) - wanted
    ends_a_deletion = concerned.removing and concerned.is_gone and bool(listed)
    functions = usage.all_functions(session) if surplus or ends_a_deletion else {}
    users = {name: usage.users_of_layer(functions, name, names.function) for name in surplus}
    doomed = {name for name in surplus if not users[name]}
    if ends_a_deletion:
        doomed |= _abandoned(listed, functions)
    if not concerned.removing:
        # What a broken off deployment gave up is told although it is gone, so that the note of it goes too.
        doomed |= set(concerned.given_up) - wanted - set(listed)
    return Observed(
        resources=tuple(desired_layer(name) for name in sorted(doomed | wanted & set(listed))),
        shared_with={f"{KIND} {name}": others for name, others in users.items() if others},
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
    pending_layer_tags.announce(context.session, context.names, coming=[name])
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
    users = delete_unless_used(context.session, action.resource.name, besides=context.besides)
    if users:
        context.kept.append(f"{action.key}, which {', '.join(users)} took into use meanwhile")


def delete_unless_used(session: AwsSession, name: str, *, besides: str | None) -> list[str]:
    """Delete a layer, unless a function has it.

    Args:
        session: Clients.
        name: Of the layer.
        besides: The name of a function that does not count.

    Returns:
        Who has it, so that it is there.
    """
    users = usage.users_of_layer(usage.all_functions(session), name, besides)
    if not users:
        delete_layer(session, name)
    return users


def delete_layer(session: AwsSession, name: str) -> None:
    """Delete all versions of our making."""
    session.layers.forget(name)
    for number in _versions(session, name):
        # DeleteLayerVersion succeeds also when the version is gone.
        session.lambda_.delete_layer_version(LayerName=name, VersionNumber=number)
    session.layers.forget(name)


HANDLER = Handler(create=_create, update=_create, delete=_delete)
