"""Deploy the same functions to several places: regions, accounts, clouds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TypeAlias

import attrs

from taskflows_cloud_core.environment.arguments import Deployment, Request, full_requests
from taskflows_cloud_core.environment.batches import check_all, not_started, outcome
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.deployment import REPORTED_IN_RESULT, deploy_prepared, failure
from taskflows_cloud_core.environment.environment import CloudEnvironment, connection_of
from taskflows_cloud_core.environment.pipeline import prepare
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.packaging import sharing_packages
from taskflows_cloud_core.progress import Progress, ProgressEvent, one_at_a_time, silent
from taskflows_cloud_core.results import CloudDeploymentResult

_Job: TypeAlias = Callable[[], CloudDeploymentResult]


def deploy_everywhere(
    environments: Mapping[str, CloudEnvironment],
    deployments: Sequence[Deployment],
    dependencies: Sequence[str] | None = None,
    *,
    progress: Progress = silent,
    max_workers: int = 8,
) -> dict[str, list[CloudDeploymentResult]]:
    """Deploy the same functions in several places: regions, accounts, clouds.

    Everything is checked for every place first; when something does not pass anywhere, nothing is deployed. After
    that the places are independent: a failure in one does not stop the others. A package is built once for all
    places that need the same one.

    Args:
        environments: The places, by names of your choice, for instance ``{"eu": get_environment("aws",
            region="eu-central-1"), "us": get_environment("aws", region="us-east-1")}``.
        deployments: Pairs of function and configuration, with the function's own dependencies as a third where it
            has some; names must differ.
        dependencies: Requirements for all others; ``None`` to find each one's from its code.
        progress: Called with each step; ``ProgressEvent.place`` says where. Its calls never overlap.
        max_workers: How many deployments may run at once, over all places.

    Returns:
        For each place one result a pair, in the order given.

    Raises:
        TypeError: An argument has the wrong type.
        KeyboardInterrupt: The user interrupted; functions that were not started were not changed.
    """
    for place, environment in environments.items():
        if not isinstance(environment, CloudEnvironment):
            raise TypeError(f"environments[{place!r}] must be a CloudEnvironment, not {type(environment).__name__}")
    connections = {place: connection_of(environment) for place, environment in environments.items()}
    requests = full_requests(deployments, dependencies)
    errors = {place: check_all(connection, requests) for place, connection in connections.items()}
    if any(errors.values()):
        return {
            place: [_not_started(connection, request.name, place, errors) for request in requests]
            for place, connection in connections.items()
        }
    one_by_one = one_at_a_time(progress)
    with sharing_packages():
        jobs = {
            place: [_prepare(connection, request, partial(_report, one_by_one, place)) for request in requests]
            for place, connection in connections.items()
        }
    futures = iter(side_by_side(chain.from_iterable(jobs.values()), max_workers=max_workers))
    return {
        place: [outcome(connection, request.name, next(futures)) for request in requests]
        for place, connection in connections.items()
    }


def _not_started(
    connection: Connection, name: str, place: str, errors: Mapping[str, Mapping[str, str]]
) -> CloudDeploymentResult:
    if errors[place]:
        return not_started(connection, name, errors[place])
    others = ", ".join(f"{other!r} (of {where!r})" for where, found in errors.items() for other in found)
    return not_started(connection, name, {}, others)


def _report(progress: Progress, place: str, event: ProgressEvent) -> None:
    progress(attrs.evolve(event, place=place))


def _prepare(connection: Connection, request: Request, progress: Progress) -> _Job:
    """Package a function, and return the rest of its deployment, or its failure, as a job."""
    try:
        prepared = prepare(connection, request, progress)
    except REPORTED_IN_RESULT as error:
        return partial(failure, connection, request.name, error)
    return partial(deploy_prepared, connection, prepared, progress)
