"""From a callable to an archive that another machine can run.

`Package` and its parts are loaded at once, all else when it is first used: whoever only
handles finished packages pays nothing for the tools that make them.
"""

from typing import TYPE_CHECKING

from taskflows_cloud_core._lazy import attach
from taskflows_cloud_core.packaging.package import Package, PackagedFile, PackageLayer, PackageTarget

if TYPE_CHECKING:
    from taskflows_cloud_core.packaging.build import build_layer, build_package
    from taskflows_cloud_core.packaging.build_cache import sharing_packages
    from taskflows_cloud_core.packaging.checks import check_callable
    from taskflows_cloud_core.packaging.code.call_signature import callable_name
    from taskflows_cloud_core.packaging.code.include_files import check_include_files
    from taskflows_cloud_core.packaging.dependencies.distributions import find_dependencies
    from taskflows_cloud_core.packaging.dependencies.project_files import read_dependencies
    from taskflows_cloud_core.packaging.installed.requirements import check_dependencies, check_names
    from taskflows_cloud_core.packaging.package import running_target
    from taskflows_cloud_core.packaging.run_outcome import RunOutcome, find_outcome, read_outcome

_MODULES = {
    "RunOutcome": "run_outcome",
    "build_layer": "build",
    "build_package": "build",
    "callable_name": "code.call_signature",
    "check_callable": "checks",
    "check_dependencies": "installed.requirements",
    "check_include_files": "code.include_files",
    "check_names": "installed.requirements",
    "find_dependencies": "dependencies.distributions",
    "find_outcome": "run_outcome",
    "read_dependencies": "dependencies.project_files",
    "read_outcome": "run_outcome",
    "running_target": "package",
    "sharing_packages": "build_cache",
}

__all__ = [
    "Package",
    "PackageLayer",
    "PackageTarget",
    "PackagedFile",
    "RunOutcome",
    "build_layer",
    "build_package",
    "callable_name",
    "check_callable",
    "check_dependencies",
    "check_include_files",
    "check_names",
    "find_dependencies",
    "find_outcome",
    "read_dependencies",
    "read_outcome",
    "running_target",
    "sharing_packages",
]

__getattr__, __dir__ = attach(__name__, _MODULES)
