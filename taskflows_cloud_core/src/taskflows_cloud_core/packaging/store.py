"""Finished archives on this disk, each named by its content."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from taskflows_cloud_core.packaging.archive import Member, write_archive


def cache_folder(name: str) -> Path:
    """A folder of the user's cache, made when it is not there, for its owner alone.

    Args:
        name: Of the part of the cache, for instance ``"packages"``.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("taskflows-cloud") / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def store_archive(members: Sequence[Member]) -> tuple[Path, str, int]:
    """Write an archive into the cache.

    A file appears under its name only when it is whole, so builders may run side by side and be killed.

    Returns:
        The file, its sha256 in hexadecimal and its size in bytes.
    """
    folder = cache_folder("packages")
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            sha256, size = write_archive(members, stream.write)
        path = folder / f"{sha256}.zip"
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path, sha256, size
