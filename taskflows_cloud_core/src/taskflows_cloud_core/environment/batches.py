"""Several deployments at once: checked together, then done side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeAlias

from taskflows_cloud_core.environment.pipeline import Hooks, Request, check_and_translate
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.progress import Progress, one_at_a_time
from taskflows_cloud_core.results import CloudDeploymentResult

Deploy: TypeAlias = Callable[[Request, Progress], CloudDeploymentResult]


def deploy_batch(
    requests: Sequence[Request],
    hooks: Hooks,
    deploy: Deploy,
    *,
    provider: str,
    progress: Progress,
    max_workers: int,
) -> list[CloudDeploymentResult]:
    """Check all requests; when all pass, deploy them side by side.

    Args:
        requests: What is wanted.
        hooks: Calls the provider.
        deploy: Deploys one request.
        provider: The name of the provider.
        progress: Is told of each step; its calls never overlap.
        max_workers: How many deployments may be under way at once.

    Returns:
        One result a request, in the order given.
    """
    errors = check_all(requests, hooks)
    if errors:
        return [refused(request.name, errors, provider) for request in requests]
    one_by_one = one_at_a_time(progress)
    futures = side_by_side([partial(deploy, request, one_by_one) for request in requests], max_workers=max_workers)
    return [outcome(request.name, future, provider) for request, future in zip(requests, futures, strict=True)]


def outcome(name: str, future: Future[CloudDeploymentResult], provider: str) -> CloudDeploymentResult:
    """The result of one deployment; a defect of the provider must not cost the results of the others."""
    error = future.exception()
    if error is None:
        return future.result()
    if not isinstance(error, Exception):
        raise error
    told = f"the provider {provider!r} failed with {type(error).__name__}: {error}; please tell its authors"
    return CloudDeploymentResult(success=False, function_name=name, provider=provider, error=told)


def check_all(requests: Sequence[Request], hooks: Hooks) -> dict[str, str]:
    """The error of each function that does not pass."""
    errors: dict[str, str] = {}
    counts = Counter(request.name for request in requests)
    for request in requests:
        if counts[request.name] > 1:
            message = f"{request.name!r} stands {counts[request.name]} times in the list; names must differ"
            errors[request.name] = str(Problem(field="function_name", message=message))
            continue
        try:
            check_and_translate(request, hooks)
        except ConfigurationError as error:
            errors[request.name] = str(error)
    return errors


def refused(name: str, errors: Mapping[str, str], provider: str) -> CloudDeploymentResult:
    """The result of a function that was not begun, since it or another one did not pass."""
    others = ", ".join(repr(other) for other in errors)
    error = errors.get(name, f"not begun, because the checks found problems with {others}")
    return CloudDeploymentResult(
        success=False, function_name=name, provider=provider, error=error, error_code=ConfigurationError.code
    )
