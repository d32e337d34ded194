"""``taskflows-cloud plan``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.commands.plan_results import (
    Planned,
    PlannedAction,
    exit_code_of,
    failure_remarks,
    failure_text,
    make_plans,
)
from taskflows_cloud_core.cli.input.sources import source_arguments, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.places import place_lines
from taskflows_cloud_core.cli.output.terminal import Style

if TYPE_CHECKING:
    from taskflows_cloud_core.reconcile.plan import Verb

_SIGNS: dict[Verb, str] = {"create": "+", "update": "~", "delete": "-"}
_COLOURS: dict[Verb, str] = {"create": "green", "update": "yellow", "delete": "red"}


@attrs.frozen(kw_only=True)
class PlanAnswer(Answer):
    """What a deployment would do.

    Args:
        plans: One for each function in each place.
        places: What the providers call the places, a line each; none where the label says it all.
    """

    plans: tuple[Planned, ...] = attrs.field(converter=to_tuple)
    places: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """0 nothing to do, 1 an error, 2 changes."""
        return exit_code_of(self.plans)

    def text(self, style: Style) -> str:
        """The plans one after the other, and their sum."""
        counts = Counter(action.verb for plan in self.plans for action in plan.actions)
        failed = sum(plan.error is not None for plan in self.plans)
        parts = [f"{counts[verb]} to {verb}" for verb in _SIGNS if counts[verb]]
        parts += [f"{failed} of {len(self.plans)} without a plan"] if failed else []
        total = ", ".join(parts) or "nothing to do"
        return "\n".join(
            [*self.places, *(_plan_text(plan, style) for plan in self.plans), style.strong(f"in all: {total}")]
        )

    def remarks(self, style: Style) -> str:
        """How many plans could not be made."""
        return failure_remarks(self.plans, style)


@click.command()
@source_arguments
@place_options
@answers(PlanAnswer, name="plan")
def plan(words: Sequence[str], where: Where) -> PlanAnswer:
    """Say what `deploy` would do, and do nothing.

    The exit code is 0 when there is nothing to do, 2 when there are changes, 1 after an error.
    """
    functions = staged_functions(words, where)
    places = place_lines(where.environments())
    return PlanAnswer(plans=[planned for planned, _ in make_plans(functions, where)], places=places)


def _plan_text(plan: Planned, style: Style) -> str:
    if plan.error is not None:
        return failure_text(plan, style)
    state = f"{len(plan.actions)} changes" if plan.actions else "nothing to do"
    lines = [f"{style.strong(plan.function)} on {plan.place}: {state}, {plan.unchanged} unchanged"]
    lines += [_action_text(action, style) for action in plan.actions]
    return "\n".join([*lines, *(f"  {style.careful('warning')}: {warning}" for warning in plan.warnings)])


def _action_text(action: PlannedAction, style: Style) -> str:
    head = f"  {_SIGNS[action.verb]} {action.verb} {action.kind} {action.name}"
    if action.verb == "create":
        lines = [f"      {change.field}: {change.after!r}" for change in action.changes]
    else:
        lines = [f"      {change.field}: {change.before!r} -> {change.after!r}" for change in action.changes]
    return "\n".join([style(head, fg=_COLOURS[action.verb]), *lines])
