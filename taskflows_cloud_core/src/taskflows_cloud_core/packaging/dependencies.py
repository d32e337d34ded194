"""The distributions in a package: which ones, and their files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path

import attrs

from taskflows_cloud_core.packaging.archive import Member
from taskflows_cloud_core.packaging.blocks import Block, first_of_each
from taskflows_cloud_core.packaging.distributions import FoundDistribution, installed_closure
from taskflows_cloud_core.packaging.local_distributions import take_local
from taskflows_cloud_core.packaging.lock import lock_wheels
from taskflows_cloud_core.packaging.package import PackageTarget
from taskflows_cloud_core.packaging.recent import Recent
from taskflows_cloud_core.packaging.requirements import normalised_name, parse_requirement
from taskflows_cloud_core.packaging.store import SharedBlock
from taskflows_cloud_core.packaging.uv_tool import install, uv_settings
from taskflows_cloud_core.packaging.wheel_cache import fetch_wheels
from taskflows_cloud_core.packaging.wheel_members import is_left_out, wheel_members


@attrs.frozen(kw_only=True)
class Dependencies:
    """Distributions, laid out as a target imports them.

    Args:
        pins: ``"name==version"`` of each, sorted.
        digests: The sha256 of each one's wheel, as far as known, in hexadecimal, by pin.
        shared: Their files, which an archive begins with.
        warnings: Files that two of them have.
    """

    pins: tuple[str, ...] = ()
    digests: Mapping[str, str] = attrs.field(factory=dict)
    shared: SharedBlock = attrs.field(factory=lambda: SharedBlock(Block(())), repr=False)
    warnings: tuple[str, ...] = ()

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


def fetch_found(found: Sequence[FoundDistribution], target: PackageTarget) -> Dependencies:
    """Fetch what the code imports, in the versions that are installed here.

    Args:
        found: The distributions that the code imports; what the runtime has is left out.
        target: The machine that they are for.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    wanted = [item for item in found if normalised_name(item.name) not in target.provided]
    local = take_local([item for item in wanted if item.source], target)
    requirements = sorted({*(item.pin for item in wanted if not item.source), *local.needs})
    fetched = fetch(requirements, target, constraints=installed_closure(tuple(requirements)))
    if not local.pins:
        return fetched
    members, warnings = first_of_each([*local.members, *fetched.shared.block.members])
    return attrs.evolve(
        fetched,
        pins=tuple(sorted((*local.pins, *fetched.pins))),
        shared=SharedBlock(Block(members)),
        warnings=(*fetched.warnings, *warnings),
    )


def fetch(requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str] = ()) -> Dependencies:
    """Fetch distributions and all that they need.

    The same question within a process and a few minutes has the same answer, so that many functions with the
    same dependencies share it.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    if not requirements:
        return Dependencies()
    return _recently_fetched.get(
        (tuple(sorted(requirements)), tuple(constraints), target.python_version, target.platform, uv_settings()),
        lambda: _fetch(sorted(requirements), target, constraints),
    )


def _fetch(requirements: Sequence[str], target: PackageTarget, constraints: Sequence[str]) -> Dependencies:
    wheels = lock_wheels(requirements, target, constraints=constraints)
    files = None if wheels is None else fetch_wheels(wheels)
    if wheels is None or files is None:
        return _installed(requirements, target, constraints)
    members: list[Member] = []
    for wheel, file in zip(wheels, files, strict=True):
        members += wheel_members(file, name=f"{wheel.name} {wheel.version}")
    kept, warnings = first_of_each(members)
    return Dependencies(
        pins=tuple(f"{wheel.name}=={wheel.version}" for wheel in wheels),
        digests={f"{wheel.name}=={wheel.version}": wheel.sha256 for wheel in wheels},
        shared=SharedBlock(Block(kept)),
        warnings=tuple(warnings),
    )


_recently_fetched: Recent[Dependencies] = Recent(seconds=300, entries=8)


def _installed(requirements: Sequence[str], target: PackageTarget, constraints: Sequence[str]) -> Dependencies:
    """Let uv install, where its wheels cannot be had as files."""
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        folder = Path(scratch, "site")
        install(sorted(requirements), folder, target=target, constraints=constraints)
        return Dependencies(pins=tuple(sorted(_pins(folder))), shared=SharedBlock(Block(_members(folder))))


def _pins(folder: Path) -> Iterator[str]:
    for metadata in folder.glob("*.dist-info/METADATA"):
        headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"), headersonly=True)
        yield f"{normalised_name(headers['Name'])}=={headers['Version']}"


def _members(folder: Path) -> Iterator[Member]:
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and not is_left_out(place.parts):
            origin = f"the dependency that has {place.parts[0]}"
            yield Member.of(place.as_posix(), file.read_bytes(), origin=origin, executable=os.access(file, os.X_OK))
