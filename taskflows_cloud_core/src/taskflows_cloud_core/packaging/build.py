"""The way from a callable to an archive, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from taskflows_cloud_core.errors import PackagingError, Problem
from taskflows_cloud_core.packaging.archive import Member, merge, write_archive
from taskflows_cloud_core.packaging.calls import callable_name
from taskflows_cloud_core.packaging.checks import bytecode_refusal
from taskflows_cloud_core.packaging.contents import Contents, read_contents
from taskflows_cloud_core.packaging.dependencies import Dependencies, fetch, fetch_found, not_provided
from taskflows_cloud_core.packaging.distributions import distributions_of
from taskflows_cloud_core.packaging.entry import Entry, describe_entry
from taskflows_cloud_core.packaging.include import IncludedFiles, find_included, included_members
from taskflows_cloud_core.packaging.local_distributions import project_metadata
from taskflows_cloud_core.packaging.modules import ModuleFinder
from taskflows_cloud_core.packaging.package import Package, PackagedFile, PackageTarget
from taskflows_cloud_core.packaging.requirements import check_dependencies
from taskflows_cloud_core.packaging.shim_files import HANDLER, cloudpickle_members, manifest_member, shim_members
from taskflows_cloud_core.packaging.sizes import check_archive_size, check_unpacked_size
from taskflows_cloud_core.packaging.stand_ins import stand_in_members
from taskflows_cloud_core.packaging.store import store_archive


def build_package(
    function: Callable[..., Any],
    *,
    target: PackageTarget,
    dependencies: Sequence[str] | None = None,
    include_files: Sequence[str] = (),
) -> Package:
    """Package a callable for a target.

    Args:
        function: The callable.
        target: The machine that it is for.
        dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
        include_files: Paths relative to the working directory; they keep their place.

    Returns:
        The archive on disk and what is in it. Equal input makes an equal archive.

    Raises:
        PackagingError: The callable, a dependency or a file cannot be packaged.
    """
    included = find_included(include_files)
    _raise_for([*included.problems, *check_dependencies(dependencies)])
    finder = ModuleFinder()
    entry = _entry(function, target, finder)
    contents = read_contents(entry, finder, dependencies)
    fetched = _fetched(contents, finder, dependencies, target)
    members = merge(_groups(entry, contents, fetched, included, target))
    check_unpacked_size(members, target)
    path, sha256, size = store_archive(members)
    check_archive_size(members, size, target)
    return Package(
        path=path,
        sha256=sha256,
        size=size,
        unpacked_size=sum(member.size for member in members),
        handler=HANDLER,
        entry=entry.name,
        python_version=target.python_version,
        dependencies=fetched.pins,
        include_files=include_files,
        contents=_listed(members),
        warnings=_warnings(contents, fetched, included),
    )


def build_layer(dependencies: Sequence[str], *, target: PackageTarget) -> bytes:
    """Package distributions alone, as a layer that functions share.

    Args:
        dependencies: Requirements as in PEP 508.
        target: The machine that they are for.

    Returns:
        A zip archive with everything below ``python/``. Equal input makes an equal archive.

    Raises:
        PackagingError: A dependency cannot be packaged.
    """
    _raise_for(check_dependencies(dependencies))
    fetched = fetch(not_provided(dependencies, target), target)
    members = [attrs.evolve(member, path=f"python/{member.path}") for member in merge([fetched.members])]
    check_unpacked_size(members, target)
    archive = bytearray()
    write_archive(members, archive.extend)
    check_archive_size(members, len(archive), target)
    return bytes(archive)


def _raise_for(problems: Sequence[Problem]) -> None:
    if problems:
        raise PackagingError("; ".join(str(problem) for problem in problems))


def _entry(function: Callable[..., Any], target: PackageTarget, finder: ModuleFinder) -> Entry:
    if not callable(function):
        raise PackagingError(f"function must be a callable, not {type(function).__name__}")
    entry = describe_entry(function, finder)
    if entry.payload is not None:
        refusal = bytecode_refusal(entry.payload, callable_name(function), target.python_version)
        if refusal:
            raise PackagingError(refusal)
    return entry


def _fetched(
    contents: Contents, finder: ModuleFinder, dependencies: Sequence[str] | None, target: PackageTarget
) -> Dependencies:
    if dependencies is None:
        return fetch_found(distributions_of(contents.sources.installed, finder), target)
    return fetch(not_provided(dependencies, target), target)


def _groups(
    entry: Entry, contents: Contents, fetched: Dependencies, included: IncludedFiles, target: PackageTarget
) -> Iterator[Sequence[Member]]:
    yield list(shim_members(entry, with_stand_ins=bool(contents.sources.stand_ins)))
    yield contents.sources.members
    yield list(project_metadata(contents.sources.members))
    yield list(stand_in_members(contents.sources.stand_ins, contents.deployment_packages))
    yield fetched.members
    if entry.payload is not None and entry.payload.needs_cloudpickle and "cloudpickle" not in fetched.names:
        yield list(cloudpickle_members())
    yield list(included_members(included))
    yield [manifest_member(entry, python_version=target.python_version, dependencies=fetched)]


def _listed(members: Sequence[Member]) -> list[PackagedFile]:
    ordered = sorted(members, key=lambda member: member.path)
    return [PackagedFile(path=member.path, size=member.size, sha256=member.sha256) for member in ordered]


def _warnings(contents: Contents, fetched: Dependencies, included: IncludedFiles) -> list[str]:
    warnings = [*contents.warnings, *fetched.warnings]
    if included.left_out:
        listed = ", ".join(included.left_out)
        warnings.append(f"left out of the included folders because they look like secrets: {listed}")
    return warnings
