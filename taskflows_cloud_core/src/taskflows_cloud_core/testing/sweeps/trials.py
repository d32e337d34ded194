"""One operation with one disturbance, in a place that was prepared for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.testing.sweeps.attempts import Act, Attempt, attempt
from taskflows_cloud_core.testing.sweeps.disturbances import Disturbance
from taskflows_cloud_core.testing.sweeps.judging import outcome_problems, run_problems
from taskflows_cloud_core.testing.sweeps.operations import Operation, Version
from taskflows_cloud_core.testing.sweeps.place import SweptPlace
from taskflows_cloud_core.testing.sweeps.report import Trial
from taskflows_cloud_core.testing.sweeps.two_deployers import SerialStates, find_mixtures, run_with_another


@attrs.frozen(kw_only=True)
class Expected:
    """An operation that nothing disturbs.

    Args:
        calls: The calls that it makes.
        changing: The numbers of those that change something.
        exclusive: The numbers of those at which nobody else can start.
        empty: What is in a fresh place.
        prepared: What is there before the operation.
        wanted: What is there after it.
    """

    calls: tuple[str, ...] = attrs.field(converter=to_tuple)
    changing: frozenset[int]
    exclusive: frozenset[int]
    empty: Any
    prepared: Any
    wanted: Any


def undisturbed(place: SweptPlace, act: Act, empty: Any) -> Expected:
    """Do something that nothing disturbs, and note its calls.

    Raises:
        RuntimeError: It fails.
    """
    prepared = place.everything()
    must_succeed(act, place)
    calls, wire = list(place.wire.calls), place.wire
    place.wire.clear()
    return Expected(
        calls=calls,
        changing=frozenset(number for number, call in enumerate(calls) if wire.changes(call)),
        exclusive=frozenset(number for number, call in enumerate(calls) if wire.exclusive(call)),
        empty=empty,
        prepared=prepared,
        wanted=place.everything(),
    )


def must_succeed(act: Act, place: SweptPlace) -> None:
    """Do something that nothing disturbs.

    Raises:
        RuntimeError: It fails.
    """
    outcome = attempt(act, place.environment())
    if not outcome.succeeded:
        raise RuntimeError(f"nothing disturbs it, and it fails: {outcome.error or outcome.ended}")


def run_again(
    place: SweptPlace, operation: Operation, disturbance: Disturbance, number: int, expected: Expected, delete: Act
) -> Trial | None:
    """Disturb, judge, run again, judge, delete, judge.

    Returns:
        The trial; ``None`` when the operation ended before the call.
    """
    call, outcome = _disturb(place, operation, disturbance, number, expected)
    if call is None:
        return None
    problems = list(_state_problems(place, disturbance, outcome, expected))
    again = attempt(operation.act, place.environment())
    problems += run_problems("running it again", again, place.everything(), expected.wanted)
    problems += _deletion_problems(place, delete, expected, "deleting it then")
    return _trial(operation, disturbance, number, call, problems)


def delete_at_once(
    place: SweptPlace, operation: Operation, disturbance: Disturbance, number: int, expected: Expected, delete: Act
) -> Trial | None:
    """Disturb, delete, judge.

    Returns:
        The trial; ``None`` when the operation ended before the call.
    """
    call, _ = _disturb(place, operation, disturbance, number, expected)
    if call is None:
        return None
    problems = _deletion_problems(place, delete, expected, "deleting it at once")
    return _trial(operation, disturbance, number, call, problems)


def with_another(
    place: SweptPlace,
    operation: Operation,
    other: Version,
    number: int,
    expected: Expected,
    states: SerialStates,
) -> Trial | None:
    """Let another deployer run at a call, judge, run again, judge, delete, judge.

    Returns:
        The trial; ``None`` when the operation ended before the call.
    """
    seen = run_with_another(place, operation.act, other.deploy, number)
    if seen is None:
        return None
    problems = list(find_mixtures(seen, states))
    again = attempt(operation.act, place.environment())
    problems += run_problems("running it again", again, place.everything(), states.ours, states.theirs_then_ours)
    problems += _deletion_problems(place, other.delete, expected, "deleting it then")
    return Trial(
        operation=operation.name,
        disturbance="another deployer",
        number=number,
        call=seen.call,
        where="before",
        problems=problems,
    )


def _disturb(
    place: SweptPlace, operation: Operation, disturbance: Disturbance, number: int, expected: Expected
) -> tuple[str | None, Attempt]:
    disturbance.arm(place, number)
    if disturbance.kind == "death":
        outcome = place.run_until_killed(operation.act)
    else:
        outcome = attempt(operation.act, place.environment(), is_broken_off=disturbance.kind == "interrupt")
    calls = place.wire.calls
    place.wire.clear()
    if len(calls) > number:
        return calls[number], outcome
    # Of a process that was killed, a place may know no calls.
    return (expected.calls[number] if outcome.ended == "broken off" else None), outcome


def _state_problems(place: SweptPlace, disturbance: Disturbance, outcome: Attempt, expected: Expected) -> Iterator[str]:
    found = place.everything()
    yield from outcome_problems(disturbance, outcome, found, expected.wanted)
    lasting = place.firing(expected.prepared) & place.firing(expected.wanted)
    if silenced := lasting - place.firing(found):
        yield f"not firing until it is run again: {', '.join(sorted(map(str, silenced)))}"


def _deletion_problems(place: SweptPlace, delete: Act, expected: Expected, what: str) -> list[str]:
    outcome = attempt(delete, place.environment())
    return list(run_problems(what, outcome, place.everything(), expected.empty))


def _trial(operation: Operation, disturbance: Disturbance, number: int, call: str, problems: list[str]) -> Trial:
    return Trial(
        operation=operation.name,
        disturbance=disturbance.name,
        number=number,
        call=call,
        where=disturbance.where,
        problems=problems,
    )
