"""``taskflows-cloud permissions``."""

from __future__ import annotations

from pathlib import Path

import click

from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.output.answers import answers
from taskflows_cloud_core.cli.output.files import FilesAnswer, as_files, output_option


@click.command()
@output_option
@place_options
@answers(FilesAnswer, name="permissions")
def permissions(output: Path | None, where: Where) -> FilesAnswer:
    """Print the least permissions that whoever deploys needs, in the provider's own language.

    It needs no credentials.
    """
    _, environment = where.one()
    return as_files(environment.required_permissions(), output)
