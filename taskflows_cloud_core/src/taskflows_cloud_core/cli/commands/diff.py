"""``taskflows-cloud diff``: the files beside what is deployed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.commands.delete_results import Candidate
from taskflows_cloud_core.cli.commands.plan_results import (
    Planned,
    PlannedAction,
    exit_code_of,
    failure_remarks,
    failure_text,
    make_plans,
)
from taskflows_cloud_core.cli.input.sources import source_arguments, split_words, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.project.staging import tags_of


@attrs.frozen(kw_only=True)
class DiffAnswer(Answer):
    """What differs between the files and what is deployed.

    Args:
        differences: The functions that differ, with the changes that would make them equal; and those that could not
            be compared.
        only_deployed: The functions of the project and the stage that the files no longer name; ``prune`` deletes them.
            Empty when names were given.
    """

    differences: tuple[Planned, ...] = attrs.field(converter=to_tuple)
    only_deployed: tuple[Candidate, ...] = attrs.field(converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """0 no difference, 1 an error, 2 differences."""
        return exit_code_of(self.differences) or 2 * bool(self.only_deployed)

    def text(self, style: Style) -> str:
        """Lines with - and +, as diff has them."""
        blocks = [_block(plan, style) for plan in self.differences]
        blocks += [
            style.bad(f"--- {each.function} on {each.place}")
            + "\n    only deployed; `taskflows-cloud prune` deletes it"
            for each in self.only_deployed
        ]
        return "\n".join(blocks) or "no difference"

    def remarks(self, style: Style) -> str:
        """How many could not be compared."""
        return failure_remarks(self.differences, style)


@click.command()
@source_arguments
@place_options
@answers(DiffAnswer, name="diff")
def diff(words: Sequence[str], where: Where) -> DiffAnswer:
    """Show what differs between the files and what is deployed, field by field.

    The exit code is 0 when nothing differs, 2 when something does, 1 after an error.
    """
    functions = staged_functions(words, where)
    planned = [each for each, _ in make_plans(functions, where)]
    differing = [each for each in planned if each.actions or each.error is not None]
    _, names = split_words(words, where.project)
    gone = () if names else _only_deployed(functions, where)
    return DiffAnswer(differences=differing, only_deployed=list(gone))


def _only_deployed(functions: Sequence[MarkedFunction], where: Where) -> Iterator[Candidate]:
    tags = tags_of(where.project, where.stage)
    if not tags:
        return
    keep = [each.config.function_name for each in functions]
    with waiting("listing functions"):
        for label, environment in where.environments().items():
            for function in environment.plan_prune(keep, tags=tags):
                yield Candidate(function=function.name, place=label)


def _block(plan: Planned, style: Style) -> str:
    if plan.error is not None:
        return failure_text(plan, style)
    is_new = not plan.unchanged and all(action.verb == "create" for action in plan.actions)
    before = f"--- {plan.function} on {plan.place}, {'not deployed' if is_new else 'deployed'}"
    head = [style.bad(before), style.good(f"+++ {plan.function}, in the files")]
    return "\n".join([*head, *(line for action in plan.actions for line in _lines(action, style))])


def _lines(action: PlannedAction, style: Style) -> Iterator[str]:
    resource = f"{action.kind} {action.name}"
    if action.verb == "create":
        yield style.good(f"+ {resource}")
    elif action.verb == "delete":
        yield style.bad(f"- {resource}")
    else:
        yield f"  {resource}"
    for change in action.changes:
        if change.before is not None:
            yield style.bad(f"-   {change.field}: {_shown(change.before)}")
        if change.after is not None:
            yield style.good(f"+   {change.field}: {_shown(change.after)}")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)
