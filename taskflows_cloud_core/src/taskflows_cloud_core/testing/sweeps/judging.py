"""Whether a place, and what was reported about it, are as promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskflows_cloud_core.testing.sweeps.attempts import Attempt
from taskflows_cloud_core.testing.sweeps.disturbances import Disturbance

_MOST_DIFFERENCES = 6


def differences(found: Any, wanted: Any) -> str:
    """Where two states differ, without the values, which may be secret."""
    paths = list(_paths(found, wanted, ()))
    shown = ", ".join(paths[:_MOST_DIFFERENCES])
    return shown if len(paths) <= _MOST_DIFFERENCES else f"{shown} and {len(paths) - _MOST_DIFFERENCES} more"


def _paths(found: Any, wanted: Any, path: tuple[str, ...]) -> Iterator[str]:
    if found == wanted:
        return
    if not (isinstance(found, Mapping) and isinstance(wanted, Mapping)):
        yield " ".join(path) or "everything"
        return
    for key in sorted({*found, *wanted}, key=str):
        here = (*path, str(key))
        if key not in found:
            yield f"{' '.join(here)} (missing)"
        elif key not in wanted:
            yield f"{' '.join(here)} (left over)"
        else:
            yield from _paths(found[key], wanted[key], here)


def outcome_problems(disturbance: Disturbance, outcome: Attempt, found: Any, wanted: Any) -> Iterator[str]:
    """Yield a sentence for everything reported that is not true.

    Args:
        disturbance: What happened.
        outcome: What the operation reported.
        found: What is there.
        wanted: What is there after the operation without the disturbance.
    """
    if disturbance.kind == "death" and outcome.ended != "broken off":
        yield "the death of the process was caught"
    if outcome.succeeded and found != wanted:
        yield f"success was reported, but these differ: {differences(found, wanted)}"
    if disturbance.must_succeed and not outcome.succeeded:
        yield f"it does not heal: {outcome.error or outcome.ended}"
    if outcome.ended == "failed":
        yield from error_problems(outcome)


def error_problems(outcome: Attempt) -> Iterator[str]:
    """Yield a sentence for a failure that does not say what failed."""
    if not outcome.error:
        yield "a failure was reported without an error"
    if outcome.is_unexpected:
        yield f"the failure was reported as an unexpected exception of the provider: {outcome.error}"


def run_problems(what: str, outcome: Attempt, found: Any, *wanted: Any) -> Iterator[str]:
    """Yield a sentence when something that ran without a disturbance failed, or gave none of the wanted states.

    Args:
        what: What ran, for instance ``"running it again"``.
        outcome: What it reported.
        found: What is there.
        wanted: What may be there.
    """
    if not outcome.succeeded:
        yield f"{what} failed: {outcome.error or outcome.ended}"
    elif found not in wanted:
        yield f"after {what} these differ: {differences(found, wanted[0])}"
