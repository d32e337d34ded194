"""The folders of the user's cache, and how large they may grow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

MAX_BYTES = 2 * 2**30
"""How many bytes each folder of the cache keeps, apart from what was of use lately."""
_PRUNED_EVERY_SECONDS = 60
KEPT_SECONDS = 3600
"""What was of use within this time is never removed: another process may be about to read it."""


def cache_folder(name: str) -> Path:
    """A folder of the user's cache, made when it is not there, for its owner alone.

    Args:
        name: Of the part of the cache, for instance ``"packages"``.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("taskflows-cloud") / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


_last_pruned: dict[Path, float] = {}


def prune_sometimes(folder: Path) -> None:
    """Prune a folder that has just grown, at most once a minute: looking at every file takes time.

    Args:
        folder: Of the cache.
    """
    now = time.monotonic()
    if now - _last_pruned.get(folder, -_PRUNED_EVERY_SECONDS) >= _PRUNED_EVERY_SECONDS:
        _last_pruned[folder] = now
        prune(folder)


def prune(folder: Path, *, max_bytes: int = MAX_BYTES, kept_seconds: float = KEPT_SECONDS) -> None:
    """Remove what was longest out of use until a folder is small enough.

    Several processes may do so at once, and one that is killed leaves nothing half done: every file can be
    made again.

    Args:
        folder: Of the cache.
        max_bytes: How large it may be.
        kept_seconds: What was of use within this time stays.
    """
    now = time.time()
    total = 0
    for when, size, file in sorted(_files(folder), reverse=True):
        total += size
        abandoned = file.suffix == ".part"
        if now - when > kept_seconds and (total > max_bytes or abandoned):
            file.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for file in folder.iterdir():
        try:
            facts = file.stat()
        except FileNotFoundError:  # another process removed it
            continue
        yield facts.st_mtime, facts.st_size, file
