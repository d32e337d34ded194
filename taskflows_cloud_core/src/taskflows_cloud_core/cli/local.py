"""``taskflows-cloud local``: the scheduler of the embedded provider."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click


@click.group()
def local() -> None:
    """Run the scheduler of the provider 'local', and see what it ran."""


_root = click.option(
    "--root",
    type=click.Path(file_okay=False),
    help="The folder given to get_environment('local', root=...); the platform's own when left out.",
)


@local.command()
@_root
@click.option("--once", is_flag=True, help="Run what is due now and what waits, then end.")
@click.option("--max-runs", type=click.IntRange(min=1), help="How many runs at once at the most.")
def run(root: str | None, max_runs: int | None, *, once: bool) -> None:
    """Run functions at their due times until interrupted.

    Ctrl-C or SIGTERM: no new runs, those under way may end. A second one kills them.
    """
    from taskflows_cloud_core.local import run_scheduler

    stop, kill = threading.Event(), threading.Event()
    _on_signals(stop, kill)
    run_scheduler(root, stop=stop, kill=kill, once=once, max_runs=max_runs, report=click.echo)


@local.command()
@_root
@click.argument("function_name", required=False)
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most this many.")
def runs(root: str | None, function_name: str | None, limit: int) -> None:
    """List the newest runs, of one function or of all, in the order of time."""
    from taskflows_cloud_core.local import list_runs

    for each in reversed(list_runs(root, function_name, limit=limit)):
        click.echo(str(each))


def _on_signals(stop: threading.Event, kill: threading.Event) -> None:
    def told_to_end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers get
        if stop.is_set():
            kill.set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told_to_end)
