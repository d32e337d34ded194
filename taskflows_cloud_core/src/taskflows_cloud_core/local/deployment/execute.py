"""Doing the actions of a plan, each as often as need be."""

from __future__ import annotations

import time

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.deployment import resources
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions, runs
from taskflows_cloud_core.local.store.timestamps import now
from taskflows_cloud_core.local.system import packages
from taskflows_cloud_core.packaging import Package
from taskflows_cloud_core.reconcile import Action, Resource

# A killed run needs this long at the most until it is gone.
_PATIENCE_SECONDS = 5.0
_PAUSE_SECONDS = 0.02


class Executor:
    """Does actions. Each is one transaction or one rename, so none is ever half done.

    Args:
        session: The root.
        function_name: The function that the plan is about.
        package: The code that the plan refers to.
    """

    def __init__(self, session: Session, function_name: str, package: Package | None) -> None:
        self._session = session
        self._name = function_name
        self._package = package

    def execute(self, action: Action) -> None:
        """Do one action; one that is done already succeeds.

        Raises:
            OperationError: It cannot be done.
        """
        resource = action.resource
        if action.verb == "delete":
            self._delete(resource)
        elif resource.kind == resources.PACKAGE:
            self._unpack(resource)
        elif resource.kind == resources.FUNCTION:
            self._put_function(resource)
        else:
            with self._session.database.writing() as connection:
                functions.put_timer(connection, self._name, resource.name, resource.properties, now())

    def _unpack(self, resource: Resource) -> None:
        if self._package is None or self._package.sha256 != resource.properties["sha256"]:
            raise OperationError("the plan has lost the package that it is about; plan again")
        packages.unpack(self._package, self._name, self._session.paths)

    def _put_function(self, resource: Resource) -> None:
        settings, environment, tags, code = resources.read_function(resource)
        if not self._session.paths.package(resource.name, code.sha256).exists():
            raise OperationError(f"the code of {resource.name!r} was deleted meanwhile; deploy again")
        with self._session.database.writing(make=True) as connection:
            functions.put_function(
                connection,
                name=resource.name,
                settings=settings,
                environment=environment,
                tags=tags,
                code=code,
                at=now(),
            )

    def _delete(self, resource: Resource) -> None:
        if resource.kind == resources.PACKAGE:
            packages.remove_package(self._name, resource.properties["sha256"], self._session.paths)
        elif resource.kind == resources.FUNCTION:
            self._delete_function()
        elif resource.kind == resources.SCHEDULE:
            with self._session.database.writing() as connection:
                functions.remove_timer(connection, self._name, resource.name)
        else:
            with self._session.database.writing() as connection:
                runs.remove_runs(connection, self._name)

    def _delete_function(self) -> None:
        with self._session.database.writing() as connection:
            functions.remove_function(connection, self._name)
            runs.remove_waiting(connection, self._name)
            under_way = runs.running_runs(connection, self._name)
            for unfinished in under_way:
                ending = runs.Ending(outcome="interrupted", error="the function was deleted while it ran")
                runs.end(connection, unfinished.run.id, ending, at=now())
        children = [unfinished.child for unfinished in under_way if unfinished.child is not None]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for child in children:
            child.kill_group()
            while child.is_alive and time.monotonic() < deadline:
                time.sleep(_PAUSE_SECONDS)
