"""``taskflows-cloud permissions``."""

from __future__ import annotations

from pathlib import Path

import click

from taskflows_cloud_core.cli.answers import answers
from taskflows_cloud_core.cli.files import FilesAnswer, as_files, output_option
from taskflows_cloud_core.cli.places import Where, place_options


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
