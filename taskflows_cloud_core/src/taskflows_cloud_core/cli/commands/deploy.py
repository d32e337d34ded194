"""``taskflows-cloud deploy``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence

import attrs
import click

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.cli.input.sources import source_arguments, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import Reporter
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.results import CloudDeploymentResult, DeploymentError


@attrs.frozen(kw_only=True)
class Deployed:
    """What became of one function in one place.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        success: Whether it is there as wanted.
        changed: Whether anything had to be done.
        resource_id: The provider's identifier.
        schedules: Expressions by name.
        warnings: What the user should know although nothing failed.
        error: What went wrong.
        error_code: The kind of error; see ``explain``.
    """

    function: str
    place: str
    success: bool
    changed: bool
    resource_id: str | None
    schedules: Mapping[str, str] = attrs.field(converter=to_mapping)
    warnings: tuple[str, ...] = attrs.field(converter=to_tuple)
    error: str | None
    error_code: str | None

    @classmethod
    def of(cls, result: CloudDeploymentResult, place: str) -> Deployed:
        """From the result of the call."""
        return cls(
            function=result.function_name,
            place=place,
            success=result.success,
            changed=result.plan is not None and not result.plan.is_empty,
            resource_id=result.resource_id,
            schedules={
                name: str(expression) for name, expression in dict(result.metadata.get("schedules", {})).items()
            },
            warnings=result.warnings,
            error=result.error,
            error_code=None if result.success else result.error_code or DeploymentError.code,
        )


@attrs.frozen(kw_only=True)
class DeployAnswer(Answer):
    """What became of a deployment.

    Args:
        results: One for each function in each place.
    """

    results: tuple[Deployed, ...] = attrs.field(converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """1 when one of them failed."""
        return int(not all(result.success for result in self.results))

    def text(self, style: Style) -> str:
        """Some lines for each; what is the same for several of them once."""
        shared = {text for text, count in Counter(_warnings(self.results)).items() if count > 1}
        lines = [_text(result, shared, style) for result in self.results if result.success]
        lines += [_failures(alike, style) for alike in _alike(self.results)]
        return "\n".join([*lines, *(f"{style.careful('warning')}    {text}" for text in sorted(shared))])

    def remarks(self, style: Style) -> str:
        """How many failed."""
        failed = [result for result in self.results if not result.success]
        if not failed:
            return ""
        code = failed[0].error_code
        head = f"{style.bad('error')} {style.strong(f'[{code}]')}: {len(failed)} of {len(self.results)} failed"
        more = style.faint(f"`taskflows-cloud explain {code}` tells more")
        return f"{head}; when the cause is mended, run the same command again\n{more}"


def _warnings(results: Sequence[Deployed]) -> Iterator[str]:
    return (warning for result in results for warning in result.warnings)


def _text(result: Deployed, shared: Container[str], style: Style) -> str:
    word = style.good("deployed " if result.changed else "unchanged")
    head = f"{word}  {style.strong(result.function)} on {result.place}  {style.faint(result.resource_id or '')}"
    lines = [head.rstrip()]
    lines += [f"           schedule {key}: {expression}" for key, expression in result.schedules.items()]
    own = [warning for warning in result.warnings if warning not in shared]
    return "\n".join([*lines, *(f"           {style.careful('warning')}: {warning}" for warning in own)])


def _alike(results: Sequence[Deployed]) -> list[list[Deployed]]:
    """Failures that are the same but for the name of the function, together."""
    groups: dict[tuple[str, str], list[Deployed]] = {}
    for result in results:
        if not result.success:
            groups.setdefault((result.place, (result.error or "").replace(result.function, "\0")), []).append(result)
    return list(groups.values())


def _failures(alike: Sequence[Deployed], style: Style) -> str:
    names = style.strong(", ".join(result.function for result in alike))
    first = alike[0]
    error = (first.error or "").removeprefix(f"function {first.function}: ")
    return f"{style.bad('failed')}     {names} on {first.place} [{first.error_code}]: {error}"


@click.command()
@source_arguments
@place_options
@answers(DeployAnswer, name="deploy")
def deploy(words: Sequence[str], where: Where) -> DeployAnswer:
    """Deploy the functions of FILE_OR_MODULE that are marked with @cloud_function, or those of them that are named.

    They are all checked first; when one does not pass, nothing is changed anywhere. Running it again changes nothing
    when nothing differs. Without a stage and without --provider, functions go to the provider 'local': this machine.

    \b
    taskflows-cloud deploy jobs.py
    taskflows-cloud deploy jobs.py nightly-report --stage prod
    """  # noqa: D301 - click wants the character
    from taskflows_cloud_core.environment import deploy_everywhere

    functions = staged_functions(words, where)
    deployments = [(each.function, each.config, each.dependencies) for each in functions]
    environments = where.environments()
    count = len(deployments) * len(environments)
    with Reporter("deploying", count, places=len(environments)) as reporter, on_interrupt(reporter.words):
        results = deploy_everywhere(environments, deployments, progress=reporter)
    return DeployAnswer(
        results=[Deployed.of(result, place) for place, of_place in results.items() for result in of_place]
    )
