"""Tags: which say that a resource is ours, and which are the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PREFIX = "taskflows-cloud:"
OWNER = "taskflows-cloud:function"
"""Holds the name of the function that a resource belongs to. Without it a resource is not ours."""
PAUSED = "taskflows-cloud:paused"
"""On a function: its schedules are to stay switched off."""
FILES = "taskflows-cloud:include-files"
"""On a function: the files that the user wanted to go along with its code."""
SHARED = "taskflows-cloud:shared"
"""On a role that all functions of a region share, instead of the owner."""
PROVISIONED = "taskflows-cloud:provisioned"
"""On a function: its alias may have provisioned concurrency of our making. Set before it, removed after it."""
SIGNING = "taskflows-cloud:code-signing"
"""On a function: it may have a code signing configuration of our making. Set before it, removed after it."""
IN_ARCHIVE = "taskflows-cloud:dependencies-in-archive"
"""On a function: its dependencies are to stay with its code, however large they are."""
LAYERS = "taskflows-cloud:layers"
"""On a function: layers that it gives up. Set before it has them no longer, removed after they are gone."""
OWNERS = (OWNER, SHARED)
MARKS = (PROVISIONED, SIGNING)
OUR_TAGS = (OWNER, PAUSED, FILES, IN_ARCHIVE, LAYERS, *MARKS)


def owned_by(function: str, user_tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of a resource of a function."""
    return {**user_tags, OWNER: function}


def is_owned(function: str, tags: Mapping[str, str]) -> bool:
    """Whether a resource with these tags was made for the function."""
    return tags.get(OWNER) == function


def shared() -> dict[str, str]:
    """The tags of a resource that functions share."""
    return {SHARED: "true"}


def is_shared(tags: Mapping[str, str]) -> bool:
    """Whether a resource with these tags was made for all functions."""
    return SHARED in tags


def marks(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of a function that say what else there may be."""
    return {key: value for key, value in tags.items() if key in MARKS}


def comparable(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags without those that AWS itself sets."""
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def user_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags that the user gave."""
    return {key: value for key, value in comparable(tags).items() if not key.startswith(PREFIX)}


def as_pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """The spelling of IAM, EventBridge and Scheduler."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def from_pairs(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Undo `as_pairs`, and drop what AWS itself set."""
    return comparable({pair["Key"]: pair["Value"] for pair in pairs})


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The tags to set and the keys to remove."""
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    return to_set, sorted(key for key in before if key not in after)
