"""Tags: which say that a resource is ours, and which are the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from taskflows_cloud_aws import limits
from taskflows_cloud_core import kit
from taskflows_cloud_core.kit import MarkLimits, OwnershipMarks, paths_as_mark, paths_of_mark

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
IN_ARCHIVE = "taskflows-cloud:dependencies-in-archive"
"""On a function: its dependencies are to stay with its code, however large they are."""
OWNERS = (OWNER, SHARED)
OUR_TAGS = (OWNER, PAUSED, FILES, IN_ARCHIVE, PROVISIONED)
MARKS = OwnershipMarks(prefix=PREFIX, owner=OWNER, clouds_prefixes=["aws:"])
"""Which tags say that a resource is ours."""
LIMITS = MarkLimits(
    cloud="AWS",
    most=limits.TAGS,
    reserved=len(OUR_TAGS),
    key_characters=limits.TAG_KEY_CHARACTERS,
    value_characters=limits.TAG_VALUE_CHARACTERS,
    text=limits.TAG_TEXT,
    characters="letters, digits, spaces and _ . : / = + - @",
)
"""What AWS accepts as tags of users."""


def shared() -> dict[str, str]:
    """The tags of a resource that functions share."""
    return {SHARED: "true"}


def is_shared(tags: Mapping[str, str]) -> bool:
    """Whether a resource with these tags was made for all functions."""
    return SHARED in tags


def from_pairs(pairs: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Tags as IAM, EventBridge and Scheduler spell them, without what AWS itself set."""
    return MARKS.comparable(kit.from_pairs(pairs))


def tag_of_files(paths: Sequence[str]) -> dict[str, str]:
    """The tag for the files that go along with the code, so that new code can have them too; none without files."""
    value = paths_as_mark(paths, characters=limits.TAG_VALUE_CHARACTERS)
    return {} if value is None else {FILES: value}


def files_of_tag(tags: Mapping[str, str]) -> list[str] | None:
    """The paths behind a function's tags; ``None`` when they were too long for a tag."""
    return paths_of_mark(tags.get(FILES))
