"""The tag that remembers which files went along with the code, so that new code can have them too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from taskflows_cloud_aws import limits, ownership

# A tag's value takes few characters: '=' stands for the '%' of a URL, and ':' parts the paths.
_ESCAPE = "="
_SEPARATOR = ":"
_UNKNOWN = "@"


def tag_of_files(paths: Sequence[str]) -> dict[str, str]:
    """The tag for these paths; no tag when there are none.

    Paths that are too long for a tag are remembered as unknown.
    """
    if not paths:
        return {}
    text = _SEPARATOR.join(quote(path, safe="/ ").replace("%", _ESCAPE).replace("~", "=7E") for path in paths)
    return {ownership.FILES: text if len(text) <= limits.TAG_VALUE_CHARACTERS else _UNKNOWN}


def files_of_tag(tags: Mapping[str, str]) -> list[str] | None:
    """The paths behind a function's tags; ``None`` when they were too long to be remembered."""
    text = tags.get(ownership.FILES)
    if text is None:
        return []
    return None if text == _UNKNOWN else [unquote(path.replace(_ESCAPE, "%")) for path in text.split(_SEPARATOR)]
