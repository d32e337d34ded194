"""The files that a set of requirements comes to, each by URL and sha256."""

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
from taskflows_cloud_core.packaging.dependencies.uv import build_arguments, run_uv, target_arguments
from taskflows_cloud_core.packaging.installed.requirements import normalised_name, parse_requirement
from taskflows_cloud_core.packaging.installed.tags import tag_ranks, wheel_rank
from taskflows_cloud_core.packaging.package import PackageTarget

if TYPE_CHECKING:
    from packaging.tags import Tag

_SHA256 = re.compile(r"[0-9a-f]{64}")


@attrs.frozen(kw_only=True)
class LockedFile:
    """One wheel or archive of sources, known by its content.

    Args:
        name: Of the distribution.
        version: Of the distribution.
        url: Where it is: ``https:``, ``http:`` or ``file:``.
        sha256: In hexadecimal.
        size: In bytes; 0 when the index does not say it.
    """

    name: str
    version: str
    url: str = attrs.field(repr=False)
    sha256: str
    size: int = 0


@attrs.frozen(kw_only=True)
class LockedSource:
    """Sources of a distribution that has to be built.

    Args:
        name: Of the distribution.
        file: The archive of its sources; ``None`` when they are in a folder.
        folder: Of its sources.
    """

    name: str
    file: LockedFile | None = None
    folder: Path | None = None


def lock(
    requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str] = (), built: Sequence[str] = ()
) -> list[LockedFile | LockedSource] | None:
    """Resolve requirements for a target.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.
        built: Names of distributions that are built from source.

    Returns:
        One wheel or source for each distribution, sorted by name; ``None`` when a file has no digest or the
        target's platform is none whose wheels can be told apart here, so that uv has to install them.

    Raises:
        PackagingError: A requirement cannot be met, or has no wheel for the target.
    """
    ranks = tag_ranks(target)
    if ranks is None:
        return None
    found: list[LockedFile | LockedSource] = []
    for package in _resolved(requirements, constraints, target, built):
        is_built = normalised_name(package["name"]) in built or "directory" in package
        item = (_source(package) if is_built else None) or _best(package, ranks)
        if item is None:
            return None
        found.append(item)
    return sorted(found, key=lambda item: item.name)


def _source(package: Mapping[str, Any]) -> LockedSource | None:
    name = str(package["name"])
    if "directory" in package:
        return LockedSource(name=name, folder=Path(str(package["directory"]["path"])).resolve())
    file = _locked(package, package["sdist"]) if "sdist" in package else None
    return None if file is None else LockedSource(name=name, file=file)


def _resolved(
    requirements: Sequence[str], constraints: Sequence[str], target: PackageTarget, built: Sequence[str]
) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        wanted, kept = Path(scratch, "requirements.in"), Path(scratch, "constraints.txt")
        wanted.write_text("".join(f"{line}\n" for line in requirements), encoding="utf-8")
        kept.write_text("".join(f"{line}\n" for line in constraints), encoding="utf-8")
        arguments = ["pip", "compile", "--quiet", "--format", "pylock.toml", "--no-header"]
        arguments += [*target_arguments(target), *build_arguments(built)]
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


def _best(package: Mapping[str, Any], ranks: Mapping[Tag, int]) -> LockedFile | None:
    candidates = []
    for index, wheel in enumerate(package.get("wheels", [])):
        rank = wheel_rank(filename_of(_place(wheel)), ranks)
        if rank is not None:
            candidates.append((rank, _place(wheel), index))
    if not candidates:
        return None
    return _locked(package, package["wheels"][min(candidates)[2]])


def _locked(package: Mapping[str, Any], file: Mapping[str, Any]) -> LockedFile | None:
    url, sha256 = _place(file), str(file.get("hashes", {}).get("sha256", ""))
    if not sha256 and url.startswith("file:"):  # a folder of wheels announces no digests
        sha256 = hashlib.sha256(Path(url2pathname(urlsplit(url).path)).read_bytes()).hexdigest()
    if not _SHA256.fullmatch(sha256) or urlsplit(url).scheme not in ("https", "http", "file"):
        return None
    return LockedFile(
        name=str(package["name"]),
        version=str(package["version"]),
        url=url,
        sha256=sha256,
        size=int(file.get("size", 0)),
    )


def filename_of(url: str) -> str:
    """The name of the file at a URL."""
    return unquote(urlsplit(url).path).rpartition("/")[2]


def _place(wheel: Mapping[str, Any]) -> str:
    return str(wheel["url"]) if "url" in wheel else Path(str(wheel.get("path", ""))).resolve().as_uri()
