"""The tag of a function that names the layers which it gives up: who is broken off in between finds them by it.

It is set before the function changes, and removed when the layers are gone or turned out to be used by others. A
function at rest has no such tag.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from taskflows_cloud_aws import limits, ownership
from taskflows_cloud_aws.naming.names import Names, layer_in
from taskflows_cloud_aws.resources import function_reading, usage
from taskflows_cloud_aws.session.session import AwsSession

_SEPARATOR = ":"


def given_up(tags: Mapping[str, str]) -> set[str]:
    """The names of the layers that a function's tags name."""
    return {name for name in tags.get(ownership.LAYERS, "").split(_SEPARATOR) if layer_in(f":layer:{name}")}


def announce(session: AwsSession, names: Names, coming: Collection[str] = ()) -> None:
    """Note the layers that the function has, if there is one, and those that are about to be made for it.

    Args:
        session: Clients.
        names: Of the function.
        coming: The layers that it does not have yet.
    """
    answer = function_reading.get_function(session, names.function)
    if answer is None:
        return
    before = given_up(answer.get("Tags", {}))
    noted = before | usage.layers_of(answer["Configuration"]) | set(coming)
    if noted != before:
        session.lambda_.tag_resource(Resource=names.function_arn, Tags={ownership.LAYERS: _text(noted)})


def _text(noted: Collection[str]) -> str:
    """As many names as a tag takes; each completed deployment takes all of them away."""
    text = ""
    for name in sorted(noted):
        longer = f"{text}{_SEPARATOR}{name}" if text else name
        if len(longer) > limits.TAG_VALUE_CHARACTERS:
            break
        text = longer
    return text


def forget(session: AwsSession, names: Names) -> None:
    """Take the note away."""
    session.lambda_.untag_resource(Resource=names.function_arn, TagKeys=[ownership.LAYERS])
