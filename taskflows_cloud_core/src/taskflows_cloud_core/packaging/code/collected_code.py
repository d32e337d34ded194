"""What a package has to hold besides its entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.code.bytecode_imports import imports_of_code
from taskflows_cloud_core.packaging.code.entry_point import Entry
from taskflows_cloud_core.packaging.code.imports import ImportedModule
from taskflows_cloud_core.packaging.code.sources import SourceCollector, Sources
from taskflows_cloud_core.packaging.code.stubs import deployment_packages, package_above, split_by_dependencies
from taskflows_cloud_core.packaging.installed.modules import ModuleFinder
from taskflows_cloud_core.packaging.installed.requirements import normalised_name, parse_requirement


@attrs.frozen(kw_only=True)
class Contents:
    """What the code of an entry leads to.

    Args:
        sources: The user's own modules and what they import.
        deployment_packages: Packages of core and the providers, with their distributions.
        warnings: What could not be found out for certain.
    """

    sources: Sources
    deployment_packages: dict[str, str]
    warnings: tuple[str, ...]


def read_contents(entry: Entry, finder: ModuleFinder, dependencies: Sequence[str] | None) -> Contents:
    """Follow the code of an entry.

    Args:
        entry: The callable.
        finder: Looks for modules.
        dependencies: What the user names; ``None`` when they are to be found.

    Raises:
        PackagingError: A module is imported that is not on this machine and that no named dependency may have.
    """
    packages = dict(deployment_packages())
    if entry.reference is not None:
        packages.pop(package_above(entry.reference.module, packages) or "", None)
    named = [normalised_name(parse_requirement(text).name) for text in dependencies or ()]
    stand_ins, installed = split_by_dependencies(packages, named)
    collector = SourceCollector(finder, stand_ins=stand_ins, installed=installed)
    sources = collector.collect(_roots(entry), place=entry.name)
    return Contents(sources=sources, deployment_packages=packages, warnings=_warnings(entry, sources, dependencies))


def _roots(entry: Entry) -> Iterator[ImportedModule]:
    if entry.reference is not None:
        yield ImportedModule(module=entry.reference.module)
    if entry.payload is not None:
        for module in entry.payload.modules:
            if module.partition(".")[0] != "cloudpickle":
                yield ImportedModule(module=module)
        for code, package in entry.payload.functions:
            yield from imports_of_code(code, package=package)


def _warnings(entry: Entry, sources: Sources, dependencies: Sequence[str] | None) -> tuple[str, ...]:
    computed = tuple(
        f"{place} imports a module whose name is computed when the code runs; if it is not imported elsewhere, it is "
        "missing in the package: import it by name too, or add it with include_files or dependencies"
        for place in sources.computed
    )
    secrets = entry.payload.secrets if entry.payload is not None else ()
    held = tuple(
        f"the value of {name!r} goes into the package, because {entry.name} is packaged by value and uses it; if it is "
        "a secret, read it inside the function from an environment variable or a secret store"
        for name in secrets
    )
    return (*_unfound(sources, dependencies), *computed, *held)


def _unfound(sources: Sources, dependencies: Sequence[str] | None) -> tuple[str, ...]:
    if not sources.unfound:
        return ()
    listed = ", ".join(str(unfound) for unfound in sources.unfound)
    if dependencies is None:
        raise PackagingError(
            f"imported, but not to be found on this machine: {listed}; install what has these modules, or name all "
            "distributions that the function needs in dependencies"
        )
    return (f"imported, but not to be found on this machine, so one of the dependencies must have it: {listed}",)
