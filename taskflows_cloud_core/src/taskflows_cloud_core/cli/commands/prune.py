"""``taskflows-cloud prune``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.commands.delete_results import Candidate, Removed, removed_text
from taskflows_cloud_core.cli.input.confirm import confirm, yes_option
from taskflows_cloud_core.cli.input.sources import staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.places import place_lines
from taskflows_cloud_core.cli.output.progress import Reporter, waiting
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import ProjectFileError
from taskflows_cloud_core.project.staging import tags_of


@attrs.frozen(kw_only=True)
class Unused:
    """What functions shared and none uses any more.

    Args:
        resource: Kind and name.
        place: Where it is.
    """

    resource: str
    place: str


@attrs.frozen(kw_only=True)
class PruneAnswer(Answer):
    """What the files no longer name.

    Args:
        candidates: The functions of the project and the stage that are deployed and that the files do not name.
        unused: What functions shared and none uses any more, whatever project they were of.
        results: What became of them; empty for a dry run.
    """

    candidates: tuple[Candidate, ...] = attrs.field(converter=to_tuple)
    unused: tuple[Unused, ...] = attrs.field(default=(), converter=to_tuple)
    results: tuple[Removed, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """1 when a deletion failed."""
        return int(not all(result.success for result in self.results))

    def text(self, style: Style) -> str:
        """A line for each."""
        if self.results:
            return "\n".join(removed_text(result, style) for result in self.results)
        lines = [f"would delete {style.strong(each.function)} on {each.place}" for each in self.candidates]
        return "\n".join([*lines, *(f"would delete {each.resource} on {each.place}: unused" for each in self.unused)])

    def remarks(self, style: Style) -> str:  # noqa: ARG002 - nothing here has a colour
        """That there is nothing."""
        return (
            "" if self.candidates or self.unused else "nothing to prune: the files name every function of the project"
        )


@click.command()
@click.argument("source", metavar="[FILE_OR_MODULE]", required=False)
@click.option("--keep-logs", is_flag=True, help="Leave the logs.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and do nothing.")
@yes_option
@place_options
@answers(PruneAnswer, name="prune")
def prune(source: str | None, where: Where, *, keep_logs: bool, dry_run: bool, yes: bool) -> PruneAnswer:
    """Delete the functions of this project and stage that the files no longer name, after asking.

    Functions are known by the tags 'project' and 'stage', which `deploy` gives them; all others stay. What
    functions shared and none uses any more goes too, whatever project it was of.
    """
    tags = _tags(where)
    keep = [each.config.function_name for each in staged_functions([source] if source else [], where)]
    environments = where.environments()
    candidates = _candidates(environments, keep, tags)
    unused = _unused(environments)
    if dry_run or not (candidates or unused):
        return PruneAnswer(candidates=candidates, unused=unused)
    confirm("\n".join([_question(candidates, unused), *place_lines(environments)]), yes=yes)
    with Reporter("deleting") as reporter, on_interrupt(reporter.words):
        results = [
            Removed.of(result, label)
            for label, environment in environments.items()
            for result in environment.prune_functions(keep, tags=tags, keep_logs=keep_logs, progress=reporter)
        ]
    return PruneAnswer(candidates=candidates, unused=unused, results=results)


def _question(candidates: Sequence[Candidate], unused: Sequence[Unused]) -> str:
    lines = []
    if candidates:
        lines += ["The files no longer name these; they will be deleted:"]
        lines += [f"  {each.function} on {each.place}" for each in candidates]
    if unused:
        lines += ["No function uses these any more; they will be deleted:"]
        lines += [f"  {each.resource} on {each.place}" for each in unused]
    return "\n".join(lines)


def _tags(where: Where) -> Mapping[str, str]:
    tags = tags_of(where.project, where.stage)
    if not tags:
        raise ProjectFileError(
            "the project has no name, so its functions cannot be told from those of others; write project = 'NAME' "
            "into [tool.taskflows-cloud] of pyproject.toml and deploy"
        )
    return tags


def _candidates(
    environments: Mapping[str, CloudEnvironment], keep: Sequence[str], tags: Mapping[str, str]
) -> list[Candidate]:
    with waiting("listing functions"):
        return [
            Candidate(function=function.name, place=label)
            for label, environment in environments.items()
            for function in environment.plan_prune(keep, tags=tags)
        ]


def _unused(environments: Mapping[str, CloudEnvironment]) -> list[Unused]:
    with waiting("looking for what no function uses"):
        return [
            Unused(resource=str(action.key), place=label)
            for label, environment in environments.items()
            if environment.shares
            for action in environment.plan_unused().actions
        ]
