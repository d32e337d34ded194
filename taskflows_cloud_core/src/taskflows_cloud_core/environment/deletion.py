"""Delete functions: one by name, those that are no longer named, and what no function uses any longer."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from functools import partial

from taskflows_cloud_core.environment.arguments import require_name
from taskflows_cloud_core.environment.connection import Connection
from taskflows_cloud_core.environment.operations import list_functions
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.errors import CloudError, OperationError, PluginFailedError
from taskflows_cloud_core.progress import Progress, one_at_a_time
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import DeletionResult, DeployedFunction


def plan_removal(connection: Connection, name: str, *, keep_logs: bool) -> Plan:
    """Plan the deletion of a function; see `CloudEnvironment.plan_removal`."""
    require_name(name)
    if keep_logs:
        connection.require_capability("keep_logs", "cannot delete a function and keep its logs")
    plan: Plan = connection.call("plan_removal", name=name, keep_logs=keep_logs)
    return plan


def delete_function(connection: Connection, name: str, *, keep_logs: bool, progress: Progress) -> DeletionResult:
    """Delete a function; see `CloudEnvironment.delete_function`."""
    try:
        plan = plan_removal(connection, name, keep_logs=keep_logs)
        result: DeletionResult = connection.call("delete_function", plan=plan, progress=progress)
    except OperationError as error:
        return _failure(connection, name, error)
    return result


def plan_prune(
    connection: Connection, keep: Iterable[str], *, tags: Mapping[str, str], everything: bool
) -> tuple[DeployedFunction, ...]:
    """List the functions to prune; see `CloudEnvironment.plan_prune`."""
    kept = _names(keep)
    _require_tags(tags, everything=everything)
    found = (function for function in list_functions(connection) if function.name not in kept)
    return tuple(function for function in found if tags.items() <= function.tags.items())


def prune_functions(
    connection: Connection, doomed: Iterable[DeployedFunction], progress: Progress, *, keep_logs: bool, max_workers: int
) -> list[DeletionResult]:
    """Delete functions in parallel, then what no function uses any longer; see `CloudEnvironment.prune_functions`."""
    names = [function.name for function in doomed]
    one_by_one = one_at_a_time(progress)
    delete = partial(delete_function, connection, keep_logs=keep_logs, progress=one_by_one)
    futures = side_by_side([partial(delete, name) for name in names], max_workers=max_workers)
    results = [_outcome(connection, name, future) for name, future in zip(names, futures, strict=True)]
    shared = _delete_unused(connection, one_by_one)
    return [*results, *(result for result in shared if result.deleted or not result.success)]


def _outcome(connection: Connection, name: str, future: Future[DeletionResult]) -> DeletionResult:
    try:
        return future.result()
    except PluginFailedError as error:
        logging.getLogger(__name__).debug("the deletion of %r failed", name, exc_info=error)
        return _failure(connection, name, error)


def plan_unused(connection: Connection) -> Plan:
    """Plan the deletion of unused shared resources; see `CloudEnvironment.plan_unused`."""
    plan: Plan = connection.call("plan_unused")
    return plan


def _delete_unused(connection: Connection, progress: Progress) -> Iterator[DeletionResult]:
    if not connection.shares:
        return
    try:
        yield connection.call("delete_function", plan=plan_unused(connection), progress=progress)
    except (OperationError, PluginFailedError) as error:
        yield _failure(connection, "what functions share", error)


def _failure(connection: Connection, name: str, error: CloudError) -> DeletionResult:
    return DeletionResult(
        success=False,
        function_name=name,
        provider=connection.name,
        error=str(error),
        error_code=error.code,
    )


def _names(keep: Iterable[str]) -> frozenset[str]:
    if isinstance(keep, str):
        raise TypeError(f"keep must be a list of names, not a str; write [{keep!r}]")
    return frozenset(keep)


def _require_tags(tags: Mapping[str, str], *, everything: bool) -> None:
    if not isinstance(tags, Mapping):
        raise TypeError(f"tags must be a dict of str to str, not {type(tags).__name__}")
    if not tags and not everything:
        raise ValueError(
            "tags is empty, so that the functions of other projects would be deleted too; give the tags that mark "
            "yours, or say everything=True"
        )
    if tags and everything:
        raise ValueError("tags and everything=True contradict each other; leave one of them out")
