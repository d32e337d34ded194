"""Update the code or the configuration of a deployed function, and leave the other as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import attrs

from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.environment.arguments import (
    Request,
    as_dependencies,
    require_callable,
    require_config,
    require_name,
)
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.deployment import deploy, failure
from taskflows_cloud_core.environment.operations import describe_function
from taskflows_cloud_core.errors import ConfigurationError, OperationError, Problem
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.results import CloudDeploymentResult, FunctionDescription


def update_code(
    connection: Connection,
    name: str,
    function: Callable[..., Any],
    dependencies: Sequence[str] | None,
    include_files: Sequence[str] | None,
    progress: Progress,
) -> CloudDeploymentResult:
    """Replace the code; see `CloudEnvironment.update_function_code`."""
    require_name(name)
    require_callable(function)
    try:
        description = describe_function(connection, name)
        included = _include_files(include_files, description)
    except (ConfigurationError, OperationError) as error:
        return failure(connection, name, error)
    request = Request(
        name=name,
        function=function,
        config=None,
        package_config=attrs.evolve(description.config, include_files=included, schedules=()),
        dependencies=as_dependencies(dependencies),
    )
    return deploy(connection, request, progress)


def update_configuration(
    connection: Connection, name: str, config: CloudFunctionConfig, progress: Progress
) -> CloudDeploymentResult:
    """Replace the configuration; see `CloudEnvironment.update_function_configuration`."""
    require_name(name)
    require_config(config)
    if config.function_name != name:
        message = f"is {config.function_name!r}, but the function to update is {name!r}"
        return failure(connection, name, ConfigurationError([Problem(field="function_name", message=message)]))
    try:
        deployed = describe_function(connection, name).config
    except OperationError as error:
        return failure(connection, name, error)
    # Resolved first: what comes from the deployed code was not given by the user.
    wanted = attrs.evolve(config.resolved({}), runtime=deployed.runtime, architecture=deployed.architecture)
    request = Request(
        name=name,
        function=None,
        config=wanted,
        package_config=wanted,
        with_schedules=bool(config.schedules),
    )
    result = deploy(connection, request, progress)
    return attrs.evolve(result, warnings=(*_ignored_settings(config, deployed), *result.warnings))


def _include_files(given: Sequence[str] | None, description: FunctionDescription) -> Sequence[str]:
    """The files that the user gives, or else those of the deployed code."""
    if given is not None:
        return given
    if "include_files" in description.unreadable:
        name = description.function.name
        message = "those of the deployed code cannot be read back; give include_files=[...], or [] for none"
        raise ConfigurationError([Problem(field="include_files", message=message)], subject=f"function {name!r}")
    return description.config.include_files


def _ignored_settings(wanted: CloudFunctionConfig, deployed: CloudFunctionConfig) -> Iterator[str]:
    """One warning for each setting that belongs to the code and is therefore not changed."""
    for field in ("runtime", "architecture"):
        kept, asked = getattr(deployed, field), getattr(wanted, field)
        if asked not in (None, kept):
            yield f"{field} stays {kept!r}, for which the code was made; deploy the function again to have {asked!r}"
    if wanted.include_files and wanted.include_files != deployed.include_files:
        yield "include_files belong to the code, which stays as it is; deploy the function again to change them"
