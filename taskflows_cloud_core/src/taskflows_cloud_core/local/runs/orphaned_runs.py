"""Runs whose supervisor died: noticed, ended, and told as what they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, runs
from taskflows_cloud_core.local.store.records import Run
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system.packages import remove_folder

if TYPE_CHECKING:
    import sqlite3

_LONGEST_PAUSE = timedelta(seconds=60)


def settle_lost_runs(session: Session) -> list[Run]:
    """Mark the runs whose supervising process is gone as interrupted; they are not run again unless retries say so.

    Returns:
        Those runs.
    """
    with session.database.reading() as connection:
        lost = [unfinished for unfinished in runs.running_runs(connection) if not unfinished.owner.is_alive]
    settled = [unfinished.run for unfinished in lost if _settle(session, unfinished)]
    for run in settled:
        remove_folder(session.paths.scratch(run.id))
    return settled


def _settle(session: Session, lost: runs.Unfinished) -> bool:
    if lost.child is not None:
        lost.child.kill_group()
    ending = runs.Ending(outcome="interrupted", error="the process that watched over the run died")
    with session.database.writing() as connection:
        if not runs.end(connection, lost.run.id, ending, at=now()):
            return False
        retry_if_wanted(connection, lost.run, at=now())
    return True


def retry_if_wanted(connection: sqlite3.Connection, run: Run, *, at: datetime) -> bool:
    """Queue another attempt of a scheduled run that failed, when its function has retries left.

    The pause before it is a second, then two, four and so on up to a minute.
    """
    function = functions.find_function(connection, run.function)
    if function is None or run.scheduled_for is None or run.attempt > (function.settings.retries or 0):
        return False
    pause = min(timedelta(seconds=2 ** min(run.attempt - 1, 10)), _LONGEST_PAUSE)
    runs.queue_retry(connection, run, not_before=at + pause, at=at)
    return True
