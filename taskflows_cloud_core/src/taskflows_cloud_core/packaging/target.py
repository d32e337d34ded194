"""The targets that need no provider."""

from __future__ import annotations

import sys

from taskflows_cloud_core.packaging.package import PackageTarget


def is_this_machine(target: PackageTarget) -> bool:
    """Whether code that was compiled here runs on the target."""
    return target.platform is None and target.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"


def running_target(python_version: str) -> PackageTarget:
    """The machine that runs this, with one of its Pythons.

    Args:
        python_version: ``"3.12"``.

    Returns:
        A target of this machine's platform, without limits and with nothing provided.
    """
    return PackageTarget(python_version=python_version)
