"""Wheels on this disk, each named by its content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.caching.disk import cache_folder, prune
from taskflows_cloud_core.packaging.dependencies.lock import LockedFile
from taskflows_cloud_core.packaging.progress_reporting import Download

_AT_ONCE = 4
_NAMED = 3
_PIECE = 1 << 20
_TIMEOUT_SECONDS = 60


def fetch_files(wheels: Sequence[LockedFile]) -> list[Path] | None:
    """Get wheels into the cache.

    A file appears under its name only when it is whole and has the right digest.

    Args:
        wheels: What `lock` returned.

    Returns:
        Their files, in the order of the wheels; ``None`` when one cannot be fetched from here, for instance
        because its index wants credentials that only uv knows.

    Raises:
        PackagingError: What was fetched is not what the lock says.
    """
    folder = cache_folder("wheels")
    missing = [wheel for wheel in wheels if not (folder / f"{wheel.sha256}.whl").is_file()]
    try:
        _fetch_all([wheel for wheel in missing if not wheel.url.startswith("file:")], folder)
        for wheel in missing:
            if wheel.url.startswith("file:"):
                _fetch(wheel, folder, _untold)
    except (OSError, HTTPException):
        return None
    files = [folder / f"{wheel.sha256}.whl" for wheel in wheels]
    for file in files:
        os.utime(file)  # when it was last of use
    if missing:
        prune(folder)
    return files


def _fetch_all(wheels: Sequence[LockedFile], folder: Path) -> None:
    if not wheels:
        return
    names = ", ".join(f"{wheel.name} {wheel.version}" for wheel in wheels[:_NAMED])
    more = f" and {len(wheels) - _NAMED} more" if len(wheels) > _NAMED else ""
    sizes = [wheel.size for wheel in wheels]
    download = Download(message=f"downloading {names}{more}", total=sum(sizes) if all(sizes) else 0)
    download.tell()
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="wheels") as pool:
        list(pool.map(lambda wheel: _fetch(wheel, folder, download.add), wheels))
    download.tell()


def _fetch(wheel: LockedFile, folder: Path, came: Callable[[int], None]) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    part, digest = Path(name), hashlib.sha256()
    try:
        with os.fdopen(descriptor, "wb") as stream, urlopen(wheel.url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - lock lets https, http and file pass
            while piece := answer.read(_PIECE):
                digest.update(piece)
                stream.write(piece)
                came(len(piece))
            if stream.tell() < int(answer.headers.get("Content-Length") or 0):
                raise ConnectionError(f"the download of {wheel.name} broke off")
        if digest.hexdigest() != wheel.sha256:
            raise PackagingError(
                f"the wheel of {wheel.name} {wheel.version} that was fetched is not the one that the index announced: "
                "its sha256 differs; try again, and if it stays so, do not trust that index"
            )
        part.replace(folder / f"{wheel.sha256}.whl")
    finally:
        part.unlink(missing_ok=True)


def _untold(_count: int) -> None:
    """Take the news of a copy within this machine."""
