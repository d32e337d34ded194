"""``taskflows-cloud delete``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from taskflows_cloud_core.cli.commands.delete_results import RemovalAnswer, Removed
from taskflows_cloud_core.cli.input.confirm import confirm, yes_option
from taskflows_cloud_core.cli.input.name_hints import hint_at_names
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import answers
from taskflows_cloud_core.cli.output.places import place_lines
from taskflows_cloud_core.cli.output.progress import Reporter, waiting
from taskflows_cloud_core.cli.output.terminal import note
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.reconcile import Plan


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--keep-logs", is_flag=True, help="Leave the logs.")
@yes_option
@place_options
@answers(RemovalAnswer, name="delete")
def delete(names: Sequence[str], where: Where, *, keep_logs: bool, yes: bool) -> RemovalAnswer:
    """Delete functions and everything that was made for them, after asking.

    Deleting what is not there succeeds.
    """
    environments = where.environments()
    wanted = [where.name(name) for name in names]
    plans = _plans(wanted, environments, keep_logs=keep_logs)
    _tell_absent(plans, environments)
    if any(not plan.is_empty for plan in plans.values()):
        confirm("\n".join([_what(plans), *place_lines(environments)]), yes=yes)
    with Reporter("deleting") as reporter, on_interrupt(reporter.words):
        results = [
            Removed.of(environments[label].delete_function(name, keep_logs=keep_logs, progress=reporter), label)
            for label, name in plans
        ]
    return RemovalAnswer(results=results)


def _plans(
    names: Sequence[str], environments: Mapping[str, CloudEnvironment], *, keep_logs: bool
) -> dict[tuple[str, str], Plan]:
    with waiting("looking what is there"):
        return {
            (label, name): environment.plan_removal(name, keep_logs=keep_logs)
            for label, environment in environments.items()
            for name in names
        }


def _tell_absent(plans: Mapping[tuple[str, str], Plan], environments: Mapping[str, CloudEnvironment]) -> None:
    for (label, name), plan in plans.items():
        if plan.is_empty:
            note(f"{name!r} is not deployed on {label}{hint_at_names(name, environments[label], label)}")


def _what(plans: Mapping[tuple[str, str], Plan]) -> str:
    lines = ["This will be deleted:"]
    for (label, name), plan in plans.items():
        if not plan.is_empty:
            resources = ", ".join(str(action.key) for action in plan.actions)
            lines.append(f"  {name} on {label}: {resources}")
            lines += [f"    left {what}" for what in plan.keeps]
    return "\n".join(lines)
