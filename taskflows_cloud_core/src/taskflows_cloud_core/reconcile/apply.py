"""Carry out a plan: in dependency order, several actions at once, with a progress event for each step."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.errors import CloudError
from taskflows_cloud_core.progress import Progress, ProgressEvent, Status, silent
from taskflows_cloud_core.reconcile.diff import in_dependency_order
from taskflows_cloud_core.reconcile.plan import Action, Plan
from taskflows_cloud_core.reconcile.resource import ResourceKey
from taskflows_cloud_core.stopping import current, stoppable

Execute: TypeAlias = Callable[[Action], None]
"""Does one action, or raises a `CloudError`. Doing an action that is done already must succeed."""

_ALL_CHANGES = ResourceKey("", "")
"""A node of the graph that is no action: it depends on every creation and change, and every deletion depends on it."""


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one action.

    Args:
        action: The action.
        status: ``"skipped"`` when it was not begun because something that it depends on failed.
        error: The failure; ``None`` otherwise.
        seconds: How long it took.
    """

    action: Action
    status: Literal["done", "failed", "skipped"]
    error: CloudError | None = None
    seconds: float = 0.0


@attrs.frozen(kw_only=True)
class ApplyReport:
    """What became of the actions of one plan.

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
        sentences = [f"{_name(outcome.action)}: {outcome.error}" for outcome in failed]
        rest = f" ({len(self.done)} of {len(self.outcomes)} actions done, {skipped} not begun; running again goes on)"
        return "; ".join(sentences) + rest

    @property
    def error_code(self) -> str | None:
        """The `CloudError.code` of the first failure; ``None`` when everything was done."""
        return next((outcome.error.code for outcome in self.outcomes if outcome.error is not None), None)


def apply(plan: Plan, execute: Execute, *, progress: Progress = silent, max_workers: int = 8) -> ApplyReport:
    """Do every action of a plan.

    An action begins when all that it depends on is done. What depends on a failed action is skipped, the rest
    goes on; but deletions begin only when every creation and change is done. Only a `CloudError` counts as
    a failure of its action: anything else, an interrupt included, ends the run after the actions that are
    under way, and a last progress event says what is done by then.

    While it runs, `stopping.current` is an event of this plan alone, set when the run ends early: an action that
    only waits can give up then. When the event of a call around this one is set, this run ends early too.

    Args:
        plan: What to do.
        execute: Does one action; called from several threads, each with a copy of the caller's context.
        progress: Called as each action begins and ends; its calls never overlap.
        max_workers: How many actions may be under way at once.

    Returns:
        What became of each action.

    Raises:
        KeyboardInterrupt: The user interrupted, or the event of a call around this one was set.
        ValueError: Two actions are about one resource, or actions need each other in a circle. Nothing was done.
    """
    run = _Run(plan, execute, progress)
    try:
        with ThreadPoolExecutor(max_workers, thread_name_prefix="taskflows-cloud-apply") as pool, stoppable():
            threads = min(max_workers, len(plan.actions))
            workers = [pool.submit(copy_context().run, run.work) for _ in range(threads)]
            for worker in wait(workers, return_when=FIRST_EXCEPTION).done:
                worker.result()
        run.raise_if_incomplete()
    except BaseException:
        run.report_early_end()
        raise
    return ApplyReport(outcomes=run.outcomes)


class _Run:
    """The state of one `apply`: what is ready, how many others each waiting action needs, and what has ended.

    Args:
        plan: What to do.
        execute: Does one action.
        progress: Called as each action begins and ends.
    """

    def __init__(self, plan: Plan, execute: Execute, progress: Progress) -> None:
        self._plan = plan
        self._execute = execute
        self._progress = progress
        self._actions = _by_key(plan.actions)
        self._dependents: dict[ResourceKey, list[ResourceKey]] = {}
        # For how many others each action waits; a key leaves it when its action becomes ready or is skipped.
        self._missing: dict[ResourceKey, int] = {}
        for before, after in _dependencies(self._actions):
            self._dependents.setdefault(before, []).append(after)
            self._missing[after] = self._missing.get(after, 0) + 1
        self._ready = deque(key for key in self._actions if key not in self._missing)
        self._check_order()
        self.outcomes: list[Outcome] = []
        self._done = 0
        # Guards everything above and the calls of progress.
        self._lock = threading.Lock()
        # Notified when something is ready, and when nothing will be any more.
        self._changed = threading.Condition(self._lock)

    def _check_order(self) -> None:
        missing, reached = dict(self._missing), list(self._ready)
        for key in reached:
            for dependent in self._dependents.get(key, ()):
                missing[dependent] -= 1
                if not missing[dependent]:
                    reached.append(dependent)
                    del missing[dependent]
        if missing:  # Something is in a circle, or waits for what is; the error names it.
            in_dependency_order(action.resource for action in self._plan.actions if action.verb != "delete")
            in_dependency_order(action.resource for action in self._plan.actions if action.verb == "delete")

    def work(self) -> None:
        """Do one ready action after another until no more will become ready."""
        stopping = current()
        ended: Outcome | None = None
        try:
            while (action := self._next(ended, stopping)) is not None:
                ended = self._do(action)
        except BaseException:
            stopping.set()
            with self._lock:
                self._changed.notify_all()
            raise

    def raise_if_incomplete(self) -> None:
        """Do nothing when every action was done, failed or was skipped.

        Raises:
            KeyboardInterrupt: Some were not begun, because the run was stopped from outside.
        """
        if self._ready or self._missing:
            raise KeyboardInterrupt

    def report_early_end(self) -> None:
        """Say what is done, when not everything will be."""
        done = [_name(outcome.action) for outcome in self.outcomes if outcome.status == "done"]
        text = f"interrupted; done: {', '.join(done) or 'nothing'}. Running again is safe and goes on from here"
        with self._lock:
            self._emit("failed", text)

    def _next(self, ended: Outcome | None, stopping: threading.Event) -> Action | None:
        """Note what became of a worker's last action and wait for its next one; ``None`` when there is none."""
        with self._lock:
            if ended is not None:
                self._settle(ended)
            while not (stopped := stopping.is_set()) and self._missing and not self._ready:
                self._changed.wait()
            if stopped or not self._ready:
                self._changed.notify_all()
                return None
            action = self._actions[self._ready.popleft()]
            self._emit("started", _name(action))
            return action

    def _do(self, action: Action) -> Outcome:
        begin = time.monotonic()
        try:
            self._execute(action)
        except CloudError as error:
            return Outcome(action=action, status="failed", error=error, seconds=time.monotonic() - begin)
        return Outcome(action=action, status="done", seconds=time.monotonic() - begin)

    def _settle(self, outcome: Outcome) -> None:
        key, name = outcome.action.key, _name(outcome.action)
        self.outcomes.append(outcome)
        if outcome.status == "done":
            self._done += 1
            self._emit("succeeded", name)
            self._release_dependents(key)
            # This worker takes one of them itself.
            self._changed.notify(max(0, len(self._ready) - 1))
        else:
            self._emit("failed", f"{name}: {outcome.error}")
            self._skip_dependents(key)

    def _release_dependents(self, done: ResourceKey) -> None:
        for key in self._dependents.get(done, ()):
            if key not in self._missing:
                continue
            self._missing[key] -= 1
            if self._missing[key]:
                continue
            del self._missing[key]
            if key == _ALL_CHANGES:
                self._release_dependents(key)
            else:
                self._ready.append(key)

    def _skip_dependents(self, failed: ResourceKey) -> None:
        lost = list(self._dependents.get(failed, ()))
        for key in lost:
            if self._missing.pop(key, None) is None:
                continue
            if key != _ALL_CHANGES:
                self.outcomes.append(Outcome(action=self._actions[key], status="skipped"))
            lost += self._dependents.get(key, ())

    def _emit(self, status: Status, message: str) -> None:
        self._progress(
            ProgressEvent(
                function_name=self._plan.function_name,
                stage="apply",
                status=status,
                message=message,
                done=self._done,
                total=len(self._plan.actions),
            )
        )


def _name(action: Action) -> str:
    return f"{action.verb} {action.key}"


def _by_key(actions: Sequence[Action]) -> dict[ResourceKey, Action]:
    by_key = {action.key: action for action in actions}
    if len(by_key) < len(actions):
        counts = Counter(action.key for action in actions)
        doubles = ", ".join(str(key) for key, count in counts.items() if count > 1)
        raise ValueError(f"the plan has several actions for {doubles}; a resource takes one action")
    return by_key


def _dependencies(actions: Mapping[ResourceKey, Action]) -> Iterator[tuple[ResourceKey, ResourceKey]]:
    """Pairs of keys of which the first must be done before the second."""
    deletions = {key for key, action in actions.items() if action.verb == "delete"}
    changes = actions.keys() - deletions
    for key, action in actions.items():
        if key in deletions:
            yield from ((key, needed) for needed in sorted(action.resource.depends_on & deletions))
        else:
            yield from ((needed, key) for needed in action.resource.depends_on & changes)
    if deletions and changes:
        yield from ((key, _ALL_CHANGES) for key in actions if key in changes)
        yield from ((_ALL_CHANGES, key) for key in actions if key in deletions)
