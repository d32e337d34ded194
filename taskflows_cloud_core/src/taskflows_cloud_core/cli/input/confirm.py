"""Asking before something is taken away."""

from __future__ import annotations

import sys

import click

from taskflows_cloud_core.cli.errors.classes import NotConfirmedError
from taskflows_cloud_core.cli.errors.exit_codes import NOT_CONFIRMED
from taskflows_cloud_core.cli.output.terminal import is_terminal, note

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def confirm(what: str, *, yes: bool) -> None:
    """Show what would happen and ask; without a terminal nobody can be asked.

    Args:
        what: What is going to happen, in words.
        yes: Whether the user said so already.

    Raises:
        NotConfirmedError: There was nobody to ask. After a no the program ends, without an error: it was a choice.
    """
    if yes:
        return
    note(what)
    if not is_terminal(sys.stdin):
        raise NotConfirmedError("there is no terminal to ask on, and --yes was not given; nothing was done")
    if not click.confirm("Go on?", err=True):
        note("nothing was done")
        click.get_current_context().exit(NOT_CONFIRMED)
