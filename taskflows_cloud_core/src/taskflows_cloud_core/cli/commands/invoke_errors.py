"""The error of a run as its author wants to see it: their own files and lines, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from taskflows_cloud_core.cli.commands.logs import LogLine

_FRAME = re.compile(r'  File "(?P<folder>[^"]*/)?(?P<file>[^"/]+)", line \d+')
# What every package has of its own, beside the user's files.
_ENTRY_FILE, _RUNTIME_FOLDER = "index.py", "_taskflows_cloud/"
_LEVEL = re.compile(r"\[?(ERROR|CRITICAL)\]?\s+")


def of_user(error: str) -> str:
    """A traceback without the frames of the package's own runtime, and with paths relative to the package."""
    lines = error.splitlines()
    root = next(
        (match["folder"] or "" for line in lines if (match := _FRAME.match(line)) and match["file"] == _ENTRY_FILE),
        None,
    )
    if root is None:
        return error
    return "\n".join(line.replace(f'"{root}', '"') for line in _without_runtime(lines, root))


def _without_runtime(lines: Iterable[str], root: str) -> Iterator[str]:
    skipping = False
    for line in lines:
        match = _FRAME.match(line)
        if match is not None:
            folder = match["folder"] or ""
            skipping = folder == f"{root}{_RUNTIME_FOLDER}" or (folder == root and match["file"] == _ENTRY_FILE)
        elif not line.startswith("    "):
            skipping = False
        if not skipping:
            yield line


def without_error(logs: Iterable[LogLine], error: str) -> Iterator[LogLine]:
    """The lines of a log that are not the error itself, which is shown by itself."""
    told = {line.strip() for line in error.splitlines()}
    for line in logs:
        words = [_LEVEL.sub("", part).strip() for part in line.message.splitlines()]
        if not words or not all(part in told or _is_part(part, told) for part in words):
            yield line


def _is_part(part: str, told: Iterable[str]) -> bool:
    """Whether a line is several of the error's in one, as some runtimes write the first two."""
    return any(line and part.startswith(line) and part.removeprefix(line).strip() in told for line in told)
