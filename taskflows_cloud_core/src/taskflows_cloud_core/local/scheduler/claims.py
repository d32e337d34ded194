"""Taking due times, and starting what waits: each in one transaction, so that it happens once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.kit.claiming.process_identity import ProcessIdentity
from taskflows_cloud_core.local.options import CatchUp
from taskflows_cloud_core.local.runs.supervisor import Task
from taskflows_cloud_core.local.scheduler.due import Timing, decide
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, runs
from taskflows_cloud_core.local.store.records import Function, Run, Timer
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.schedules import Periodic

if TYPE_CHECKING:
    import sqlite3

_TAKEN = "another schedule of the function is due at the same moment"


@attrs.frozen(kw_only=True)
class Claim:
    """What became of due times.

    Args:
        considered: Whether there were any; there may be more then.
        skipped: Those that are not run, with the reason.
    """

    considered: bool = False
    skipped: tuple[tuple[datetime, str], ...] = attrs.field(default=(), converter=to_tuple)


def timing_of(connection: sqlite3.Connection, timer: Timer) -> Timing | None:
    """How a schedule counts at present; ``None`` when its next due time is known only after a run has ended."""
    schedule = timer.schedule
    if not isinstance(schedule, Periodic) or schedule.relative_to == "start":
        return Timing(schedule=schedule, anchor=timer.anchor)
    unfinished, last = runs.last_finish(connection, timer)
    if unfinished:
        return None
    anchor = timer.anchor if last is None else max(timer.anchor, last)
    return Timing(schedule=schedule, anchor=anchor, one_at_a_time=True)


def claim_due(session: Session, timer: Timer, *, at: datetime, awake_since: datetime) -> Claim:
    """Take the due times of a schedule that have come, for this scheduler and for no other.

    Args:
        session: The root.
        timer: The schedule as it was read; when it is no longer so, nothing is taken.
        at: The present.
        awake_since: Since when schedulers have been watching without a gap.
    """
    with session.database.writing() as connection:
        function = functions.find_function(connection, timer.function)
        timing = timing_of(connection, timer)
        if function is None or timing is None:
            return Claim()
        decision = decide(
            timing, cursor=timer.cursor, now=at, awake_since=awake_since, catch_up=_catch_up(function, timer)
        )
        if decision.cursor == timer.cursor or not functions.move_cursor(connection, timer, decision.cursor):
            return Claim()
        skipped = [] if decision.dropped is None else [(decision.dropped, _missed(function, timer))]
        for due in decision.made_up_for:
            if runs.is_taken_by_another(connection, timer, due):
                skipped.append((due, _TAKEN))
            else:
                runs.queue_due(connection, timer, due, at=at)
        for due in decision.on_time:
            if reason := _why_not(connection, function, timer, due):
                skipped.append((due, reason))
            else:
                runs.queue_due(connection, timer, due, at=at)
        for due, reason in skipped:
            runs.skip_due(connection, timer, due, reason=reason, at=at)
    return Claim(considered=True, skipped=skipped)


def _catch_up(function: Function, timer: Timer) -> CatchUp:
    if function.settings.catch_up is not None:
        return function.settings.catch_up
    return "latest" if timer.persistent else "none"


def _missed(function: Function, timer: Timer) -> str:
    policy = _catch_up(function, timer)
    return f"missed, with any due time before it, while no scheduler was running (catch_up is {policy!r})"


def _why_not(connection: sqlite3.Connection, function: Function, timer: Timer, due: datetime) -> str:
    """Why a due time that has come is not to be run; "" when it is."""
    if function.settings.max_concurrency == 0:
        return "max_concurrency is 0"
    if runs.is_taken_by_another(connection, timer, due):
        return _TAKEN
    if function.settings.overlap == "skip" and runs.count_unfinished(connection, function.name):
        return "an earlier run was not over (overlap is 'skip')"
    return ""


def start_waiting(session: Session, owner: ProcessIdentity, *, capacity: int) -> tuple[list[Task], bool]:
    """Begin runs whose turn it is.

    Args:
        session: The root.
        owner: Who will carry them out.
        capacity: How many at the most.

    Returns:
        What was begun, and whether any run waits still.
    """
    with session.database.reading() as connection:
        if not _startable(connection, now(), capacity):
            return [], bool(runs.waiting_runs(connection))
    tasks: list[Task] = []
    with session.database.writing() as connection:
        # Read only now, since what ended before this transaction ended before these runs begin.
        at = now()
        for run, function in _startable(connection, at, capacity):
            event = runs.event_of(connection, run.id)
            runs.begin(connection, run.id, owner=owner, version=function.live.number, at=at)
            begun = attrs.evolve(run, version=function.live.number)
            tasks.append(Task(run=begun, function=function, event=event))
    return tasks, True


def is_idle(session: Session) -> bool:
    """Whether no run is under way and none waits that could ever begin."""
    with session.database.reading() as connection:
        waiting = [functions.find_function(connection, run.function) for run, _ in runs.waiting_runs(connection)]
        able = [function for function in waiting if function and function.settings.max_concurrency != 0]
        return not able and not runs.running_runs(connection)


def _startable(connection: sqlite3.Connection, at: datetime, capacity: int) -> list[tuple[Run, Function]]:
    """The waiting runs that may begin now, in the order of their turn."""
    running = dict(runs.count_running(connection))
    chosen: list[tuple[Run, Function]] = []
    for run, not_before in runs.waiting_runs(connection):
        if len(chosen) >= capacity:
            break
        function = functions.find_function(connection, run.function)
        if function is None or not_before > at or not _has_room(function, run, running.get(run.function, 0)):
            continue
        running[run.function] = running.get(run.function, 0) + 1
        chosen.append((run, function))
    return chosen


def _has_room(function: Function, run: Run, running: int) -> bool:
    limit = function.settings.max_concurrency
    if run.scheduled_for is not None and function.settings.overlap != "allow":
        limit = 1 if limit is None else min(limit, 1)
    return limit is None or running < limit
