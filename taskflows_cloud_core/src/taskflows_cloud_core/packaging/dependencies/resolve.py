"""The distributions in a package: which ones, and their files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from taskflows_cloud_core.packaging.archive.section import Block, first_of_each
from taskflows_cloud_core.packaging.archive.store import SharedBlock
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.caching.ttl_cache import Recent
from taskflows_cloud_core.packaging.dependencies.distributions import FoundDistribution, installed_closure
from taskflows_cloud_core.packaging.dependencies.local_distributions import (
    LocalDistributions,
    named_locally,
    take_local,
)
from taskflows_cloud_core.packaging.dependencies.lock import LockedFile, LockedSource, lock
from taskflows_cloud_core.packaging.dependencies.source_builds import build_wheel
from taskflows_cloud_core.packaging.dependencies.uv import install_with_uv, uv_settings
from taskflows_cloud_core.packaging.dependencies.wheel_cache import fetch_files
from taskflows_cloud_core.packaging.dependencies.wheel_members import wheel_members
from taskflows_cloud_core.packaging.installed.requirements import normalised_name, parse_requirement
from taskflows_cloud_core.packaging.package import PackageTarget


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


def fetch_found(
    found: Sequence[FoundDistribution], target: PackageTarget, *, build_from_source: Sequence[str] = ()
) -> Dependencies:
    """Fetch what the code imports, in the versions that are installed here.

    Args:
        found: The distributions that the code imports; what the runtime has is left out.
        target: The machine that they are for.
        build_from_source: Names of distributions whose sources may be built.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    wanted = [item for item in found if normalised_name(item.name) not in target.provided]
    local = take_local([item for item in wanted if item.source], target)
    pins = sorted({*(item.pin for item in wanted if not item.source), *local.needs})
    return _fetch_with_local(local, pins, target, build_from_source, constraints=installed_closure(tuple(pins)))


def fetch_named(
    dependencies: Sequence[str], target: PackageTarget, *, build_from_source: Sequence[str] = ()
) -> Dependencies:
    """Fetch what the user names. What is installed here from no index is taken from here.

    Args:
        dependencies: Requirements of PEP 508, checked already; what the runtime has is left out.
        target: The machine that they are for.
        build_from_source: Names of distributions whose sources may be built.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    wanted = not_provided(dependencies, target)
    here = {text: item for text in wanted if (item := named_locally(text, target)) is not None}
    local = take_local(list(here.values()), target)
    others = [text for text in wanted if text not in here]
    fetched = _fetch_with_local(local, sorted({*others, *local.needs}), target, build_from_source)
    told = [
        f"{item.name} {item.version} comes from {item.source}, as it is installed here, not from an index"
        for item in here.values()
    ]
    return attrs.evolve(fetched, warnings=(*told, *fetched.warnings))


def _fetch_with_local(
    local: LocalDistributions,
    requirements: Sequence[str],
    target: PackageTarget,
    build_from_source: Sequence[str],
    *,
    constraints: Sequence[str] = (),
) -> Dependencies:
    built = sorted({*map(normalised_name, build_from_source), *local.built})
    fetched = fetch([*requirements, *local.projects], target, constraints=constraints, built=built)
    if not local.pins:
        return fetched
    members, warnings = first_of_each([*local.members, *fetched.shared.block.members])
    return attrs.evolve(
        fetched,
        pins=tuple(sorted((*local.pins, *fetched.pins))),
        shared=SharedBlock(Block(members)),
        warnings=(*fetched.warnings, *warnings),
    )


def fetch(
    requirements: Sequence[str],
    target: PackageTarget,
    *,
    constraints: Sequence[str] = (),
    built: Sequence[str] = (),
) -> Dependencies:
    """Fetch distributions and all that they need.

    The same question within a process and a few minutes has the same answer, so that many functions with the
    same dependencies share it.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.
        built: Normalised names of distributions that are built from source.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    if not requirements:
        return Dependencies()
    question = (tuple(sorted(requirements)), tuple(constraints), tuple(built))
    return _recently_fetched.get(
        (*question, target.python_version, target.platform, uv_settings()),
        lambda: _fetch(sorted(requirements), target, constraints, built),
    )


def _fetch(
    requirements: Sequence[str], target: PackageTarget, constraints: Sequence[str], built: Sequence[str]
) -> Dependencies:
    wheels = _wheels(requirements, target, constraints, built)
    files = None if wheels is None else fetch_files(wheels)
    if wheels is None or files is None:
        pins, installed = install_with_uv(requirements, target, constraints=constraints, built=built)
        return Dependencies(pins=pins, shared=SharedBlock(Block(installed)))
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


def _wheels(
    requirements: Sequence[str], target: PackageTarget, constraints: Sequence[str], built: Sequence[str]
) -> list[LockedFile] | None:
    found = lock(requirements, target, constraints=constraints, built=built)
    wheels = [build_wheel(item, target) if isinstance(item, LockedSource) else item for item in found or ()]
    return None if found is None or None in wheels else [wheel for wheel in wheels if wheel is not None]


_recently_fetched: Recent[Dependencies] = Recent(seconds=300, entries=8)
