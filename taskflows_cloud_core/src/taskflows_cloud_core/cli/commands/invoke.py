"""``taskflows-cloud invoke``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import click

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.commands.invoke_errors import of_user, without_error
from taskflows_cloud_core.cli.commands.logs import LogLine
from taskflows_cloud_core.cli.errors.classes import PayloadError, RunFailedError
from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.sources import find_functions
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import Reporter, waiting
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.config import running_runtime
from taskflows_cloud_core.environment import CloudEnvironment, get_environment
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.project import for_stage
from taskflows_cloud_core.results import InvocationResult


@attrs.frozen(kw_only=True)
class InvokeAnswer(Answer):
    """What one run of a function gave.

    Args:
        function: Its name.
        place: Where it ran.
        ok: Whether it returned.
        value: What it returned.
        error: The exception's type, message and traceback.
        logs: What it wrote.
        request_id: The provider's identifier of the run.
        duration_ms: How long it ran, in milliseconds.
        started_only: Whether it was started without waiting for its end.
    """

    function: str
    place: str
    ok: bool
    value: Any
    error: str | None
    logs: tuple[LogLine, ...] = attrs.field(converter=to_tuple)
    request_id: str | None
    duration_ms: float | None
    started_only: bool

    @classmethod
    def of(cls, result: InvocationResult, function: str, place: str) -> InvokeAnswer:
        """From the result of the call."""
        return cls(
            function=function,
            place=place,
            ok=result.ok,
            value=result.value,
            error=result.error,
            logs=[LogLine.of(event) for event in result.logs],
            request_id=result.request_id,
            duration_ms=result.duration_ms,
            started_only=result.started_only,
        )

    @property
    def exit_code(self) -> int:
        """1 when it failed."""
        return int(not self.ok)

    def text(self, style: Style) -> str:  # noqa: ARG002 - what it returned is for programs too
        """What it returned, as JSON."""
        if self.started_only:
            return f"started {self.function} ({self.request_id})"
        return json.dumps(self.value, ensure_ascii=False, indent=2) if self.ok else ""

    def remarks(self, style: Style) -> str:
        """Its log, and how it ended."""
        took = f" after {self.duration_ms:.0f} ms" if self.duration_ms is not None else ""
        logs = self.logs if self.error is None else without_error(self.logs, self.error)
        lines = [style.faint(line.text(style)) for line in logs]
        if self.started_only:
            return "\n".join(lines)
        if self.ok:
            return "\n".join([*lines, style.good(f"{self.function} on {self.place} returned{took}")])
        code = RunFailedError.code
        head = f"{style.bad('error')} {style.strong(f'[{code}]')}: {self.function} on {self.place} failed{took}: "
        return "\n".join(
            [*lines, f"{head}{of_user(self.error or '')}", style.faint(f"`taskflows-cloud explain {code}` tells more")]
        )


@click.command()
@click.argument("name")
@click.argument("payload", required=False)
@click.option("--local", "locally", is_flag=True, help="Run the marked function on this machine, as a cloud would.")
@click.option("--from", "source", metavar="FILE_OR_MODULE", help="Where the function for --local is.")
@click.option("--no-wait", is_flag=True, help="Only start it.")
@place_options
@answers(InvokeAnswer, name="invoke")
def invoke(
    name: str, payload: str | None, source: str | None, where: Where, *, locally: bool, no_wait: bool
) -> InvokeAnswer:
    """Run the function NAME now, with PAYLOAD as its event.

    PAYLOAD is JSON, @FILE for a file with JSON, or - for standard input. What the function returns goes to stdout as
    JSON, its log to stderr.

    With --local nothing need be deployed: the function is taken from the files, packaged as for a cloud, and run by
    the provider 'local' in a root that is deleted afterwards.
    """
    event = read_payload(payload)
    if locally:
        return _run_locally(name, event, source, where)
    if source is not None:
        raise click.UsageError("--from is for --local; without it, what is deployed runs")
    label, environment = where.one()
    return _run(environment, label, where.name(name), event, no_wait=no_wait)


def _run(environment: CloudEnvironment, label: str, name: str, event: Any, *, no_wait: bool = False) -> InvokeAnswer:
    with (
        on_interrupt(lambda: f"interrupted; {name} may go on running on {label}"),
        waiting(f"running {name}"),
        naming_near_misses(name, environment, label),
    ):
        result = environment.invoke_function(name, event, wait=not no_wait)
    return InvokeAnswer.of(result, name, label)


def _run_locally(name: str, event: Any, source: str | None, where: Where) -> InvokeAnswer:
    (function,) = for_stage(find_functions(source, [name], where.project), where.project, where.stage)
    with _throw_away_root() as environment:
        _deploy(environment, function)
        return _run(environment, "this machine", function.config.function_name, event)


@contextmanager
def _throw_away_root() -> Iterator[CloudEnvironment]:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="taskflows-cloud-", ignore_cleanup_errors=True) as folder:
        yield get_environment("local", root=folder)


def _deploy(environment: CloudEnvironment, each: MarkedFunction) -> None:
    """What belongs to the cloud alone is left out: schedules, the cloud's options, another Python or machine."""
    config = attrs.evolve(each.config, schedules=(), provider_options={}, runtime=running_runtime(), architecture=None)
    with Reporter("packaging") as reporter, on_interrupt(lambda: "interrupted; nothing was changed"):
        environment.deploy_function(each.function, config, each.dependencies, progress=reporter).raise_for_error()


def read_payload(payload: str | None) -> Any:
    """Read the event.

    Raises:
        PayloadError: It is no JSON, or the file cannot be read.
    """
    if payload is None:
        return None
    text, origin = _text_of(payload)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        quoted = " (a text must be in double quotes)" if origin == "the payload" else ""
        place = f"line {error.lineno}, column {error.colno}"
        raise PayloadError(f"{origin} is no JSON: {error.msg} at {place}{quoted}") from None


def _text_of(payload: str) -> tuple[str, str]:
    if payload == "-":
        return sys.stdin.read(), "standard input"
    if not payload.startswith("@"):
        return payload, "the payload"
    try:
        return Path(payload[1:]).read_text(encoding="utf-8"), payload[1:]
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PayloadError(f"the payload's file {payload[1:]!r} cannot be read: {reason}") from None
