"""Marks on resources: tags, labels or annotations that say whose a resource is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import Problem

# The value of a tag takes few characters: '=' stands for the '%' of a URL, and ':' parts the paths.
_ESCAPE = "="
_SEPARATOR = ":"
_UNKNOWN = "@"


@attrs.frozen(kw_only=True)
class MarkLimits:
    """What a cloud accepts as marks.

    Args:
        cloud: What users call it, for messages.
        most: How many marks a resource can have.
        reserved: How many of them are kept free for ours.
        key_characters: The most characters of a key.
        value_characters: The most characters of a value.
        text: Matches keys and values.
        characters: What ``text`` matches, in words for users.
    """

    cloud: str
    most: int
    reserved: int
    key_characters: int
    value_characters: int
    text: re.Pattern[str]
    characters: str


@attrs.frozen(kw_only=True)
class OwnershipMarks:
    """Which marks say that a resource is ours, and which are the user's.

    Args:
        prefix: What the keys of all our marks begin with, for instance ``"taskflows-cloud:"``.
        owner: The key of the mark that holds the name of the function that a resource belongs to. Without it a resource
            is not ours.
        clouds_prefixes: What the keys of marks begin with that the cloud itself sets.
    """

    prefix: str
    owner: str
    clouds_prefixes: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    def find_problems(self, field: str, user_marks: Mapping[str, str], limits: MarkLimits) -> list[Problem]:
        """Check marks that the user gave.

        Args:
            field: Their field, for instance ``"tags"``.
            user_marks: The marks.
            limits: What the cloud accepts.

        Returns:
            A problem for each mark that cannot be used, and one when there are too many.
        """
        problems = []
        if len(user_marks) > limits.most - limits.reserved:
            message = (
                f"there are {len(user_marks)}; {limits.cloud} takes {limits.most}, of which taskflows-cloud needs "
                f"{limits.reserved}"
            )
            problems.append(Problem(field=field, message=message))
        messages = {key: self._message(key, value, limits) for key, value in user_marks.items()}
        return problems + [
            Problem(field=f"{field}[{key!r}]", message=message) for key, message in messages.items() if message
        ]

    def _message(self, key: str, value: str, limits: MarkLimits) -> str:
        if not 1 <= len(key) <= limits.key_characters:
            return f"a key has 1 to {limits.key_characters} characters, this one {len(key)}"
        if len(value) > limits.value_characters:
            return f"a value has at most {limits.value_characters} characters, this one {len(value)}"
        taken = next((prefix for prefix in self.clouds_prefixes if key.lower().startswith(prefix)), None)
        if taken is not None:
            return f"keys that begin with {taken!r} belong to {limits.cloud}"
        if key.startswith(self.prefix):
            return f"keys that begin with {self.prefix!r} belong to taskflows-cloud"
        if not limits.text.fullmatch(key) or not limits.text.fullmatch(value):
            return f"{limits.cloud} takes {limits.characters} only"
        return ""

    def owned_by(self, function: str, user_marks: Mapping[str, str]) -> dict[str, str]:
        """The marks of a resource of a function."""
        return {**user_marks, self.owner: function}

    def is_owned(self, function: str, marks: Mapping[str, str]) -> bool:
        """Whether a resource with these marks was made for the function."""
        return marks.get(self.owner) == function

    def comparable(self, marks: Mapping[str, str]) -> dict[str, str]:
        """The marks without those that the cloud itself sets."""
        return {key: value for key, value in marks.items() if not key.startswith(self.clouds_prefixes)}

    def user_marks(self, marks: Mapping[str, str]) -> dict[str, str]:
        """The marks that the user gave."""
        return {key: value for key, value in self.comparable(marks).items() if not key.startswith(self.prefix)}


def changed_marks(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The marks to set and the keys to remove, for clouds that change single marks."""
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    return to_set, sorted(key for key in before if key not in after)


def as_pairs(marks: Mapping[str, str], *, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """The marks as a list, by key, for clouds that do not take a mapping.

    Args:
        marks: The marks.
        key: The field of each entry that holds the key.
        value: The field that holds the value.
    """
    return [{key: name, value: text} for name, text in sorted(marks.items())]


def from_pairs(pairs: Iterable[Mapping[str, str]], *, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Undo `as_pairs`."""
    return {pair[key]: pair[value] for pair in pairs}


def paths_as_mark(paths: Sequence[str], *, characters: int) -> str | None:
    """Put paths into the value of one mark, with letters, digits, spaces and ``_ . : / = + - @`` only.

    Args:
        paths: For instance of files that are part of a package.
        characters: The most characters that a value may have. Longer lists are noted as unknown.

    Returns:
        The value; ``None`` when there are no paths.
    """
    if not paths:
        return None
    text = _SEPARATOR.join(quote(path, safe="/ ").replace("%", _ESCAPE).replace("~", "=7E") for path in paths)
    return text if len(text) <= characters else _UNKNOWN


def paths_of_mark(value: str | None) -> list[str] | None:
    """Read what `paths_as_mark` wrote; ``None`` when the paths were too long to be noted."""
    if value is None:
        return []
    return None if value == _UNKNOWN else [unquote(path.replace(_ESCAPE, "%")) for path in value.split(_SEPARATOR)]
