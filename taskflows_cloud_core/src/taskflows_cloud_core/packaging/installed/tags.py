"""Which wheels a target can use, the best first."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from taskflows_cloud_core.packaging.package import PackageTarget

if TYPE_CHECKING:
    from packaging.tags import Tag

_LINUX = re.compile(r"(x86_64|aarch64)-manylinux(?:_2_(\d{1,2})|2014)")
# PEP 600: the older names of some glibc versions. The lowest version is the first that a wheel may ask for.
_LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_LOWEST = {"x86_64": 5, "aarch64": 17}


def tag_ranks(target: PackageTarget) -> dict[Tag, int] | None:
    """The tags of wheels that run on a target.

    Args:
        target: The machine.

    Returns:
        Tag to rank, the smallest rank is the best; ``None`` when the platform is not one whose tags are
        known here.
    """
    from packaging import tags

    major, minor = map(int, target.python_version.split("."))
    if target.platform is None and (major, minor) == sys.version_info[:2]:
        return {tag: rank for rank, tag in enumerate(tags.sys_tags())}
    platforms = list(tags.platform_tags()) if target.platform is None else _linux_platforms(target.platform)
    if not platforms:
        return None
    interpreter = f"cp{major}{minor}"
    found = [*tags.cpython_tags((major, minor), [interpreter], platforms)]
    found += tags.compatible_tags((major, minor), interpreter, platforms)
    return {tag: rank for rank, tag in enumerate(dict.fromkeys(found))}


def wheel_rank(filename: str, ranks: Mapping[Tag, int]) -> int | None:
    """The rank of a wheel on a target, ``None`` when it does not run there.

    Args:
        filename: Of the wheel.
        ranks: As `tag_ranks` returns.
    """
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        tags = parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return None
    return min((ranks[tag] for tag in tags if tag in ranks), default=None)


def best_tag(target: PackageTarget) -> str:
    """The tag of a wheel that is made for just this target, for messages."""
    ranks = tag_ranks(target)
    return str(next(iter(ranks))) if ranks else f"Python {target.python_version} on {target.platform}"


def _linux_platforms(platform: str) -> list[str]:
    match = _LINUX.fullmatch(platform)
    if match is None:
        return []
    machine, libc = match[1], int(match[2] or 17)
    return [f"{name}_{machine}" for name in (*_manylinux(libc, _LOWEST[machine]), "linux")]


def _manylinux(highest: int, lowest: int) -> Iterator[str]:
    for version in range(highest, lowest - 1, -1):
        yield f"manylinux_2_{version}"
        if version in _LEGACY:
            yield _LEGACY[version]
