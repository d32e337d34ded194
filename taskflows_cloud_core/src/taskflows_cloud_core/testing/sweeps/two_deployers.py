"""Another deployer at a call: the end is wholly one's or wholly the other's, and the loser gets an error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs

from taskflows_cloud_core.testing.sweeps.attempts import Act, Attempt, attempt
from taskflows_cloud_core.testing.sweeps.judging import differences, error_problems
from taskflows_cloud_core.testing.sweeps.place import SweptPlace


@attrs.frozen(kw_only=True)
class SerialStates:
    """What is there when two deployers run one after the other, or one of them alone.

    Args:
        ours: Of the operation alone.
        theirs: Of the other deployment alone.
        ours_then_theirs: Of both, the operation first.
        theirs_then_ours: Of both, the operation last.
    """

    ours: Any
    theirs: Any
    ours_then_theirs: Any
    theirs_then_ours: Any


@attrs.frozen(kw_only=True)
class TwoDeployments:
    """What was reported to both, and what was there.

    Args:
        ours: What the operation reported.
        theirs: What the other deployment reported.
        after_theirs: What was there when the other deployment ended.
        found: What is there when both have ended.
        changed_later: Whether the operation made a call that changes something after the other deployment.
        call: The name of the call before which the other deployment ran.
    """

    ours: Attempt
    theirs: Attempt
    after_theirs: Any
    found: Any
    changed_later: bool
    call: str


def run_with_another(place: SweptPlace, ours: Act, theirs: Act, number_of_call: int) -> TwoDeployments | None:
    """Run an operation, and the whole other deployment before its call of that number.

    Returns:
        What came of it; ``None`` when the operation has fewer calls.
    """
    seen: list[tuple[Attempt, Any]] = []

    def deploy_theirs(number: int, _call: str) -> None:
        if number == number_of_call:
            seen.append(place.wire.look(lambda: (attempt(theirs, place.environment()), place.everything())))

    place.wire.before = deploy_theirs
    outcome = attempt(ours, place.environment())
    later = place.wire.calls[number_of_call:]
    changes: Callable[[str], bool] = place.wire.changes
    place.wire.clear()
    if not seen:
        return None
    ((theirs_outcome, after_theirs),) = seen
    return TwoDeployments(
        ours=outcome,
        theirs=theirs_outcome,
        after_theirs=after_theirs,
        found=place.everything(),
        changed_later=any(map(changes, later)),
        call=later[0],
    )


def find_mixtures(seen: TwoDeployments, states: SerialStates) -> Iterator[str]:
    """Yield a sentence for an end that no order of the two gives, and for a loser without an error."""
    for name, outcome in (("the operation", seen.ours), ("the other deployer", seen.theirs)):
        if not outcome.succeeded:
            yield from (f"{name}: {problem}" for problem in error_problems(outcome))
    if seen.theirs.succeeded and seen.after_theirs not in (states.theirs, states.ours_then_theirs):
        different = differences(seen.after_theirs, states.theirs)
        yield f"success was reported to the other deployer, but these differed: {different}"
    allowed = _allowed(seen, states)
    if not allowed:
        yield f"both failed: {seen.ours.error or seen.ours.ended} / {seen.theirs.error or seen.theirs.ended}"
    elif seen.found not in allowed:
        who = {(True, True): "both", (True, False): "the operation", (False, True): "the other deployer"}
        winner = who[seen.ours.succeeded, seen.theirs.succeeded]
        yield f"success was reported to {winner}, but these differ: {differences(seen.found, allowed[0])}"


def _allowed(seen: TwoDeployments, states: SerialStates) -> list[Any]:
    if seen.ours.succeeded and seen.theirs.succeeded:
        # An operation that changes nothing afterwards may count as the first.
        return [states.theirs_then_ours] if seen.changed_later else [states.theirs_then_ours, states.ours_then_theirs]
    return [states.ours] * seen.ours.succeeded + [states.theirs] * seen.theirs.succeeded
