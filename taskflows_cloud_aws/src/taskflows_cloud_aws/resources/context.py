"""What every handler of a kind of resource is given, and what one is."""

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
    """What one run has made of a function; the step that moves the alias goes on from here.

    Args:
        version: The number of the version that was made together with the function.
        function: The function as AWS answered after the last change.
    """

    version: str | None = None
    function: Resource | None = None


@attrs.frozen(kw_only=True)
class Context:
    """What an action needs beside itself.

    Args:
        session: Clients.
        names: Of the function that the resource belongs to.
        package: The code of the plan, when it has any.
        for_all: Whether what is done is about no single function, so that each one counts as a user of a resource.
        made: What this run has made of the function so far.
        kept: Is told what a step left on purpose.
        tell: Is told what is waited for.
    """

    session: AwsSession
    names: Names
    package: Package | None = None
    for_all: bool = False
    made: Made = attrs.field(factory=Made)
    kept: list[str] = attrs.field(factory=list)
    tell: Callable[[str], None] = _nothing

    @property
    def besides(self) -> str | None:
        """The function that does not count when the users of a resource are looked for."""
        return None if self.for_all else self.names.function


Step: TypeAlias = Callable[[Context, Action], None]


@attrs.frozen(kw_only=True)
class Handler:
    """How a kind of resource is created, changed and deleted. Each step may find its work done already.

    Args:
        create: Makes the resource; one of ours that is there already is brought into line.
        update: Makes the changes of the action.
        delete: Takes the resource away; one that is gone already is fine.
    """

    create: Step
    update: Step
    delete: Step
