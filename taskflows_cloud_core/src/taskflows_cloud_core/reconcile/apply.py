"""Carry out a plan: in dependency order, several actions at once, telling each step."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import CloudError
from taskflows_cloud_core.progress import Progress, ProgressEvent, Status, silent
from taskflows_cloud_core.reconcile.diff import in_dependency_order
from taskflows_cloud_core.reconcile.plan import Action, Plan
from taskflows_cloud_core.reconcile.resource import ResourceKey

Execute: TypeAlias = Callable[[Action], None]
"""Does one action, or raises a `CloudError`. Doing an action that is done already must succeed."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one action.

    Args:
        action: The action.
        status: ``"skipped"`` when something that it needs failed before.
        error: The sentence of the failure; ``None`` otherwise.
        seconds: How long it took.
    """

    action: Action
    status: Literal["done", "failed", "skipped"]
    error: str | None = None
    seconds: float = 0.0


@attrs.frozen(kw_only=True)
class ApplyReport:
    """The journal of one run of `apply`.

    Args:
        outcomes: One for each action, in the order in which they ended.
    """

    outcomes: tuple[Outcome, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def success(self) -> bool:
        """Whether every action was done."""
        return all(outcome.status == "done" for outcome in self.outcomes)

    @property
    def done(self) -> tuple[Action, ...]:
        """The actions that were done, in their order."""
        return tuple(outcome.action for outcome in self.outcomes if outcome.status == "done")

    @property
    def error(self) -> str | None:
        """What failed and what was therefore not begun; ``None`` when everything was done."""
        failed = [outcome for outcome in self.outcomes if outcome.status == "failed"]
        if not failed:
            return None
        skipped = sum(outcome.status == "skipped" for outcome in self.outcomes)
        sentences = [f"{outcome.action.verb} {outcome.action.key}: {outcome.error}" for outcome in failed]
        rest = f" ({len(self.done)} of {len(self.outcomes)} actions done, {skipped} not begun; running again goes on)"
        return "; ".join(sentences) + rest


def apply(
    plan: Plan,
    execute: Execute,
    *,
    progress: Progress = silent,
    max_workers: int = 8,
    stopping: threading.Event | None = None,
) -> ApplyReport:
    """Do every action of a plan.

    An action begins when all that it depends on is done. What depends on a failed action is skipped, the rest
    goes on; but deletions begin only when every creation and change is done. Only a `CloudError` counts as
    a failure of its action: anything else, an interrupt included, ends the run after the actions that are
    under way; what is done by then is told.

    Args:
        plan: What to do.
        execute: Does one action; called from several threads.
        progress: Is told of each action as it begins and ends; its calls never overlap.
        max_workers: How many actions may be under way at once.
        stopping: Is set when the run is to end early, so that an action that only waits can give up.

    Returns:
        The journal.

    Raises:
        ValueError: Two actions are about one resource, or actions need each other in a circle. Nothing was done.
    """
    _check_order(plan.actions)
    run = _Run(plan, execute, progress)
    with ThreadPoolExecutor(max_workers=max_workers, thread_name_prefix="taskflows-cloud-apply") as pool:
        try:
            run.drive(pool)
        except BaseException:
            if stopping is not None:
                stopping.set()
            pool.shutdown(wait=True, cancel_futures=True)
            run.tell_what_is_done()
            raise
    return ApplyReport(outcomes=tuple(run.outcomes))


class _Run:
    """The state of one `apply`."""

    def __init__(self, plan: Plan, execute: Execute, progress: Progress) -> None:
        self._plan = plan
        self._execute = execute
        self._progress = progress
        self._telling = threading.Lock()
        self._waiting = {action.key: _needs(action, plan.actions) for action in plan.actions}
        self._actions = {action.key: action for action in plan.actions}
        self._done: list[Action] = []
        self.outcomes: list[Outcome] = []

    def tell_what_is_done(self) -> None:
        """Say at an early end what is there."""
        done = ", ".join(f"{action.verb} {action.key}" for action in self._done) or "nothing"
        event = ProgressEvent(
            function_name=self._plan.function_name,
            stage="apply",
            status="failed",
            message=f"interrupted; done: {done}. Running again is safe and goes on from here",
            done=len(self._done),
            total=len(self._plan.actions),
        )
        with self._telling:
            self._progress(event)

    def drive(self, pool: ThreadPoolExecutor) -> None:
        running: dict[Future[Outcome], ResourceKey] = {}
        while self._waiting or running:
            for key in [key for key, needs in self._waiting.items() if not needs]:
                del self._waiting[key]
                running[pool.submit(self._do, self._actions[key])] = key
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                self._settle(running.pop(future), future.result())

    def _do(self, action: Action) -> Outcome:
        self._tell(action, "started")
        begin = time.monotonic()
        try:
            self._execute(action)
        except CloudError as error:
            return Outcome(action=action, status="failed", error=str(error), seconds=time.monotonic() - begin)
        self._done.append(action)
        return Outcome(action=action, status="done", seconds=time.monotonic() - begin)

    def _settle(self, key: ResourceKey, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        if outcome.status == "done":
            for needs in self._waiting.values():
                needs.discard(key)
            self._tell(outcome.action, "succeeded")
            return
        self._tell(outcome.action, "failed", f": {outcome.error}")
        self._skip_dependents(key)

    def _skip_dependents(self, failed: ResourceKey) -> None:
        lost = {failed}
        while more := {key for key, needs in self._waiting.items() if needs & lost}:
            for key in sorted(more):
                del self._waiting[key]
                self.outcomes.append(Outcome(action=self._actions[key], status="skipped"))
            lost |= more

    def _tell(self, action: Action, status: Status, suffix: str = "") -> None:
        with self._telling:
            self._progress(
                ProgressEvent(
                    function_name=self._plan.function_name,
                    stage="apply",
                    status=status,
                    message=f"{action.verb} {action.key}{suffix}",
                    done=sum(outcome.status == "done" for outcome in self.outcomes),
                    total=len(self._plan.actions),
                )
            )


def _check_order(actions: Sequence[Action]) -> None:
    counts = Counter(action.key for action in actions)
    doubles = [str(key) for key, count in counts.items() if count > 1]
    if doubles:
        raise ValueError(f"the plan has several actions for {', '.join(doubles)}; a resource takes one action")
    in_dependency_order(action.resource for action in actions if action.verb != "delete")
    in_dependency_order(action.resource for action in actions if action.verb == "delete")


def _needs(action: Action, actions: Iterable[Action]) -> set[ResourceKey]:
    """The keys of the actions that must be done before this one."""
    if action.verb == "delete":
        return {
            other.key
            for other in actions
            if other.verb != "delete" or (other.key != action.key and action.key in other.resource.depends_on)
        }
    return {other.key for other in actions if other.verb != "delete" and other.key in action.resource.depends_on} - {
        action.key
    }
