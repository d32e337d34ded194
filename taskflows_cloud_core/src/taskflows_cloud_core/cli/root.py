"""The root command: it knows the names of the commands and imports only the one that is called."""

from __future__ import annotations

from importlib import import_module

import click

from taskflows_cloud_core._version import __version__
from taskflows_cloud_core.cli.groups import HelpingGroup

# Group, then name, to module, attribute and short help. The help stands here so that --help imports no command.
_COMMANDS: dict[str, dict[str, tuple[str, str, str]]] = {
    "Begin": {
        "init": ("init", "init", "Write a first jobs.py and a table in pyproject.toml."),
        "doctor": ("doctor", "doctor", "Look whether everything is there that is needed."),
        "providers": ("providers", "providers", "Tell which plugins are installed and work."),
        "permissions": ("permissions", "permissions", "Print the least permissions that deploying needs."),
    },
    "Deploy": {
        "plan": ("plan", "plan", "Say what deploy would do, and do nothing."),
        "diff": ("diff", "diff", "Show what differs between the files and what is deployed."),
        "deploy": ("deploy", "deploy", "Deploy the marked functions of a file or module."),
        "cost": ("cost", "cost", "Estimate what the functions cost in a month."),
        "export": ("export", "export", "Print the functions in another tool's language."),
        "schedule": ("schedule", "schedule", "Show when functions will run."),
    },
    "Live with it": {
        "list": ("list_functions", "list_functions", "List what is deployed."),
        "describe": ("describe", "describe", "Tell all about one function."),
        "invoke": ("invoke", "invoke", "Run a function now."),
        "logs": ("logs", "logs", "Read or follow a function's log."),
        "metrics": ("metrics", "metrics", "Count runs, failures and durations."),
        "pause": ("pausing", "pause", "Stop the schedules of functions."),
        "resume": ("pausing", "resume", "Let the schedules of functions fire again."),
        "history": ("history", "history", "List the versions of a function."),
        "rollback": ("history", "rollback", "Make an older version live."),
    },
    "Clear up": {
        "delete": ("delete", "delete", "Delete functions and all that was made for them."),
        "prune": ("prune", "prune", "Delete what the files no longer name."),
    },
    "More": {
        "local": ("local", "local", "Run the scheduler of the provider 'local'."),
        "plugin": ("plugin", "plugin", "Make a provider of your own."),
        "completion": ("completion", "completion", "Print the completion script of a shell."),
        "explain": ("explain", "explain", "Explain an error code."),
    },
}
_PACKAGE = "taskflows_cloud_core.cli.commands"


class _LazyGroup(HelpingGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(name for group in _COMMANDS.values() for name in group)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        for group in _COMMANDS.values():
            if cmd_name in group:
                module, attribute, _ = group[cmd_name]
                command: click.Command = getattr(import_module(f"{_PACKAGE}.{module}"), attribute)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        width = max(len(name) for group in _COMMANDS.values() for name in group)
        for title, group in _COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{width}}", short) for name, (_, _, short) in group.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="taskflows-cloud")
def root() -> None:
    """Deploy plain Python functions on a schedule, to any cloud that has a plugin."""
