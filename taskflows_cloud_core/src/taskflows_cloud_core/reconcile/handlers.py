"""How one resource is created, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import attrs

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.packaging.package import Package
from taskflows_cloud_core.reconcile.plan import Action
from taskflows_cloud_core.reconcile.resource import Resource


def _ignore(_text: str) -> None:
    return None


@attrs.frozen(kw_only=True)
class Step:
    """One action, as a handler gets it.

    Args:
        action: What to do. Its ``resource`` is as it should be, for a deletion as it was found.
        function_name: The function that the plan is about.
        package: The code of the plan, when it has any.
        report: Takes a line for the user about what is waited for.
        keep: Takes the reason why a deletion left the resource on purpose.
    """

    action: Action
    function_name: str
    package: Package | None = None
    report: Callable[[str], None] = attrs.field(default=_ignore, repr=False, eq=False)
    keep: Callable[[str], None] = attrs.field(default=_ignore, repr=False, eq=False)

    @property
    def resource(self) -> Resource:
        """The resource as it should be; for a deletion as it was found."""
        return self.action.resource

    @property
    def observed(self) -> Resource | None:
        """The resource as it was found; ``None`` for a creation."""
        return self.action.observed


Work: TypeAlias = Callable[[Step], None]
"""Does one step or raises a `CloudError`. The step may be done already, in whole or in part; then it succeeds."""


def _unplanned(step: Step) -> None:
    raise OperationError(f"{step.action.verb} {step.resource.key}: this kind of resource is only ever deleted")


@attrs.frozen(kw_only=True)
class Handler:
    """How a kind of resource is created, changed and deleted.

    Args:
        delete: Takes the resource away; one that is gone already is fine.
        create: Makes the resource; one of ours that is there already is brought into line. A kind that is only ever
            deleted needs none, and no ``update``.
        update: Makes the changes of the action.
        goes_with: The kind of resource that it is a part of and is deleted with; ``None`` when it stands by itself.
        holds_logs: Whether it stays when a function is deleted and its logs are kept; its property ``amount``, when it
            has one, tells how much that is.
    """

    delete: Work
    create: Work = _unplanned
    update: Work = _unplanned
    goes_with: str | None = None
    holds_logs: bool = False
