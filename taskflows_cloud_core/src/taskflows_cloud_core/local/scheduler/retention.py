"""What is no longer needed goes: old versions, old runs and their lines, what a crash left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from taskflows_cloud_core.kit import surplus_versions
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, runs
from taskflows_cloud_core.local.store.records import Function
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system import packages

if TYPE_CHECKING:
    import sqlite3

DEFAULT_RETENTION_DAYS = 30
"""How long runs and their lines are kept when the configuration does not say."""

LONGEST_RETENTION_DAYS = 36_500
"""A hundred years; calendars of computers end not long after."""


def tidy_function(session: Session, name: str) -> None:
    """Remove versions beyond those that are to be kept, and folders that no version needs.

    The caller has claimed the function. The live version and those of runs under way always stay.
    """
    with session.database.writing() as connection:
        function = functions.find_function(connection, name)
        if function is None:
            return
        _prune_versions(connection, function)
        needed = frozenset(version.code.sha256 for version in functions.versions_of(connection, name))
    packages.remove_strays(name, needed, session.paths)


def _prune_versions(connection: sqlite3.Connection, function: Function) -> None:
    in_use = {str(unfinished.run.version) for unfinished in runs.running_runs(connection, function.name)}
    kept = [functions.version_for_users(one, function) for one in functions.versions_of(connection, function.name)]
    for version in surplus_versions(kept, kept=function.settings.keep_versions, in_use=in_use):
        functions.remove_version(connection, function.name, int(version.version))


def prune_runs(session: Session) -> None:
    """Forget runs, and lines of runs, that are older than their function says.

    Runs of a deleted function, whose log was to be kept, stay until they are deleted.
    """
    with session.database.writing() as connection:
        for function in functions.all_functions(connection):
            runs.remove_runs_before(connection, function.name, _oldest(function, now()))


def _oldest(function: Function, at: datetime) -> datetime:
    days = function.settings.log_retention_days
    return at - timedelta(days=DEFAULT_RETENTION_DAYS if days is None else min(days, LONGEST_RETENTION_DAYS))
