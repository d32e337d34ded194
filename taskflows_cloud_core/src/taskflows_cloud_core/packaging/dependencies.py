"""The distributions in a package: which ones, and their files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from email.parser import HeaderParser
from pathlib import Path

import attrs

from taskflows_cloud_core.packaging.archive import Member
from taskflows_cloud_core.packaging.distributions import FoundDistribution, installed_closure
from taskflows_cloud_core.packaging.package import PackageTarget
from taskflows_cloud_core.packaging.requirements import normalised_name, parse_requirement
from taskflows_cloud_core.packaging.uv_tool import install

# What tells where and how something was installed, or is of no use in a package.
_LEFT_OUT_FILES = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json", ".lock"}
_LEFT_OUT_FOLDERS = {"bin", "__pycache__"}


@attrs.frozen(kw_only=True)
class Dependencies:
    """Distributions, laid out as a target imports them.

    Args:
        pins: ``"name==version"`` of each, sorted.
        members: Their files.
    """

    pins: tuple[str, ...] = ()
    members: tuple[Member, ...] = attrs.field(default=(), repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Their normalised names."""
        return frozenset(normalised_name(pin.partition("==")[0]) for pin in self.pins)


def not_provided(requirements: Sequence[str], target: PackageTarget) -> list[str]:
    """Leave out what the runtime has; a version that the user asks for stays."""
    parsed = [(text, parse_requirement(text)) for text in requirements]
    return [
        text
        for text, requirement in parsed
        if requirement.specifier or normalised_name(requirement.name) not in target.provided
    ]


def found_requirements(found: Sequence[FoundDistribution], target: PackageTarget) -> list[str]:
    """The pins of what was found in the code, without what the runtime has."""
    return [item.pin for item in found if normalised_name(item.name) not in target.provided]


def fetch_found(found: Sequence[FoundDistribution], target: PackageTarget) -> Dependencies:
    """Fetch what the code imports, in the versions that are installed here.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    requirements = found_requirements(found, target)
    return fetch(requirements, target, constraints=installed_closure(requirements))


def fetch(requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str] = ()) -> Dependencies:
    """Fetch distributions and all that they need.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    if not requirements:
        return Dependencies()
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        folder = Path(scratch, "site")
        install(sorted(requirements), folder, target=target, constraints=constraints)
        return Dependencies(pins=tuple(sorted(_pins(folder), key=str.lower)), members=tuple(_members(folder)))


def _pins(folder: Path) -> Iterator[str]:
    for metadata in folder.glob("*.dist-info/METADATA"):
        headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"), headersonly=True)
        yield f"{headers['Name']}=={headers['Version']}"


def _members(folder: Path) -> Iterator[Member]:
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if place.parts[0] in _LEFT_OUT_FOLDERS or _LEFT_OUT_FOLDERS & set(place.parts[1:-1]) & {"__pycache__"}:
            continue
        in_metadata = place.parts[0].endswith(".dist-info") or len(place.parts) == 1
        if file.is_dir() or (in_metadata and file.name in _LEFT_OUT_FILES):
            continue
        executable = os.access(file, os.X_OK)
        yield Member.of(place.as_posix(), file.read_bytes(), origin=_origin(place), executable=executable)


def _origin(place: Path) -> str:
    return f"the dependency that has {place.parts[0]}"
