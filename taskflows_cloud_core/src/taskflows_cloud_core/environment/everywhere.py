"""The same functions in several places: regions, accounts, clouds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TypeAlias

import attrs

from taskflows_cloud_core.environment.arguments import Deployment, full_requests
from taskflows_cloud_core.environment.batches import check_all, outcome, refused
from taskflows_cloud_core.environment.deploying import TOLD_IN_RESULT, Deploying
from taskflows_cloud_core.environment.pipeline import Prepared, Request, prepare
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.errors import ConfigurationError
from taskflows_cloud_core.packaging import sharing_packages
from taskflows_cloud_core.progress import Progress, ProgressEvent, one_at_a_time, silent
from taskflows_cloud_core.results import CloudDeploymentResult

_Job: TypeAlias = Callable[[], CloudDeploymentResult]


def deploy_everywhere(
    environments: Mapping[str, Deploying],
    deployments: Sequence[Deployment],
    dependencies: Sequence[str] | None = None,
    *,
    progress: Progress = silent,
    max_workers: int = 8,
) -> dict[str, list[CloudDeploymentResult]]:
    """Deploy the same functions in several places: regions, accounts, clouds.

    Everything is checked for every place first; when something does not pass anywhere, nothing is deployed. After
    that each place is on its own: what fails in one stops none of the others. A package is built once for all
    places that need the same one.

    Args:
        environments: The places, by names of your choice, for instance ``{"eu": get_environment("aws",
            region="eu-central-1"), "us": get_environment("aws", region="us-east-1")}``.
        deployments: Pairs of function and configuration, with the function's own dependencies as a third where it
            has some; names must differ.
        dependencies: Requirements for all others; ``None`` to find each one's from its code.
        progress: Is told of each step; ``ProgressEvent.place`` says where. Its calls never overlap.
        max_workers: How many functions may be under way at once, over all places.

    Returns:
        For each place one result a pair, in the order given.

    Raises:
        TypeError: An argument has the wrong type.
    """
    for place, environment in environments.items():
        if not isinstance(environment, Deploying):
            raise TypeError(f"environments[{place!r}] must be a CloudEnvironment, not {type(environment).__name__}")
    requests = full_requests(deployments, dependencies)
    errors = _errors(environments, requests)
    if any(errors.values()):
        return {
            place: [_refused(request.name, place, errors, environment.provider) for request in requests]
            for place, environment in environments.items()
        }
    one_by_one = one_at_a_time(progress)
    listeners = {place: partial(_tell, one_by_one, place) for place in environments}
    with sharing_packages():
        jobs = {
            place: [_prepared(environment, request, listeners[place]) for request in requests]
            for place, environment in environments.items()
        }
    return _carry_out(environments, requests, jobs, max_workers)


def _errors(environments: Mapping[str, Deploying], requests: Sequence[Request]) -> dict[str, dict[str, str]]:
    """The error of each function that does not pass, by place."""
    return {place: check_all(requests, environment._call) for place, environment in environments.items()}


def _refused(name: str, place: str, errors: Mapping[str, Mapping[str, str]], provider: str) -> CloudDeploymentResult:
    if errors[place]:
        return refused(name, errors[place], provider)
    others = ", ".join(f"{other!r} (of {where!r})" for where, found in errors.items() for other in found)
    error = f"not begun, because the checks found problems with {others}"
    return CloudDeploymentResult(
        success=False, function_name=name, provider=provider, error=error, error_code=ConfigurationError.code
    )


def _tell(progress: Progress, place: str, event: ProgressEvent) -> None:
    progress(attrs.evolve(event, place=place))


def _prepared(environment: Deploying, request: Request, progress: Progress) -> _Job:
    """What is left to do for a request; when it cannot be packaged, to say so."""
    try:
        prepared: Prepared = prepare(request, environment._call, progress)
    except TOLD_IN_RESULT as error:
        return partial(environment._failed, request.name, error)
    return partial(environment._deploy_prepared, prepared, progress)


def _carry_out(
    environments: Mapping[str, Deploying],
    requests: Sequence[Request],
    jobs: Mapping[str, Sequence[_Job]],
    max_workers: int,
) -> dict[str, list[CloudDeploymentResult]]:
    done = iter(side_by_side(chain.from_iterable(jobs.values()), max_workers=max_workers))
    return {
        place: [outcome(request.name, next(done), environments[place].provider) for request in requests]
        for place in jobs
    }
