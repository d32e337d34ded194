"""Packages that are for deploying, not for running, and what takes their place in an archive."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator, Sequence

from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.installed.installation import once_per_installation
from taskflows_cloud_core.packaging.installed.requirements import normalised_name

CORE_PACKAGE, CORE_DISTRIBUTION = "taskflows_cloud_core", "taskflows-cloud-core"
_PROVIDERS = "taskflows_cloud.providers"


@once_per_installation
def deployment_packages() -> dict[str, str]:
    """What core and the installed providers have that is for deploying alone.

    The distributions ``taskflows-cloud-<x>`` are, with their whole package ``taskflows_cloud_<x>``. Of any other
    distribution it is no more than the subpackage that the entry point's module is in: ``myco.cloud`` of
    ``myco.cloud.plugin``. A module that is in no subpackage, ``myco.plugin``, stands for itself alone. All else
    is an ordinary module that functions may use.

    Returns:
        Package or module to distribution, normalised: ``{"taskflows_cloud_core": "taskflows-cloud-core"}``.
    """
    import importlib_metadata

    found = {CORE_PACKAGE: CORE_DISTRIBUTION}
    for point in importlib_metadata.entry_points(group=_PROVIDERS):
        if point.dist is not None:
            distribution = normalised_name(point.dist.name)
            found[_for_deploying(point.module, distribution)] = distribution
    return found


def _for_deploying(module: str, distribution: str) -> str:
    top = module.partition(".")[0]
    if distribution.startswith("taskflows-cloud-") and normalised_name(top) == distribution:
        return top
    package = module.rpartition(".")[0]
    return package if "." in package else module


def package_above(module: str, packages: Container[str]) -> str | None:
    """The one of some packages that has a module or is it; ``None`` when there is none.

    Args:
        module: Its full name.
        packages: Full names; when one is within another, the outer one is found.
    """
    return next((name for name in _names_above(module) if name in packages), None)


def _names_above(module: str) -> Iterator[str]:
    """The full names of the packages above a module, from the top down, and its own."""
    parts = module.split(".")
    return (".".join(parts[: end + 1]) for end in range(len(parts)))


def split_by_dependencies(packages: dict[str, str], dependencies: Sequence[str]) -> tuple[set[str], set[str]]:
    """Tell the packages that get a stand-in from those that the user wants for real.

    Args:
        packages: As `deployment_packages` returns.
        dependencies: The distributions that the user names, normalised.

    Returns:
        The packages with a stand-in, and the top-level packages of the distributions that come for real.
    """
    real = {package for package, distribution in packages.items() if distribution in dependencies}
    return set(packages) - real, {package.partition(".")[0] for package in real}


def stand_in_members(modules: Iterable[str], packages: dict[str, str]) -> Iterator[Member]:
    """Make the files of the stand-ins.

    Args:
        modules: Full names of the modules that are imported.
        packages: As `deployment_packages` returns; packages of distributions that are there for real are not
            among them.
    """
    names = {
        name: packages[package]
        for module in modules
        for name in _names_above(module)
        if (package := package_above(name, packages)) is not None
    }
    for name, distribution in sorted(names.items()):
        text = (
            f'"""Stands in for {name}, which is for deploying and not part of this package.\n\n'
            f"To have the real one, add {distribution!r} to the dependencies of the function.\n"
            '"""\n\n'
            "from _taskflows_cloud.stub import attribute_of\n\n"
            f"__getattr__ = attribute_of(__name__, {distribution!r})\n"
            f"{_constants(name)}"
        )
        yield Member.of(f"{name.replace('.', '/')}/__init__.py", text.encode(), origin="the stand-in for " + name)


def _constants(module: str) -> str:
    """The lines that make ``import *`` and a look at the version work as with the real module."""
    real = sys.modules.get(module)
    version = getattr(real, "__version__", None)
    names = sorted(str(name) for name in getattr(real, "__all__", ()) if not str(name).startswith("__"))
    lines = [f"__version__ = {version!r}\n"] if isinstance(version, str) else []
    return "".join([*lines, *([f"__all__ = {names!r}\n"] if names else [])])
