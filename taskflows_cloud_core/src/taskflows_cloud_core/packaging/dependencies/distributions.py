"""From the modules that code imports to the distributions that have them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.installed.installation import once_per_installation
from taskflows_cloud_core.packaging.installed.modules import ModuleFinder
from taskflows_cloud_core.packaging.installed.requirements import (
    normalised_name,
    parse_requirement,
    without_credentials,
)


@attrs.frozen(kw_only=True)
class FoundDistribution:
    """An installed distribution that the code uses.

    Args:
        name: As it calls itself, for instance ``"PyYAML"``.
        version: The installed one.
        source: Where it was installed from when that is no index, else ``""``.
        is_editable: Whether its modules are imported from where they are written.
    """

    name: str
    version: str
    source: str = ""
    is_editable: bool = False

    @property
    def pin(self) -> str:
        """The requirement that asks for just this one."""
        return f"{self.name}=={self.version}"


def find_dependencies(function: Callable[..., Any]) -> tuple[str, ...]:
    """Find the distributions that a callable's code imports, lazily or not.

    Args:
        function: The callable.

    Returns:
        ``"name==version"`` of each, pinned to what is installed, sorted by name. The standard library, the
        user's own modules and what is for deploying only are not among them.

    Raises:
        PackagingError: The callable cannot be packaged, or an imported module belongs to no distribution.
    """
    from taskflows_cloud_core.packaging.code.collected_code import read_contents
    from taskflows_cloud_core.packaging.code.entry_point import describe_entry

    finder = ModuleFinder()
    contents = read_contents(describe_entry(function, finder), finder, None)
    sources = contents.sources
    return tuple(found.pin for found in distributions_of(sources.installed, finder, named=sources.distributions))


def distributions_of(
    modules: Sequence[str], finder: ModuleFinder, *, named: Sequence[str] = ()
) -> list[FoundDistribution]:
    """Find the distributions that have modules.

    Args:
        modules: Full names of installed modules, each package before its submodules.
        finder: Knows their files.
        named: Names of distributions that are wanted too, as far as they are here.

    Returns:
        Each distribution once, sorted by name.

    Raises:
        PackagingError: No installed distribution claims a module.
    """
    here = [item for item in map(is_here, named) if item is not None and not item.is_editable]
    found = {normalised_name(item.name): item for item in here}
    if not modules:
        return [found[key] for key in sorted(found)]
    import importlib_metadata

    owners = _owners_of_packages()
    for module in modules:
        for name in _owners(module, owners, finder):
            key = normalised_name(name)
            if key not in found:
                found[key] = _described(importlib_metadata.distribution(name))
    return [found[key] for key in sorted(found)]


@once_per_installation
def _owners_of_packages() -> Mapping[str, Iterable[str]]:
    import importlib_metadata

    return importlib_metadata.packages_distributions()


def uses_provided(modules: Sequence[str], provided: frozenset[str]) -> bool:
    """Whether one of the modules belongs to a distribution that the runtime has already.

    Args:
        modules: Full names of installed modules.
        provided: Normalised names of distributions.
    """
    if not modules or not provided:
        return False
    owners = _owners_of_packages()
    names = {name for module in modules for name in owners.get(module.partition(".")[0], ())}
    return any(normalised_name(name) in provided for name in names)


def _owners(module: str, owners: Mapping[str, Iterable[str]], finder: ModuleFinder) -> list[str]:
    names = sorted(set(owners.get(module.partition(".")[0], ())))
    if not names:
        raise PackagingError(
            f"the module {module.partition('.')[0]!r} is installed here, but no distribution says that it is its own; "
            "name the distributions that the function needs in dependencies"
        )
    return names if len(names) == 1 else _owners_of_file(module, names, finder)


def _owners_of_file(module: str, names: Sequence[str], finder: ModuleFinder) -> list[str]:
    """Tell the distributions apart that share a namespace package."""
    import importlib_metadata

    found = finder.find(module)
    if found is None or found.file is None:  # the shared package itself has no code
        return []
    holders = []
    for name in names:
        distribution = importlib_metadata.distribution(name)
        if any(distribution.locate_file(file) == found.file for file in distribution.files or ()):
            holders.append(name)
    return holders or list(names)


def _described(distribution: Any) -> FoundDistribution:
    origin = direct_url(distribution)
    url = str(origin.get("url", ""))
    # Conda notes the folder in which a package was built, on another machine.
    is_elsewhere = url.startswith("file:") and not Path(url2pathname(urlsplit(url).path)).exists()
    return FoundDistribution(
        name=distribution.name,
        version=distribution.version,
        source="" if is_elsewhere else without_credentials(url),
        is_editable=bool(origin.get("dir_info", {}).get("editable")),
    )


def direct_url(distribution: Any) -> dict[str, Any]:
    """Where a distribution was installed from (PEP 610); empty when it came from an index."""
    text = distribution.read_text("direct_url.json")
    return dict(json.loads(text)) if text else {}


@once_per_installation
def is_here(name: str) -> FoundDistribution | None:
    """The installed distribution of a name, ``None`` when there is none."""
    import importlib_metadata

    try:
        return _described(importlib_metadata.distribution(name))
    except importlib_metadata.PackageNotFoundError:
        return None


@once_per_installation
def installed_closure(requirements: tuple[str, ...]) -> list[str]:
    """The installed versions of all that requirements need, directly or not.

    Args:
        requirements: Of installed distributions.

    Returns:
        ``"name==version"`` of what is installed from an index, sorted.
    """
    import importlib_metadata

    waiting = [parse_requirement(text).name for text in requirements]
    pins: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        found = None if normalised_name(name) in pins else is_here(name)
        if found is None:
            continue
        pins[normalised_name(name)] = "" if found.source else found.pin
        needed = [parse_requirement(text) for text in importlib_metadata.distribution(name).requires or ()]
        waiting += [item.name for item in needed if item.marker is None or item.marker.evaluate({"extra": ""})]
    return sorted(pin for pin in pins.values() if pin)
