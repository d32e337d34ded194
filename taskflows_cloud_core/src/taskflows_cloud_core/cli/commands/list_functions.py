"""``taskflows-cloud list``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style, columns
from taskflows_cloud_core.project.staging import tags_of
from taskflows_cloud_core.results import DeployedFunction


@attrs.frozen(kw_only=True)
class Listed:
    """One deployed function.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        resource_id: The provider's identifier.
        schedules: The expressions that trigger it.
        tags: The user's tags.
        updated_at: When it was last changed.
        runtime: For instance "python3.12".
        memory_mb: Its memory limit in MiB.
    """

    function: str
    place: str
    resource_id: str
    schedules: tuple[str, ...] = attrs.field(converter=to_tuple)
    tags: Mapping[str, str] = attrs.field(converter=to_mapping)
    updated_at: datetime | None
    runtime: str
    memory_mb: int | None

    @classmethod
    def of(cls, function: DeployedFunction, place: str) -> Listed:
        """From a line of the listing."""
        return cls(
            function=function.name,
            place=place,
            resource_id=function.resource_id,
            schedules=function.schedules,
            tags=function.tags,
            updated_at=function.updated_at,
            runtime=function.runtime,
            memory_mb=function.memory_mb,
        )


@attrs.frozen(kw_only=True)
class ListAnswer(Answer):
    """What is deployed.

    Args:
        functions: Sorted by place and name.
    """

    functions: tuple[Listed, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A table."""
        rows = [
            (
                each.function,
                each.place,
                "; ".join(each.schedules) or "-",
                f"{each.updated_at:%Y-%m-%d %H:%M %Z}" if each.updated_at else "-",
                each.runtime,
            )
            for each in self.functions
        ]
        return columns(("FUNCTION", "PLACE", "SCHEDULES", "UPDATED", "RUNTIME"), rows, style) if rows else ""

    def remarks(self, style: Style) -> str:  # noqa: ARG002 - nothing here has a colour
        """That there is nothing."""
        return "" if self.functions else "nothing is deployed there; `taskflows-cloud deploy jobs.py` deploys"


@click.command(name="list")
@click.option("--tag", "tags", metavar="KEY=VALUE", multiple=True, help="Only functions with this tag.")
@click.option("--mine", is_flag=True, help="Only functions of this project and stage.")
@place_options
@answers(ListAnswer, name="list")
def list_functions(tags: Sequence[str], where: Where, *, mine: bool) -> ListAnswer:
    """List what taskflows-cloud deployed to the places of the stage or of --provider."""
    wanted = dict(_pair(tag) for tag in tags)
    if mine:
        own = tags_of(where.project, where.stage)
        if not own:
            raise click.UsageError(
                "--mine needs a project: write [tool.taskflows-cloud] with project = into pyproject.toml"
            )
        wanted |= own
    with waiting("listing functions"):
        found = [
            Listed.of(function, place)
            for place, environment in where.environments().items()
            for function in environment.list_functions()
            if wanted.items() <= function.tags.items()
        ]
    return ListAnswer(functions=found)


def _pair(tag: str) -> tuple[str, str]:
    key, equals, value = tag.partition("=")
    if not equals:
        raise click.UsageError(f"--tag {tag!r} is not of the form KEY=VALUE")
    return key, value
