"""What core does where a provider has no implementation of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.hookspecs import hookimpl
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.progress import Progress


@hookimpl(trylast=True)
def package_function(
    function: Callable[..., Any],
    config: CloudFunctionConfig,
    dependencies: Sequence[str] | None,
    progress: Progress,
) -> Package:
    """Package for the machine that this runs on."""
    from taskflows_cloud_core.packaging import build_package, running_target

    return build_package(
        function,
        target=running_target(config.python_version),
        dependencies=dependencies,
        include_files=config.include_files,
        build_from_source=config.build_from_source,
        progress=progress,
    )
