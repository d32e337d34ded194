"""A provider in small pieces: what is there, what should be there, and how one resource is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.reconcile import DeploymentRequest, DesiredState, Handler, Observation, ReadScope


class ResourcesSpec:
    """The hooks from which core plans, deploys, verifies and deletes."""

    @hookspec(firstresult=True)
    def observe(self, session: Any, name: str, scope: ReadScope) -> Observation:
        """Read what there is of a function. Called before every plan, and again when a plan was carried out.

        It reads and never changes anything.

        Args:
            session: What ``connect`` returned.
            name: The function's name.
            scope: What it is read for.

        Returns:
            The resources that taskflows-cloud made, each spelled as ``desired_resources`` spells it, and what stands in
            their way.

        Raises:
            NotManagedError: A function of that name exists that taskflows-cloud did not make.
            OperationError: What is there cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Observation

                @hookimpl
                def observe(session, name):
                    found = session.read(name)
                    exists = any(resource.kind == "function" for resource in found)
                    return Observation(exists=exists, resources=found)

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def desired_resources(self, session: Any, request: DeploymentRequest, observation: Observation) -> DesiredState:
        """Name the resources that should be there. Called after ``observe``, before every deployment and dry run.

        It is pure: no network, and the same answer for the same arguments.

        Args:
            session: What ``connect`` returned.
            request: What the user wants; a part that is ``None`` keeps what is there.
            observation: What is there. When a part is to be kept the function exists.

        Returns:
            All resources, also those that stay as they are.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import DesiredState, Resource

                @hookimpl
                def desired_resources(request, observation):
                    found = observation.only("function")
                    wanted = dict(found.properties) if found is not None else {}
                    if request.config is not None:
                        wanted |= {"memory_mb": request.config.memory_mb, "runtime": request.config.runtime}
                    if request.package is not None:
                        wanted["sha256"] = request.package.sha256
                    timers = observation.of_kind("timer")
                    if request.triggers is not None:
                        needs = [("function", request.name)]
                        timers = [Resource(kind="timer", name=one.name, depends_on=needs) for one in request.triggers]
                    function = Resource(kind="function", name=request.name, properties=wanted)
                    return DesiredState(resources=[function, *timers], resource_id=f"example/{request.name}")

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def resource_handlers(self, session: Any) -> Mapping[str, Handler]:
        """Tell how each kind of resource is created, changed and deleted. Called once for each plan.

        Args:
            session: What ``connect`` returned.

        Returns:
            A handler for each kind that ``observe`` and ``desired_resources`` name. Handlers are called from several
            threads. A step that is done already, in whole or in part, succeeds.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl
                from taskflows_cloud_core.reconcile import Handler

                @hookimpl
                def resource_handlers(session):
                    def put(step):
                        session.put(step.resource.kind, step.resource.name, step.resource.properties)

                    def remove(step):
                        session.remove(step.resource.kind, step.resource.name)

                    timer = Handler(create=put, update=put, delete=remove)
                    return {"function": timer, "timer": timer}

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def function_names(self, session: Any) -> Sequence[str]:
        """Name the functions that taskflows-cloud deployed there. Called by core's own ``list_functions``.

        A provider that keeps the kit's record (`taskflows_cloud_core.kit.function_record`) needs no other listing.

        Args:
            session: What ``connect`` returned.

        Returns:
            The names, in any order; those of other owners' functions are not among them.

        Raises:
            OperationError: They cannot be read.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                @hookimpl
                def function_names(session):
                    return [one["name"] for one in session.get("/functions")]

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def claim_store(self, session: Any) -> Any:
        """Tell where claims are kept, which keep two deployers from mixing their changes. Called before every change.

        A provider without it has no protection but its own. Implement it when two people may deploy at once.

        Args:
            session: What ``connect`` returned.

        Returns:
            An object with the methods of `taskflows_cloud_core.kit.ClaimStore`.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import hookimpl

                class Claims:
                    def __init__(self, table):
                        self._table = table

                    def read(self, function_name):
                        return self._table.get(function_name)

                    def write(self, function_name, claim, *, replacing):
                        return self._table.put_if(function_name, claim, expected=replacing)

                    def clear(self, function_name, claim):
                        self._table.remove_if(function_name, expected=claim)

                @hookimpl
                def claim_store(session):
                    return Claims(session.claims)

        .. versionadded:: 0.1
        """
        raise NotImplementedError
