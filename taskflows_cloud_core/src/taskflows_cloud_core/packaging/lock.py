"""The wheels that a set of requirements comes to, each by URL and sha256."""

from __future__ import annotations

import hashlib
import re
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.package import PackageTarget
from taskflows_cloud_core.packaging.requirements import parse_requirement
from taskflows_cloud_core.packaging.tags import tag_ranks
from taskflows_cloud_core.packaging.uv_tool import run_uv, target_arguments

if TYPE_CHECKING:
    from packaging.tags import Tag

_SHA256 = re.compile(r"[0-9a-f]{64}")


@attrs.frozen(kw_only=True)
class LockedWheel:
    """One wheel, known by its content.

    Args:
        name: Of the distribution.
        version: Of the distribution.
        url: Where it is: ``https:``, ``http:`` or ``file:``.
        sha256: In hexadecimal.
    """

    name: str
    version: str
    url: str = attrs.field(repr=False)
    sha256: str


def lock_wheels(
    requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str] = ()
) -> list[LockedWheel] | None:
    """Resolve requirements for a target.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.

    Returns:
        One wheel for each distribution, sorted by name; ``None`` when a wheel has no digest or the target's
        platform is none whose wheels can be told apart here, so that uv has to install them.

    Raises:
        PackagingError: A requirement cannot be met, or has no wheel for the target.
    """
    ranks = tag_ranks(target)
    if ranks is None:
        return None
    wheels = []
    for package in _resolved(requirements, constraints, target):
        best = _best(package, ranks)
        if best is None:
            return None
        wheels.append(best)
    return sorted(wheels, key=lambda wheel: wheel.name)


def _resolved(requirements: Sequence[str], constraints: Sequence[str], target: PackageTarget) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        wanted, kept = Path(scratch, "requirements.in"), Path(scratch, "constraints.txt")
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        kept.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
        arguments = ["pip", "compile", "--quiet", "--format", "pylock.toml", "--no-header", *target_arguments(target)]
        arguments += [str(wanted), "--constraints", str(kept)]
        text = _compiled(arguments, requirements, target)
    return list(tomllib.loads(text).get("packages", []))


def _compiled(arguments: Sequence[str], requirements: Sequence[str], target: PackageTarget) -> str:
    if all(_is_pinned(text) for text in requirements):
        # What exact versions come to is known from the cache, which spares the questions to the index.
        try:
            return run_uv([*arguments, "--offline"], requirements=requirements, target=target)
        except PackagingError:  # not all of it is in the cache
            return run_uv(arguments, requirements=requirements, target=target)
    return run_uv(arguments, requirements=requirements, target=target)


def _is_pinned(text: str) -> bool:
    specifiers = list(parse_requirement(text).specifier)
    return len(specifiers) == 1 and specifiers[0].operator == "==" and not specifiers[0].version.endswith(".*")


def _best(package: Mapping[str, Any], ranks: Mapping[Tag, int]) -> LockedWheel | None:
    candidates = []
    for wheel in package.get("wheels", []):
        url, sha256 = _place(wheel), str(wheel.get("hashes", {}).get("sha256", ""))
        rank = _rank(unquote(urlsplit(url).path).rpartition("/")[2], ranks)
        if rank is not None:
            candidates.append((rank, url, sha256))
    if not candidates:
        return None
    _, url, sha256 = min(candidates)
    if not sha256 and url.startswith("file:"):  # a folder of wheels announces no digests
        sha256 = hashlib.sha256(Path(url2pathname(urlsplit(url).path)).read_bytes()).hexdigest()
    if not _SHA256.fullmatch(sha256) or urlsplit(url).scheme not in ("https", "http", "file"):
        return None
    return LockedWheel(name=str(package["name"]), version=str(package["version"]), url=url, sha256=sha256)


def _place(wheel: Mapping[str, Any]) -> str:
    return str(wheel["url"]) if "url" in wheel else Path(str(wheel.get("path", ""))).resolve().as_uri()


def _rank(filename: str, ranks: Mapping[Tag, int]) -> int | None:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        tags = parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return None
    return min((ranks[tag] for tag in tags if tag in ranks), default=None)
