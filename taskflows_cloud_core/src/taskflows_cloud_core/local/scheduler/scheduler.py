"""The scheduler: waits for due times, takes them, and carries out their runs."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from uuid import uuid4

from taskflows_cloud_core.errors import OperationError, ScheduleError
from taskflows_cloud_core.kit.claiming.process_identity import this_process
from taskflows_cloud_core.local.runs.orphaned_runs import settle_lost_runs
from taskflows_cloud_core.local.runs.supervisor import Supervisor, Task
from taskflows_cloud_core.local.scheduler import claims, messages
from taskflows_cloud_core.local.scheduler.due import next_due
from taskflows_cloud_core.local.scheduler.messages import Report, Reporter
from taskflows_cloud_core.local.scheduler.retention import prune_runs
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, schedulers
from taskflows_cloud_core.local.store.records import Timer
from taskflows_cloud_core.local.store.runs import Ending
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.store.watch import watching

# Deployments, invocations and signals are noticed within this time.
_LOOK = timedelta(seconds=0.25)
_REPORT_AWAKE_EVERY = timedelta(seconds=5)
# A silence that is longer means that the machine slept or that its clock was set.
_GAP = timedelta(seconds=15)
_PRUNE_EVERY = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
# When the scheduler is to end and the state cannot be written.
_NOTE_ATTEMPTS = 60


class Scheduler:
    """One scheduler over one root; several may work side by side.

    Args:
        session: The root.
        max_runs: How many runs at once at the most.
        report: Is told of each run's beginning and end, a line each; work goes on when it fails.
    """

    def __init__(self, session: Session, *, max_runs: int, report: Report) -> None:
        self._session = session
        self._max_runs = max_runs
        self._report = Reporter(report)
        self._id = uuid4().hex
        self._owner = this_process()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._running: dict[str, tuple[Supervisor, threading.Thread]] = {}
        self._due: dict[Timer, datetime | None] = {}
        self._some_wait = self._is_stale = True
        self._is_known = False
        self._unreadable: set[tuple[str, str]] = set()
        self._is_finishing = False
        self._trouble = ""

    def run(self, *, stop: threading.Event, kill: threading.Event, until: datetime | None, once: bool) -> None:
        """Work until told to end; runs that are under way then are waited for, or killed.

        Args:
            stop: No new run is begun once it is set.
            kill: Runs that are under way are killed once it is set.
            until: No due time after it is taken.
            once: End when what was due at the beginning has been run.

        Raises:
            OperationError: The root cannot be used.
        """
        with watching(self._session.database) as self._watch:
            self._begin()
            try:
                self._loop(stop, self._looked if once else until, once=once)
            finally:
                self._finish(kill)

    def _begin(self) -> None:
        self._join(now())
        for run in settle_lost_runs(self._session):
            self._report(messages.lost(run))
        prune_runs(self._session)
        self._pruned = self._seen
        self._read_timers()
        self._report(messages.begun(self._session, self._due))

    def _join(self, at: datetime) -> None:
        with self._session.database.writing() as connection:
            self._awake_since = schedulers.join(connection, self._id, self._owner, at=at, patience=_GAP)
            functions.rewind_cursors(connection, at, tolerance=_GAP)
        self._is_known = True
        self._seen = self._looked = at

    def _loop(self, stop: threading.Event, until: datetime | None, *, once: bool) -> None:
        while not stop.is_set():
            at = now()
            over = until is not None and at >= until
            try:
                found = self._look(at if until is None else min(at, until), at)
                if over and not found and (not once or claims.is_idle(self._session)):
                    return
                self._trouble = ""
            except OperationError as error:
                if over:
                    raise
                self._tell_trouble(error)
            self._wake.wait(self._pause(until).total_seconds())
            self._wake.clear()

    def _look(self, due_until: datetime, at: datetime) -> bool:
        """Take what is due and start what waits; true when there was something due, after which more may be."""
        self._notice_changes(at)
        self._notice_gaps(at)
        if self._is_stale:
            self._read_timers()
            self._some_wait, self._is_stale = True, False
        found = [self._claim(timer, due_until) for timer in self._timers_due(due_until)]
        if self._some_wait:
            capacity = self._max_runs - len(self._running)
            tasks, self._some_wait = claims.start_waiting(self._session, self._owner, capacity=capacity)
            for task in tasks:
                self._start(task)
        return any(found)

    def _notice_changes(self, at: datetime) -> None:
        change = self._watch.look()
        self._is_stale |= change != "none"
        if change == "replaced":
            self._is_known = False
            self._report(messages.replaced(self._session))
        if not self._is_known:
            self._join(at)

    def _notice_gaps(self, at: datetime) -> None:
        gap, self._looked = at - self._looked, at
        if abs(gap) > _GAP:
            self._join(at)
            self._report(messages.gap(gap))
        if abs(at - self._seen) >= _REPORT_AWAKE_EVERY:
            with self._session.database.writing() as connection:
                schedulers.report_awake(connection, self._id, at=at)
            self._seen = at
            for run in settle_lost_runs(self._session):
                self._report(messages.lost(run))
        if abs(at - self._pruned) >= _PRUNE_EVERY:
            prune_runs(self._session)
            self._pruned = at

    def _read_timers(self) -> None:
        """Find the next due time of every schedule; those that are known are remembered until they change."""
        with self._session.database.reading() as connection:
            known, self._due = self._due, {}
            for timer in functions.live_timers(connection):
                timing = claims.timing_of(connection, timer)
                if timing is None:
                    continue
                if timer in known and not timing.one_at_a_time:
                    self._due[timer] = known[timer]
                    continue
                try:
                    self._due[timer] = next_due(timing, timer.cursor)
                except ScheduleError as error:
                    self._tell_unreadable(timer, error)

    def _timers_due(self, until: datetime) -> list[Timer]:
        return [timer for timer, due in self._due.items() if due is not None and due <= until]

    def _claim(self, timer: Timer, until: datetime) -> bool:
        claim = claims.claim_due(self._session, timer, at=until, awake_since=self._awake_since)
        if claim.considered:
            self._wake.set()
        for due, reason in claim.skipped:
            self._report(messages.skipped(timer, due, reason))
        return claim.considered

    def _start(self, task: Task) -> None:
        supervisor = Supervisor(self._session, task)
        thread = threading.Thread(target=self._carry_out, args=(supervisor,), name=f"run-{task.run.id}")
        with self._lock:
            self._running[task.run.id] = (supervisor, thread)
        try:
            thread.start()
        except RuntimeError as error:
            # The machine has no thread left. This one has other work too, so it does not wait for ever.
            ending = Ending(outcome="failed", error=f"the run could not be carried out: {error}")
            self._end(supervisor, ending, patient=False)

    def _carry_out(self, supervisor: Supervisor) -> None:
        self._report(messages.started(supervisor.task))
        self._end(supervisor, supervisor.carry_out())

    def _end(self, supervisor: Supervisor, ending: Ending, *, patient: bool = True) -> None:
        try:
            self._note(supervisor, ending, patient=patient)
            self._report(messages.ended(supervisor.task, ending))
        finally:
            with self._lock:
                del self._running[supervisor.task.run.id]
            self._wake.set()

    def _note(self, supervisor: Supervisor, ending: Ending, *, patient: bool) -> None:
        """Note how a run ended, again and again: as long as that is not noted, the next due times are skipped."""
        told = ""
        left = _NOTE_ATTEMPTS
        while left:
            try:
                supervisor.note(ending)
            except OperationError as error:
                if str(error) != told:
                    told = str(error)
                    self._report(messages.trouble(error))
                time.sleep(_SECOND.total_seconds())
                # The end of the scheduler waits for this thread; until then there is no hurry.
                left -= self._is_finishing or not patient
            else:
                return

    def _pause(self, until: datetime | None) -> timedelta:
        moments = [due for due in self._due.values() if due is not None]
        moments += [] if until is None else [until]
        at = now()
        ahead = min((moment - at for moment in moments if moment > at), default=_LOOK)
        return _SECOND if self._trouble else min(_LOOK, ahead)

    def _finish(self, kill: threading.Event) -> None:
        self._is_finishing = True
        with self._lock:
            left = list(self._running.values())
        if left:
            self._report(messages.waiting_for(len(left)))
        for _, thread in left:
            while thread.is_alive():
                thread.join(_LOOK.total_seconds())
                if kill.is_set():
                    for supervisor, _ in left:
                        supervisor.kill()
        if self._session.paths.database.exists():
            with self._session.database.writing() as connection:
                schedulers.leave(connection, self._id)
        self._report(messages.over())

    def _tell_trouble(self, error: OperationError) -> None:
        if str(error) != self._trouble:
            self._trouble = str(error)
            self._report(messages.trouble(error))

    def _tell_unreadable(self, timer: Timer, error: ScheduleError) -> None:
        if (timer.function, timer.name) not in self._unreadable:
            self._unreadable.add((timer.function, timer.name))
            self._report(messages.unreadable(timer, error))
