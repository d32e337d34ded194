"""Deploy several functions: check all of them, then deploy them in parallel."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial

from taskflows_cloud_core.environment.arguments import Request
from taskflows_cloud_core.environment.checks import check_and_translate
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.deployment import deploy, failure
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.errors import CloudError, ConfigurationError, Problem
from taskflows_cloud_core.progress import Progress, one_at_a_time
from taskflows_cloud_core.results import CloudDeploymentResult

_log = logging.getLogger(__name__)


def deploy_batch(
    connection: Connection, requests: Sequence[Request], progress: Progress, *, max_workers: int
) -> list[CloudDeploymentResult]:
    """Check all requests; when all pass, deploy them in parallel.

    Args:
        connection: Where to deploy.
        requests: The deployments.
        progress: Called with each step; its calls never overlap.
        max_workers: How many deployments may run at once.

    Returns:
        One result a request, in the order given.
    """
    errors = check_all(connection, requests)
    if errors:
        return [not_started(connection, request.name, errors) for request in requests]
    one_by_one = one_at_a_time(progress)
    jobs = [partial(deploy, connection, request, one_by_one) for request in requests]
    futures = side_by_side(jobs, max_workers=max_workers)
    return [outcome(connection, request.name, future) for request, future in zip(requests, futures, strict=True)]


def outcome(connection: Connection, name: str, future: Future[CloudDeploymentResult]) -> CloudDeploymentResult:
    """Get the result of one deployment; an unexpected error is reported in it, and not at the cost of the others."""
    error = future.exception()
    if error is None:
        return future.result()
    if not isinstance(error, Exception):
        raise error
    _log.debug("the deployment of %r failed", name, exc_info=error)
    if isinstance(error, CloudError):
        return failure(connection, name, error)
    message = f"an unexpected {type(error).__name__}, raised by `progress` or by taskflows-cloud-core itself"
    return CloudDeploymentResult(success=False, function_name=name, provider=connection.name, error=message)


def check_all(connection: Connection, requests: Sequence[Request]) -> dict[str, str]:
    """Check several requests.

    Returns:
        The error of each function that does not pass, by name.
    """
    errors: dict[str, str] = {}
    counts = Counter(request.name for request in requests)
    for request in requests:
        if counts[request.name] > 1:
            message = f"{request.name!r} stands {counts[request.name]} times in the list; names must differ"
            errors[request.name] = str(Problem(field="function_name", message=message))
            continue
        try:
            check_and_translate(connection, request)
        except ConfigurationError as error:
            errors[request.name] = str(error)
    return errors


def not_started(
    connection: Connection, name: str, errors: Mapping[str, str], others: str | None = None
) -> CloudDeploymentResult:
    """Make the result of a function that was not deployed because it, or another one, did not pass the checks.

    Args:
        connection: Where it was to be deployed.
        name: The function's name.
        errors: The errors of the functions that did not pass there, by name.
        others: The functions that did not pass, for the message; the names of ``errors`` when not given.
    """
    listed = ", ".join(map(repr, errors)) if others is None else others
    error = errors.get(name, f"not begun, because the checks found problems with {listed}")
    return CloudDeploymentResult(
        success=False,
        function_name=name,
        provider=connection.name,
        error=error,
        error_code=ConfigurationError.code,
    )
