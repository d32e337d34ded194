"""Deleting what the code no longer names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from taskflows_cloud_core.environment.deploying import Deploying
from taskflows_cloud_core.environment.workers import side_by_side
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.progress import Progress, one_at_a_time, silent
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import DeletionResult, DeployedFunction


class Pruning(Deploying):
    """The calls that delete functions because nobody names them any more."""

    def plan_prune(
        self, keep: Iterable[str], *, tags: Mapping[str, str], everything: bool = False
    ) -> tuple[DeployedFunction, ...]:
        """Say which functions `prune_functions` would delete, and do nothing.

        Args:
            keep: The names of the functions that stay.
            tags: Only functions that carry all of these tags, with these values, can go: whatever marks the
                functions of one project and stage, for instance ``{"project": "shop", "stage": "test"}``.
            everything: Let every function go that is not in ``keep``, whatever its tags; ``tags`` is empty then.

        Returns:
            The functions that would go, sorted by name.

        Raises:
            TypeError: ``keep`` is one text, or an argument has another wrong type.
            ValueError: ``tags`` is empty without ``everything``, or not empty with it.
            OperationError: The functions cannot be listed.
        """
        kept = _names(keep)
        _require_tags(tags, everything=everything)
        found = (function for function in self.list_functions() if function.name not in kept)
        return tuple(function for function in found if tags.items() <= function.tags.items())

    def prune_functions(
        self,
        keep: Iterable[str],
        *,
        tags: Mapping[str, str],
        everything: bool = False,
        keep_logs: bool = False,
        progress: Progress = silent,
        max_workers: int = 4,
    ) -> list[DeletionResult]:
        """Delete the functions that taskflows-cloud deployed with some tags and that are not named any more.

        Args:
            keep: The names of the functions that stay.
            tags: Only functions that carry all of these tags, with these values, go.
            everything: Let every function go that is not in ``keep``, whatever its tags; ``tags`` is empty then.
            keep_logs: Whether the logs stay.
            progress: Is told of each action; its calls never overlap.
            max_workers: How many functions may be under way at once.

        Returns:
            One result for each function of `plan_prune`, in its order; a failure is told in it and stops no other.
            Then, where functions share something that none uses any more, one for that: see `plan_unused`.

        Raises:
            TypeError: ``keep`` is one text, or an argument has another wrong type.
            ValueError: ``tags`` is empty without ``everything``, or not empty with it.
            OperationError: The functions cannot be listed.
        """
        doomed = [function.name for function in self.plan_prune(keep, tags=tags, everything=everything)]
        one_by_one = one_at_a_time(progress)
        delete = partial(self.delete_function, keep_logs=keep_logs, progress=one_by_one)
        done = side_by_side([partial(delete, name) for name in doomed], max_workers=max_workers)
        results = [future.result() for future in done]
        shared = self._delete_unused(one_by_one)
        return [*results, *(result for result in shared if result.deleted or not result.success)]

    def plan_unused(self) -> Plan:
        """Say what functions shared here and none uses any more, for instance roles; `prune_functions` deletes it.

        What was made a moment ago is not in it, since a deployment may be about to use it.

        Returns:
            A plan of deletions, with a title in place of the function's name.

        Raises:
            OperationError: What is there cannot be read.
            OperationUnsupported: Functions share nothing at this provider.
        """
        plan: Plan = self._call("plan_unused")
        return plan

    def _delete_unused(self, progress: Progress) -> Iterator[DeletionResult]:
        if not self.shares:
            return
        try:
            plan = self.plan_unused()
            yield self._call("delete_function", plan=plan, progress=progress)
        except OperationError as error:
            yield DeletionResult(
                success=False,
                function_name="what functions share",
                provider=self.provider,
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
