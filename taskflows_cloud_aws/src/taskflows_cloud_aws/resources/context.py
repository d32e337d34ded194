"""The handlers of kinds of resources, and the context that they get."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import Package
from taskflows_cloud_core.reconcile import Action, Resource


def _nothing(_text: str) -> None:
    return None


@attrs.define(kw_only=True)
class Made:
    """What one run has done with a function so far, for its later steps.

    Args:
        version: The number of the version that was published together with the function.
        function: The function as AWS answered after the last change.
        released_layers: The layers that the function no longer has → the other functions that use them; without
            any, the layer is deleted.
    """

    version: str | None = None
    function: Resource | None = None
    released_layers: dict[str, list[str]] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Context:
    """What an action needs beside itself.

    Args:
        session: The session.
        names: The names of the function's resources.
        package: The code of the plan, when it has any.
        for_all: Whether the plan is about no single function, so that each one counts as a user of a resource.
        made: What this run has done with the function so far.
        keep: Takes the reason why a step left its resource on purpose.
        report: Takes a line about what is waited for.
    """

    session: AwsSession
    names: Names
    package: Package | None = None
    for_all: bool = False
    made: Made = attrs.field(factory=Made)
    keep: Callable[[str], None] = _nothing
    report: Callable[[str], None] = _nothing

    @property
    def besides(self) -> str | None:
        """The function that does not count as a user of a shared resource."""
        return None if self.for_all else self.names.function


Work: TypeAlias = Callable[[Context, Action], None]


@attrs.frozen(kw_only=True)
class AwsHandler:
    """How a kind of resource is created, changed and deleted. Each step is idempotent.

    Args:
        create: Creates the resource; one of ours that exists already is updated.
        update: Makes the changes of the action.
        delete: Deletes the resource; one that is gone already is fine.
        goes_with: The kind of resource that it is a part of and is deleted with.
        holds_logs: Whether it stays when the logs of a deleted function are kept.
    """

    create: Work
    update: Work
    delete: Work
    goes_with: str | None = None
    holds_logs: bool = False
