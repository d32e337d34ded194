"""``taskflows-cloud export``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from taskflows_cloud_core.cli.answers import answers
from taskflows_cloud_core.cli.files import FilesAnswer, as_files, output_option
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.places import Where, place_options
from taskflows_cloud_core.cli.progress import Reporter
from taskflows_cloud_core.cli.sources import source_arguments, staged_functions


@click.command()
@source_arguments
@click.option(
    "--format", "language", required=True, metavar="LANGUAGE", help="For instance cloudformation or terraform."
)
@output_option
@place_options
@answers(FilesAnswer, name="export")
def export(words: Sequence[str], language: str, output: Path | None, where: Where) -> FilesAnswer:
    """Print the resources of the marked functions in another tool's language. It changes nothing."""
    functions = staged_functions(words, where)
    _, environment = where.one()
    files: dict[str, str] = {}
    with Reporter("exporting") as reporter, on_interrupt(lambda: "interrupted; exporting changes nothing"):
        for each in functions:
            plan = environment.plan_function(each.function, each.config, each.dependencies, progress=reporter)
            made = environment.export_plan(plan, language)
            prefix = f"{each.config.function_name}-" if len(functions) > 1 else ""
            files |= {f"{prefix}{name}": content for name, content in made.items()}
    return as_files(files, output)
