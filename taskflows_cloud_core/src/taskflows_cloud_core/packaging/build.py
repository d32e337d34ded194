"""The way from a callable to an archive, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.errors import PackagingError, Problem
from taskflows_cloud_core.packaging.archive.section import Block
from taskflows_cloud_core.packaging.archive.store import SharedBlock, store_archive
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.build_cache import built_once
from taskflows_cloud_core.packaging.checks import bytecode_refusal
from taskflows_cloud_core.packaging.code.call_signature import callable_name
from taskflows_cloud_core.packaging.code.collected_code import Contents, read_contents
from taskflows_cloud_core.packaging.code.data_files import files_named_in_code, left_behind
from taskflows_cloud_core.packaging.code.entry_point import Entry, describe_entry
from taskflows_cloud_core.packaging.code.include_files import IncludedFiles, find_included, included_members
from taskflows_cloud_core.packaging.code.stubs import stand_in_members
from taskflows_cloud_core.packaging.dependencies.distributions import distributions_of, uses_provided
from taskflows_cloud_core.packaging.dependencies.local_distributions import project_metadata
from taskflows_cloud_core.packaging.dependencies.resolve import Dependencies, fetch_found, fetch_named
from taskflows_cloud_core.packaging.installed.installation import unchanged_installation
from taskflows_cloud_core.packaging.installed.modules import ModuleFinder
from taskflows_cloud_core.packaging.installed.requirements import check_dependencies, check_names, refuse_single_text
from taskflows_cloud_core.packaging.limits import check_archive_size, check_included_size, check_unpacked_size
from taskflows_cloud_core.packaging.package import Package, PackageLayer, PackageTarget
from taskflows_cloud_core.packaging.progress_reporting import listening
from taskflows_cloud_core.packaging.runtime_files import (
    cloudpickle_members,
    handler_of,
    manifest_member,
    runtime_members,
)
from taskflows_cloud_core.packaging.smoke_test import can_try, try_package
from taskflows_cloud_core.progress import Progress, silent


def build_package(
    function: Callable[..., Any],
    *,
    target: PackageTarget,
    dependencies: Sequence[str] | None = None,
    include_files: Sequence[str] = (),
    build_from_source: Sequence[str] = (),
    separate_dependencies: bool = False,
    calendars: Mapping[str, str] | None = None,
    trial: bool | None = None,
    progress: Progress = silent,
) -> Package:
    """Package a callable for a target.

    Args:
        function: The callable.
        target: The machine that it is for.
        dependencies: Requirements as in PEP 508; ``None`` to find them from the code.
        include_files: Paths relative to the working directory; they keep their place.
        build_from_source: Names of distributions that may be built from their source on this machine, which runs
            their setup code, when the index has no wheels of them; what is built has to be pure Python.
        separate_dependencies: Put the dependencies into ``Package.layer`` instead of the archive, for
            targets that can share them among functions.
        calendars: The calendars of schedules by the name of the schedule, for the manifest.
        trial: Whether the finished package is opened once in a clean interpreter, when this machine is what it
            is for; ``None`` does so with callables by value, and with those whose modules import more than
            decorators of a package for deploying: one that works with it while it is imported cannot be loaded.
        progress: Is told of downloads and builds, now and then, from whatever thread does them.

    Returns:
        The archive and what is in it. Equal input makes an equal archive.

    Raises:
        PackagingError: The callable, a dependency or a file cannot be packaged.
        TypeError: ``dependencies``, ``include_files`` or ``build_from_source`` is a text, not a list of texts.
    """
    refuse_single_text("dependencies", dependencies)
    refuse_single_text("include_files", include_files)
    refuse_single_text("build_from_source", build_from_source)
    order = _Order(
        function=function,
        target=target,
        dependencies=dependencies,
        include_files=include_files,
        build_from_source=build_from_source,
        separate_dependencies=separate_dependencies,
        calendars=calendars or {},
        trial=trial,
    )
    with listening(callable_name(function), progress), unchanged_installation():
        return built_once(order, lambda: _build(order))


@attrs.frozen(kw_only=True)
class _Order:
    """The arguments of `build_package`. Orders of one function object are equal, never those of equal functions."""

    function: Callable[..., Any] = attrs.field(eq=id)
    target: PackageTarget
    dependencies: tuple[str, ...] | None = attrs.field(converter=attrs.converters.optional(to_tuple))
    include_files: tuple[str, ...] = attrs.field(converter=to_tuple)
    build_from_source: tuple[str, ...] = attrs.field(converter=to_tuple)
    separate_dependencies: bool
    calendars: Mapping[str, str] = attrs.field(converter=to_mapping)
    trial: bool | None


def _build(order: _Order) -> Package:
    function, target, dependencies = order.function, order.target, order.dependencies
    included = find_included(order.include_files)
    names = check_names("build_from_source", order.build_from_source)
    _raise_for([*included.problems, *check_dependencies(dependencies), *names])
    check_included_size(included, target)
    finder = ModuleFinder()
    entry = _entry(function, target, finder)
    contents = read_contents(entry, finder, dependencies)
    fetched = _fetched(contents, finder, order)
    own = Block(_own_members(entry, contents, fetched, included, order), below=fetched.shared.block)
    check_unpacked_size([fetched.shared.block, own], target)
    package = _stored(entry, fetched, own, target, separate_dependencies=order.separate_dependencies)
    wanted = entry.payload is not None or contents.sources.inert_names if order.trial is None else order.trial
    if wanted and can_try(target) and not uses_provided(contents.sources.installed, target.provided):
        try_package(package, target)
    return attrs.evolve(
        package,
        include_files=order.include_files,
        warnings=_warnings(entry, contents, fetched, included, own),
    )


def _stored(
    entry: Entry, fetched: Dependencies, own: Block, target: PackageTarget, *, separate_dependencies: bool
) -> Package:
    apart = separate_dependencies and bool(fetched.shared.block.members)
    shared = SharedBlock(Block(())) if apart else fetched.shared
    archive = store_archive(shared, own)
    check_archive_size([shared.block, own], archive.size, target)
    return Package(
        path=archive,
        sha256=archive.sha256,
        size=archive.size,
        unpacked_size=shared.block.unpacked_size + own.unpacked_size,
        handler=handler_of(target.adapter),
        entry=entry.name,
        python_version=target.python_version,
        dependencies=fetched.pins,
        contents=sorted((*shared.block.listing, *own.listing), key=attrgetter("path")),
        layer=_stored_layer(fetched, target) if apart else None,
    )


def _stored_layer(fetched: Dependencies, target: PackageTarget) -> PackageLayer:
    layer = fetched.shared.in_folder(target.layer_folder)
    archive = layer.store_alone()
    check_archive_size([layer.block], archive.size, target)
    return PackageLayer(
        path=archive.path,
        sha256=archive.sha256,
        size=archive.size,
        unpacked_size=layer.block.unpacked_size,
        dependencies=fetched.pins,
    )


def build_layer(dependencies: Sequence[str], *, target: PackageTarget, build_from_source: Sequence[str] = ()) -> bytes:
    """Package distributions alone, as a layer that functions share.

    Args:
        dependencies: Requirements as in PEP 508.
        target: The machine that they are for.
        build_from_source: Names of distributions that may be built from their source on this machine.

    Returns:
        A zip archive with everything in the target's ``layer_folder``. Equal input makes an equal archive.

    Raises:
        PackagingError: A dependency cannot be packaged.
        TypeError: ``dependencies`` or ``build_from_source`` is a text, not a list of texts.
    """
    refuse_single_text("dependencies", dependencies)
    refuse_single_text("build_from_source", build_from_source)
    _raise_for([*check_dependencies(dependencies), *check_names("build_from_source", build_from_source)])
    fetched = fetch_named(dependencies, target, build_from_source=build_from_source)
    check_unpacked_size([fetched.shared.block], target)
    return _stored_layer(fetched, target).path.read_bytes()


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


def _fetched(contents: Contents, finder: ModuleFinder, order: _Order) -> Dependencies:
    options = {"build_from_source": order.build_from_source}
    if order.dependencies is not None:
        return fetch_named(order.dependencies, order.target, **options)
    sources = contents.sources
    found = distributions_of(sources.installed, finder, named=sources.distributions)
    return fetch_found(found, order.target, **options)


def _own_members(
    entry: Entry, contents: Contents, fetched: Dependencies, included: IncludedFiles, order: _Order
) -> Iterator[Member]:
    # A distribution that a dependency brings along is there for real.
    packages = {name: item for name, item in contents.deployment_packages.items() if item not in fetched.names}
    stand_ins = [*stand_in_members(contents.sources.stand_ins, packages)]
    yield from runtime_members(entry, order.target.adapter, with_stand_ins=bool(stand_ins))
    yield from contents.sources.members
    yield from project_metadata(contents.sources.members)
    yield from stand_ins
    if entry.payload is not None and entry.payload.needs_cloudpickle and "cloudpickle" not in fetched.names:
        yield from cloudpickle_members(entry.payload)
    yield from included_members(included, contents.sources.members)
    yield manifest_member(
        entry,
        python_version=order.target.python_version,
        dependencies=fetched,
        calendars=order.calendars,
    )


def _warnings(
    entry: Entry, contents: Contents, fetched: Dependencies, included: IncludedFiles, own: Block
) -> list[str]:
    named = [*contents.sources.named_files]
    for code, _ in entry.payload.functions if entry.payload is not None else ():
        named += files_named_in_code(code)
    paths = [file.path for block in (own, fetched.shared.block) if named for file in block.listing]
    told = left_behind(named, [item.file for item in included.files], paths)
    warnings = [*contents.warnings, *fetched.warnings, *told]
    if included.left_out:
        listed = ", ".join(included.left_out)
        warnings.append(f"left out of the included folders because they look like secrets: {listed}")
    return warnings
