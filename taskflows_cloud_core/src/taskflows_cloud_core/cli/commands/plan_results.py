"""What would change, as answers: for ``plan`` and ``diff``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.input.targets import Where
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.progress import Reporter
from taskflows_cloud_core.cli.output.schemas import to_json
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.errors import CloudError

if TYPE_CHECKING:
    from taskflows_cloud_core.environment import CloudEnvironment
    from taskflows_cloud_core.marks import MarkedFunction
    from taskflows_cloud_core.reconcile import Plan


@attrs.frozen(kw_only=True)
class PlannedField:
    """One property that changes.

    Args:
        field: Its path.
        before: As it is; null when it is not there. What must not be seen is "(hidden)".
        after: As it will be; null when it goes.
    """

    field: str
    before: Any
    after: Any


@attrs.frozen(kw_only=True)
class PlannedAction:
    """One change of one resource.

    Args:
        verb: What is done.
        kind: The kind of the resource, in the provider's word.
        name: Its name.
        changes: The properties that differ.
    """

    verb: Literal["create", "update", "delete"]
    kind: str
    name: str
    changes: tuple[PlannedField, ...] = attrs.field(converter=to_tuple)


@attrs.frozen(kw_only=True)
class Planned:
    """What would be done for one function in one place.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        actions: In an order in which they can be done.
        unchanged: How many resources are as they should be.
        warnings: What the user should know before going on.
        error: Why there is no plan.
        error_code: The kind of error; see ``explain``.
    """

    function: str
    place: str
    actions: tuple[PlannedAction, ...] = attrs.field(default=(), converter=to_tuple)
    unchanged: int = 0
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    error: str | None = None
    error_code: str | None = None


def exit_code_of(plans: Sequence[Planned]) -> int:
    """0 when nothing is to be done, 2 when there are changes, 1 when a plan could not be made."""
    if any(plan.error is not None for plan in plans):
        return 1
    return 2 if any(plan.actions for plan in plans) else 0


def make_plans(functions: Sequence[MarkedFunction], where: Where) -> list[tuple[Planned, Plan | None]]:
    """A plan for each function in each place; what is wrong with one is told in its place."""
    found = []
    with Reporter("planning") as reporter, on_interrupt(lambda: "interrupted; planning changes nothing"):
        for label, environment in where.environments().items():
            found += [_planned(each, label, environment, reporter) for each in functions]
    return found


def _planned(
    each: MarkedFunction, place: str, environment: CloudEnvironment, reporter: Reporter
) -> tuple[Planned, Plan | None]:
    name = each.config.function_name
    try:
        plan = environment.plan_function(each.function, each.config, each.dependencies, progress=reporter)
    except CloudError as error:
        return Planned(function=name, place=place, error=str(error), error_code=error.code), None
    told = Planned(
        function=name,
        place=place,
        actions=list(_actions(plan)),
        unchanged=len(plan.unchanged),
        warnings=plan.warnings,
    )
    return told, plan


def _actions(plan: Plan) -> Iterator[PlannedAction]:
    for action in plan.actions:
        changes = [
            PlannedField(field=each.field, before=to_json(each.before), after=to_json(each.after))
            for each in action.changes
        ]
        yield PlannedAction(verb=action.verb, kind=action.key.kind, name=action.key.name, changes=changes)


def failure_text(plan: Planned, style: Style) -> str:
    """A plan that could not be made, for people."""
    return f"{style.bad('failed')} {style.strong(plan.function)} on {plan.place} [{plan.error_code}]: {plan.error}"


def failure_remarks(plans: Sequence[Planned], style: Style) -> str:
    """How many plans could not be made; empty when all could."""
    failed = [plan for plan in plans if plan.error is not None]
    if not failed:
        return ""
    code = failed[0].error_code
    head = f"{style.bad('error')} {style.strong(f'[{code}]')}: {len(failed)} of {len(plans)} cannot be planned"
    return f"{head}\n{style.faint(f'`taskflows-cloud explain {code}` tells more')}"
