"""``taskflows-cloud export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from taskflows_cloud_core.cli.input.sources import source_arguments, staged_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import answers
from taskflows_cloud_core.cli.output.files import FilesAnswer, as_files, output_option, write_file
from taskflows_cloud_core.cli.output.progress import Reporter
from taskflows_cloud_core.cli.output.terminal import note
from taskflows_cloud_core.errors import OperationUnsupported

if TYPE_CHECKING:
    from taskflows_cloud_core.environment import CloudEnvironment


@click.command()
@source_arguments
@click.option(
    "--format", "language", metavar="LANGUAGE", help="One of the provider's own; the first of them when not given."
)
@output_option
@place_options
@answers(FilesAnswer, name="export")
def export(words: Sequence[str], language: str | None, output: Path | None, where: Where) -> FilesAnswer:
    """Print the resources of the marked functions in another tool's language, and with --output also write their code.

    It changes nothing in the cloud. Each of several functions has a folder of its own.
    """
    functions = staged_functions(words, where)
    _, environment = where.one()
    chosen = _format_of(environment, language)
    files: dict[str, str] = {}
    archives: dict[str, Path] = {}
    with Reporter("exporting") as reporter, on_interrupt(lambda: "interrupted; exporting changes nothing"):
        for each in functions:
            plan = environment.plan_function(each.function, each.config, each.dependencies, progress=reporter)
            made = environment.export_plan(plan, chosen)
            name = each.config.function_name
            folder = f"{name}/" if len(functions) > 1 else ""
            files |= {f"{folder}{file}": content for file, content in made.items()}
            if plan.package is not None:
                archives[f"{folder}{name}.zip"] = plan.package.path
    answer = as_files(files, output)
    if output is None:
        note("the archives with the code are written only with --output FOLDER")
        return answer
    written = [write_file(output / file, path.read_bytes()) for file, path in archives.items()]
    return attrs.evolve(answer, written=(*answer.written, *written))


def _format_of(environment: CloudEnvironment, language: str | None) -> str:
    """The format that is wanted; found before anything is packaged."""
    formats = environment.export_formats
    if not formats:
        raise OperationUnsupported(
            f"the provider {environment.provider!r} does not export", provider=environment.provider
        )
    if language is not None and language not in formats:
        message = f"{language!r} is no format of the provider {environment.provider!r}; there are {', '.join(formats)}"
        raise click.BadParameter(message, param_hint="'--format'")
    return language or formats[0]
