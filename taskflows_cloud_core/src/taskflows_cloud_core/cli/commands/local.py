"""``taskflows-cloud local``: the scheduler of the embedded provider."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from datetime import datetime
from types import FrameType

import attrs
import click

from taskflows_cloud_core.cli.groups import HelpingGroup
from taskflows_cloud_core.cli.input.targets import select_places
from taskflows_cloud_core.cli.output.answers import Answer, answers, emit, json_options
from taskflows_cloud_core.cli.output.schemas import NOT_IN_JSON
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.local.store.records import Run
from taskflows_cloud_core.project import find_project

FAILED = ("failed", "timeout", "out of memory", "interrupted")
_PROVIDER = "local"


@attrs.frozen(kw_only=True)
class RunLine(Answer):
    """One run of a function, or a due time that was skipped.

    Args:
        function: Its name.
        run_id: Of the run.
        due_at: When it was due; null when it was invoked by hand.
        started_at: When it began.
        ended_at: When it ended.
        outcome: How it ended; null while it is under way.
        duration_ms: How long it ran, in milliseconds.
        error: What went wrong.
    """

    function: str
    run_id: str
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    duration_ms: float | None
    error: str | None
    line: str = attrs.field(metadata=NOT_IN_JSON)

    @classmethod
    def of(cls, run: Run) -> RunLine:
        """From a run of the call."""
        same = ("function", "started_at", "ended_at", "outcome", "duration_ms", "error")
        facts = {name: getattr(run, name) for name in same}
        return cls(run_id=run.id, due_at=run.scheduled_for, line=str(run), **facts)

    def text(self, style: Style) -> str:
        """One line."""
        return style.bad(self.line) if self.outcome in FAILED else self.line


@attrs.frozen(kw_only=True)
class SchedulerLine(Answer):
    """What the scheduler tells.

    Args:
        line: With the moment at its beginning.
    """

    line: str

    def text(self, style: Style) -> str:  # noqa: ARG002 - as it is
        """The line."""
        return self.line


@click.group(cls=HelpingGroup)
def local() -> None:
    """Run the scheduler of the provider 'local', and see what it ran."""


_root = click.option(
    "--root",
    type=click.Path(file_okay=False),
    help="The folder given to get_environment('local', root=...); that of the stage, else the platform's own.",
)
_stage = click.option("-s", "--stage", help="A stage of pyproject.toml whose root is meant.")


@local.command()
@_root
@_stage
@click.option("--once", is_flag=True, help="Run what is due now and what waits, then end.")
@click.option("--max-runs", type=click.IntRange(min=1), help="How many runs at once at the most.")
@json_options(SchedulerLine, name="local run", stream=True)
def run(root: str | None, stage: str | None, max_runs: int | None, *, once: bool, as_json: bool) -> None:
    """Run functions at their due times until interrupted.

    Ctrl-C or SIGTERM: no new runs, those under way may end. A second one kills them.
    """
    from taskflows_cloud_core.local import run_scheduler

    folder = _root_of(root, stage)
    stop, kill = threading.Event(), threading.Event()
    _on_signals(stop, kill)

    def report(line: str) -> None:
        emit(SchedulerLine(line=line), as_json=as_json, lines=True)

    run_scheduler(folder, stop=stop, kill=kill, once=once, max_runs=max_runs, report=report)


@local.command()
@_root
@_stage
@click.argument("function_name", metavar="[NAME]", required=False)
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most this many.")
@answers(RunLine, name="local runs", stream=True)
def runs(root: str | None, stage: str | None, function_name: str | None, limit: int) -> Iterator[RunLine]:
    """List the newest runs, of one function or of all, in the order of time."""
    from taskflows_cloud_core.local import list_runs

    yield from map(RunLine.of, reversed(list_runs(_root_of(root, stage), function_name, limit=limit)))


def _root_of(root: str | None, stage: str | None) -> str | None:
    """The root that is meant: the one that is given, else that of the stage where it is of this provider."""
    project = find_project()
    if root is not None or (stage is None and len(project.stages) > 1 and project.stage is None):
        return root
    for place in select_places(project, stage=stage, provider=None, options=()).places:
        if place.provider == _PROVIDER:
            return place.options.get("root")
    return None


def _on_signals(stop: threading.Event, kill: threading.Event) -> None:
    def told_to_end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal handlers get
        if stop.is_set():
            kill.set()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told_to_end)
