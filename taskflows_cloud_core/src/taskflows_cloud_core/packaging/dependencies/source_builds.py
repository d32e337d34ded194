"""Wheels that are built here, from sources that have none on an index."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.caching.disk import cache_folder, prune
from taskflows_cloud_core.packaging.dependencies.lock import LockedFile, LockedSource, filename_of
from taskflows_cloud_core.packaging.dependencies.uv import build_source
from taskflows_cloud_core.packaging.dependencies.wheel_cache import fetch_files
from taskflows_cloud_core.packaging.installed.tags import best_tag, tag_ranks, wheel_rank
from taskflows_cloud_core.packaging.package import PackageTarget, is_this_machine

_KEPT_SECONDS = 30 * 24 * 3600


def build_wheel(source: LockedSource, target: PackageTarget) -> LockedFile | None:
    """Build a distribution and put its wheel into the cache; the same archive of sources is built once.

    Args:
        source: What `lock` found.
        target: The machine that the wheel is for.

    Returns:
        The wheel; ``None`` when the sources cannot be fetched from here.

    Raises:
        PackagingError: The build failed, or the wheel does not run on the target.
    """
    folder, file = source.folder, source.file
    built = _built(source.name, folder) if folder else _built_once(source.name, file) if file else None
    if built is not None:
        _check(built, source, target)
    return built


def _built_once(name: str, file: LockedFile) -> LockedFile | None:
    note = cache_folder("built") / f"{file.sha256}.json"
    built = _read(note)
    if built is None:
        built = _built_from_archive(name, file)
        if built is not None:
            _write(note, built)
    return built


def _built_from_archive(name: str, file: LockedFile) -> LockedFile | None:
    fetched = fetch_files([file])
    if fetched is None:
        return None
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        archive = Path(scratch, filename_of(file.url))
        shutil.copyfile(fetched[0], archive)
        return _built(name, archive)


def _built(name: str, source: Path) -> LockedFile:
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        build_source(source, Path(scratch), name=name)
        [wheel] = Path(scratch).glob("*.whl")
        data = wheel.read_bytes()
        version = wheel.name.split("-")[1]
        made = LockedFile(
            name=name, version=version, url=wheel.as_uri(), sha256=hashlib.sha256(data).hexdigest(), size=len(data)
        )
        fetch_files([made])
        return made


def _check(built: LockedFile, source: LockedSource, target: PackageTarget) -> None:
    filename = filename_of(built.url)
    is_pure = filename.endswith("-any.whl")
    ranks = tag_ranks(target)
    if (is_pure or is_this_machine(target)) and (ranks is None or wheel_rank(filename, ranks) is not None):
        return
    place = f"the folder {source.folder}" if source.folder else "its source"
    raise PackagingError(
        f"{built.name} {built.version}, built from {place}, is {filename}, which does not run on the target; what is "
        f"built here has to be pure Python, and all else needs a wheel for {best_tag(target)}: build it there, and put "
        "it where uv finds it (UV_FIND_LINKS, or an index)"
    )


def _read(note: Path) -> LockedFile | None:
    try:
        found = LockedFile(**json.loads(note.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    return found if (cache_folder("wheels") / f"{found.sha256}.whl").is_file() else None


def _write(note: Path, built: LockedFile) -> None:
    with tempfile.NamedTemporaryFile("w", dir=note.parent, prefix=".", suffix=".part", delete=False) as stream:
        json.dump(attrs.asdict(built), stream)
    Path(stream.name).replace(note)
    prune(note.parent, max_bytes=0, kept_seconds=_KEPT_SECONDS)
