"""``taskflows-cloud completion``."""

from __future__ import annotations

import attrs
import click
from click.shell_completion import get_completion_class

from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.cli.running import PROGRAM

_VARIABLE = "_TASKFLOWS_CLOUD_COMPLETE"
_HOW = {
    "bash": 'add to ~/.bashrc:  eval "$(taskflows-cloud completion bash)"',
    "zsh": 'add to ~/.zshrc:  eval "$(taskflows-cloud completion zsh)"',
    "fish": "taskflows-cloud completion fish > ~/.config/fish/completions/taskflows-cloud.fish",
}


@attrs.frozen(kw_only=True)
class CompletionAnswer(Answer):
    """The completion script of a shell.

    Args:
        shell: Which one.
        script: What it has to run.
        install: How to make it permanent.
    """

    shell: str
    script: str
    install: str

    def text(self, style: Style) -> str:  # noqa: ARG002 - for a shell, not for a person
        """The script."""
        return self.script


@click.command()
@click.argument("shell", type=click.Choice(list(_HOW)))
@answers(CompletionAnswer, name="completion")
def completion(shell: str) -> CompletionAnswer:
    """Print the script that completes commands, options, stages and providers in SHELL.

    \b
    bash  add to ~/.bashrc:  eval "$(taskflows-cloud completion bash)"
    zsh   add to ~/.zshrc:   eval "$(taskflows-cloud completion zsh)"
    fish  taskflows-cloud completion fish > ~/.config/fish/completions/taskflows-cloud.fish
    """  # noqa: D301 - click wants the character
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise click.UsageError(f"click does not know the shell {shell!r}")
    source = kind(root, {}, PROGRAM, _VARIABLE)
    # Not source(): it asks bash for its version, and warns on stderr where there is no bash.
    return CompletionAnswer(shell=shell, script=source.source_template % source.source_vars(), install=_HOW[shell])
