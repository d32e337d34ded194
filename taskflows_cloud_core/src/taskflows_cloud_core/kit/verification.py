"""Looking again after a plan was carried out: clouds answer late, and somebody else may have come in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from taskflows_cloud_core import stopping
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.kit.retry import Retry
from taskflows_cloud_core.reconcile import Observation, Plan, field_changes

DEADLINE_SECONDS = 20.0


def verify(
    plan: Plan, observe: Callable[[frozenset[str]], Observation], *, deadline_seconds: float = DEADLINE_SECONDS
) -> OperationError | None:
    """Look whether everything that a plan acted on is as the plan wanted it; wait a little until it is.

    Args:
        plan: A plan that was carried out. What an extension took out of it is not looked for.
        observe: Reads the kinds of resources that it is given.
        deadline_seconds: How long a difference is looked at before it counts.

    Returns:
        What is not as it should be, in one sentence; ``None`` when everything is.
    """
    kinds = frozenset(action.resource.kind for action in plan.actions)
    if not kinds:
        return None
    pauses = Retry().pauses(deadline_seconds)
    while differing := sorted(_differing(plan, observe(kinds))):
        pause = next(pauses, None)
        if pause is None:
            return OperationError(
                f"everything was done, but {', '.join(differing)} is not as it was deployed: something else has "
                "changed it, or the cloud is slow to show it; run again"
            )
        if stopping.wait(pause):
            return OperationError("everything was done, but whether it holds was not looked at; run again to see")
    return None


def _differing(plan: Plan, observation: Observation) -> Iterator[str]:
    found = {resource.key: resource for resource in observation.resources}
    for action in plan.actions:
        there = found.get(action.key)
        if action.verb == "delete":
            if there is not None:
                yield str(action.key)
        elif there is None or field_changes(there.properties, action.resource.properties):
            yield str(action.key)
