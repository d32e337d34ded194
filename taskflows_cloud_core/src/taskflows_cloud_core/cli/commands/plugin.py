"""``taskflows-cloud plugin``: for those who write providers."""

from __future__ import annotations

import shlex
from pathlib import Path

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.errors.classes import OutputError
from taskflows_cloud_core.cli.groups import HelpingGroup
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.terminal import Style


@attrs.frozen(kw_only=True)
class NewPluginAnswer(Answer):
    """The files of a new provider's distribution.

    Args:
        provider: The name for ``get_environment``.
        folder: Where the distribution is.
        written: Its files.
    """

    provider: str
    folder: str
    written: tuple[str, ...] = attrs.field(converter=to_tuple)

    def text(self, style: Style) -> str:
        """A line for each file."""
        return "\n".join(f"{style.good('wrote')}  {path}" for path in self.written)

    def remarks(self, style: Style) -> str:
        """What to do next."""
        steps = (f"cd {shlex.quote(self.folder)}", "pip install -e '.[test]'", "pytest", "taskflows-cloud providers")
        return "\n".join(["next:", *(style.faint(f"  {step}") for step in steps)])


@click.group(cls=HelpingGroup)
def plugin() -> None:
    """Make a provider of your own."""


@plugin.command()
@click.argument("name")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="Where the folder of the distribution is made.",
)
@answers(NewPluginAnswer, name="plugin new")
def new(name: str, directory: Path) -> NewPluginAnswer:
    """Write the distribution of a provider NAME: it works, and passes its tests, before you change a line.

    NAME is what users will give to get_environment: small letters, digits and hyphens. What is there already is
    never overwritten.
    """
    from taskflows_cloud_core.scaffold import distribution_name, write_provider

    try:
        written = write_provider(name, directory)
    except OSError as error:
        raise OutputError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return NewPluginAnswer(
        provider=name, folder=str(directory / distribution_name(name)), written=[str(path) for path in written]
    )
