"""From a callable to an archive that another machine can run.

`Package` and its parts are loaded at once, all else when it is first used: whoever only
handles finished packages pays nothing for the tools that make them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from taskflows_cloud_core.packaging.package import Package, PackagedFile, PackageLayer, PackageTarget

if TYPE_CHECKING:
    from taskflows_cloud_core.packaging.build import build_layer, build_package
    from taskflows_cloud_core.packaging.calls import callable_name
    from taskflows_cloud_core.packaging.checks import check_callable
    from taskflows_cloud_core.packaging.dependency_files import read_dependencies
    from taskflows_cloud_core.packaging.distributions import find_dependencies
    from taskflows_cloud_core.packaging.include import check_include_files
    from taskflows_cloud_core.packaging.requirements import check_dependencies
    from taskflows_cloud_core.packaging.target import running_target

_MODULES = {
    "build_layer": "build",
    "build_package": "build",
    "callable_name": "calls",
    "check_callable": "checks",
    "check_dependencies": "requirements",
    "check_include_files": "include",
    "find_dependencies": "distributions",
    "read_dependencies": "dependency_files",
    "running_target": "target",
}

__all__ = [
    "Package",
    "PackageLayer",
    "PackageTarget",
    "PackagedFile",
    "build_layer",
    "build_package",
    "callable_name",
    "check_callable",
    "check_dependencies",
    "check_include_files",
    "find_dependencies",
    "read_dependencies",
    "running_target",
]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
