"""Packages that are for deploying, not for running, and what takes their place in an archive."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from taskflows_cloud_core.packaging.archive import Member
from taskflows_cloud_core.packaging.installation import once_per_installation
from taskflows_cloud_core.packaging.requirements import normalised_name

CORE_PACKAGE, CORE_DISTRIBUTION = "taskflows_cloud_core", "taskflows-cloud-core"
_PROVIDERS = "taskflows_cloud.providers"


@once_per_installation
def deployment_packages() -> dict[str, str]:
    """The packages of core and of the installed providers.

    Returns:
        Top-level package to distribution, normalised: ``{"taskflows_cloud_core": "taskflows-cloud-core"}``.
    """
    import importlib_metadata

    found = {CORE_PACKAGE: CORE_DISTRIBUTION}
    for point in importlib_metadata.entry_points(group=_PROVIDERS):
        if point.dist is not None:
            found[point.module.partition(".")[0]] = normalised_name(point.dist.name)
    return found


def split_by_dependencies(packages: dict[str, str], dependencies: Sequence[str]) -> tuple[set[str], set[str]]:
    """Tell the packages that get a stand-in from those that the user wants for real.

    Args:
        packages: As `deployment_packages` returns.
        dependencies: The distributions that the user names, normalised.

    Returns:
        The top-level packages with a stand-in, and those without.
    """
    real = {package for package, distribution in packages.items() if distribution in dependencies}
    return set(packages) - real, real


def stand_in_members(modules: Iterable[str], packages: dict[str, str]) -> Iterator[Member]:
    """Make the files of the stand-ins.

    Args:
        modules: Full names of the modules that are imported.
        packages: As `deployment_packages` returns.
    """
    names = {".".join(parts[: end + 1]) for name in modules for parts in [name.split(".")] for end in range(len(parts))}
    for name in sorted(names):
        distribution = packages[name.partition(".")[0]]
        text = (
            f'"""Stands in for {name}, which is for deploying and not part of this package.\n\n'
            f"To have the real one, add {distribution!r} to the dependencies of the function.\n"
            '"""\n\n'
            "from _taskflows_cloud.stand_in import attribute_of\n\n"
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
