"""How packages, functions, schedules and logs are changed: each step is one transaction or one rename."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.deployment import resources
from taskflows_cloud_core.local.scheduler import retention
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, runs
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system import packages
from taskflows_cloud_core.reconcile import Handler, Step

# A killed run needs this long at the most until it is gone.
_KILL_SECONDS = 5.0
_PAUSE_SECONDS = 0.02


def handlers(session: Session) -> Mapping[str, Handler]:
    """The handlers of every kind of resource of a root."""
    unpack, put_function, put_schedule = (partial(work, session) for work in (_unpack, _put_function, _put_schedule))
    return {
        resources.PACKAGE: Handler(create=unpack, update=unpack, delete=partial(_delete_package, session)),
        resources.FUNCTION: Handler(
            create=put_function, update=put_function, delete=partial(_delete_function, session)
        ),
        resources.SCHEDULE: Handler(
            create=put_schedule, update=put_schedule, delete=partial(_delete_schedule, session)
        ),
        resources.LOG: Handler(delete=partial(_delete_log, session), holds_logs=True),
        resources.FOLDER: Handler(delete=partial(_delete_folder, session)),
    }


def _unpack(session: Session, step: Step) -> None:
    if step.package is None or step.package.sha256 != step.resource.properties["sha256"]:
        raise OperationError("the plan has lost the package that it is about; plan again")
    packages.unpack(step.package, step.function_name, session.paths)


def _delete_package(session: Session, step: Step) -> None:
    packages.remove_package(step.function_name, step.resource.properties["sha256"], session.paths)
    packages.remove_empty_folder(step.function_name, session.paths)


def _delete_folder(session: Session, step: Step) -> None:
    packages.remove_all(step.function_name, session.paths)


def _put_schedule(session: Session, step: Step) -> None:
    with session.database.writing() as connection:
        functions.put_timer(connection, step.function_name, step.resource.name, step.resource.properties, now())


def _delete_schedule(session: Session, step: Step) -> None:
    with session.database.writing() as connection:
        functions.remove_timer(connection, step.function_name, step.resource.name)


def _delete_log(session: Session, step: Step) -> None:
    with session.database.writing() as connection:
        runs.remove_runs(connection, step.function_name)


def _put_function(session: Session, step: Step) -> None:
    name = step.function_name
    settings, environment, tags, code = resources.read_function(step.resource)
    if not session.paths.package(name, code.sha256).exists():
        raise OperationError(f"the code of {name!r} was deleted in the meantime; deploy again")
    with session.database.writing(make=True) as connection:
        functions.put_function(
            connection, name=name, settings=settings, environment=environment, tags=tags, code=code, at=now()
        )
    retention.tidy_function(session, name)
    retention.prune_runs(session)


def _delete_function(session: Session, step: Step) -> None:
    name = step.function_name
    with session.database.writing() as connection:
        functions.remove_function(connection, name)
        runs.remove_waiting(connection, name)
        under_way = runs.running_runs(connection, name)
        for unfinished in under_way:
            ending = runs.Ending(outcome="interrupted", error="the function was deleted while it ran")
            runs.end(connection, unfinished.run.id, ending, at=now())
    children = [unfinished.child for unfinished in under_way if unfinished.child is not None]
    deadline = time.monotonic() + _KILL_SECONDS
    for child in children:
        child.kill_group()
        while child.is_alive and time.monotonic() < deadline:
            time.sleep(_PAUSE_SECONDS)
