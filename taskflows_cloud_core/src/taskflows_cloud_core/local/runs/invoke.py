"""Running a function because somebody asks for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.kit.claiming.process_identity import this_process
from taskflows_cloud_core.local.runs.orphaned_runs import settle_lost_runs
from taskflows_cloud_core.local.runs.supervisor import Supervisor, Task
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, logs, runs, schedulers
from taskflows_cloud_core.local.store.records import Function
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.results import InvocationResult, LogEvent, LogQuery

if TYPE_CHECKING:
    import sqlite3

# So many of the newest lines are in the result; the log has them all.
_LINES_IN_RESULT = 1000


def invoke(session: Session, name: str, payload: Any, *, wait: bool) -> InvocationResult:
    """Run a function now, in this process when it is waited for, else by the scheduler.

    Raises:
        FunctionNotFoundError: There is no such function.
        OperationError: It may not run now, or nobody is there to run it.
    """
    event = {} if payload is None else payload
    with session.database.reading() as connection:
        functions.get_function(connection, name)
    settle_lost_runs(session)
    if not wait:
        return _leave_to_scheduler(session, name, event)
    task = _begin(session, name, event)
    supervisor = Supervisor(session, task)
    ending = supervisor.carry_out()
    supervisor.note(ending)
    return InvocationResult(
        ok=ending.outcome == "succeeded",
        value=None if ending.result is None else json.loads(ending.result),
        error=ending.error,
        logs=_lines(session, name, task.run.id),
        request_id=task.run.id,
        duration_ms=ending.duration_ms,
    )


def _begin(session: Session, name: str, event: Any) -> Task:
    with session.database.writing() as connection:
        function = functions.get_function(connection, name)
        _refuse_when_full(connection, function)
        run_id = runs.queue_invocation(connection, name, event, at=now())
        runs.begin(connection, run_id, owner=this_process(), version=function.live.number, at=now())
        run = runs.get_run(connection, run_id)
    if run is None:
        raise AssertionError("a run that was just written is there")
    return Task(run=run, function=function, event=event)


def _refuse_when_full(connection: sqlite3.Connection, function: Function) -> None:
    limit = function.settings.max_concurrency
    running = runs.count_running(connection).get(function.name, 0)
    if limit is not None and running >= limit:
        raise OperationError(
            f"{function.name!r} may not run now: max_concurrency is {limit} and {running} runs are under way"
        )


def _leave_to_scheduler(session: Session, name: str, event: Any) -> InvocationResult:
    with session.database.writing() as connection:
        function = functions.get_function(connection, name)
        if not schedulers.living(connection):
            raise OperationError(
                f"nobody would run {function.name!r}: no scheduler works on {session.paths.root}; start one with "
                "`taskflows-cloud local run`, or wait for the end of the run"
            )
        if function.settings.max_concurrency == 0:
            raise OperationError(f"{function.name!r} may not run: max_concurrency is 0")
        run_id = runs.queue_invocation(connection, name, event, at=now())
    return InvocationResult(ok=True, request_id=run_id, started_only=True)


def _lines(session: Session, name: str, run_id: str) -> list[LogEvent]:
    with session.database.reading() as connection:
        page = logs.read_page(connection, name, LogQuery(limit=_LINES_IN_RESULT, request_id=run_id), None)
    return list(reversed(page.events))
