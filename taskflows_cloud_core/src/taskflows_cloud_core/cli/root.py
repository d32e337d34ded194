"""The root command: it knows the names of the commands and imports only the one that is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from taskflows_cloud_core._version import __version__
from taskflows_cloud_core.errors import CloudError

# Name to module, attribute and short help. The help stands here so that --help imports no command.
_COMMANDS = {
    "local": ("taskflows_cloud_core.cli.local", "local", "Run the scheduler of the provider 'local'."),
    "providers": ("taskflows_cloud_core.cli.providers", "providers", "Tell which plugins are installed and work."),
}


class _LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        module, attribute, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in sorted(_COMMANDS)])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="taskflows-cloud")
def root() -> None:
    """Deploy plain Python functions on a schedule, to any cloud that has a plugin."""


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the root command and leave; an error of ours is one line, not a traceback."""
    try:
        root.main(args=None if arguments is None else list(arguments), prog_name="taskflows-cloud")
    except CloudError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)
