"""Deploy one function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_core.environment.arguments import Request, full_request
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.pipeline import Prepared, plan_prepared, prepare
from taskflows_cloud_core.errors import (
    CloudError,
    ConfigurationError,
    OperationError,
    PackagingError,
    ScheduleError,
)
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.stopping import raise_if_stopped

# The errors that a deployment reports in its result. All others are raised.
REPORTED_IN_RESULT = (ConfigurationError, ScheduleError, PackagingError, OperationError)


def deploy(connection: Connection, request: Request, progress: Progress) -> CloudDeploymentResult:
    """Check, package, plan and deploy.

    Args:
        connection: Where to deploy.
        request: The deployment.
        progress: Called with each step.

    Returns:
        The result, also of a failure.
    """
    try:
        prepared = prepare(connection, request, progress)
    except REPORTED_IN_RESULT as error:
        return failure(connection, request.name, error)
    return deploy_prepared(connection, prepared, progress)


def deploy_prepared(connection: Connection, prepared: Prepared, progress: Progress) -> CloudDeploymentResult:
    """Plan and deploy.

    Args:
        connection: Where to deploy.
        prepared: A deployment that was checked and packaged.
        progress: Called with each step.

    Returns:
        The result, also of a failure.

    Raises:
        KeyboardInterrupt: The user interrupted before anything was changed.
    """
    try:
        plan = plan_prepared(connection, prepared, progress)
        raise_if_stopped()
        result: CloudDeploymentResult = connection.call("deploy_function", plan=plan, progress=progress)
    except REPORTED_IN_RESULT as error:
        return failure(connection, prepared.request.name, error)
    return result


def failure(connection: Connection, name: str, error: CloudError) -> CloudDeploymentResult:
    """Make the result of a deployment that ended with an error."""
    return CloudDeploymentResult(
        success=False,
        function_name=name,
        provider=connection.name,
        error=str(error),
        error_code=error.code,
    )


def deploy_service(
    connection: Connection,
    service: Any,
    dependencies: Sequence[str] | None,
    progress: Progress,
    overrides: Mapping[str, Any],
) -> CloudDeploymentResult:
    """Deploy a ``Service`` of the taskflows package; see `CloudEnvironment.deploy_service`."""
    from taskflows_cloud_core.interop import deployment_of_service

    try:
        deployment = deployment_of_service(service, **overrides)
    except ConfigurationError as error:
        return failure(connection, str(service.name), error)
    result = deploy(connection, full_request(deployment.function, deployment.config, dependencies), progress)
    return attrs.evolve(result, warnings=(*deployment.warnings, *result.warnings))
