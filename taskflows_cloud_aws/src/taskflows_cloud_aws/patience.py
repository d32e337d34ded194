"""Doing a step again while AWS is overloaded or at another change: each step finds its own work done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from taskflows_cloud_aws.resources.function_calls import will_pass
from taskflows_cloud_aws.waiting import Waiting, is_conflict, is_overloaded

_T = TypeVar("_T")
_OVERLOAD_SECONDS, _CONFLICT_SECONDS = 300, 60


def _untold(_text: str) -> None:
    return None


def patiently(waiting: Waiting, step: Callable[[], _T], *, tell: Callable[[str], None] = _untold) -> _T:
    """Do a step, and again while the refusal will pass.

    botocore tries a call again too, but all calls of a client together only a limited number of times.

    Args:
        waiting: Repeats and waits.
        step: May be done again at any time.
        tell: Is told what is waited for.

    Returns:
        What the step returned.
    """
    # Steps that know a longer wait, as for a new role, have waited by then.
    deadline = waiting.clock() + _CONFLICT_SECONDS

    def passing(error: BaseException) -> bool:
        return is_overloaded(error) or ((will_pass(error) or is_conflict(error)) and waiting.clock() < deadline)

    def note(error: BaseException) -> None:
        why = "AWS is overloaded" if is_overloaded(error) else "another change is under way"
        tell(f"waiting, because {why}")

    return waiting.retry(step, seconds=_OVERLOAD_SECONDS, passing=passing, noting=note)
