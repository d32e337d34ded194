"""``taskflows-cloud logs``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import attrs
import click

from taskflows_cloud_core.cli.input.name_hints import naming_near_misses
from taskflows_cloud_core.cli.input.targets import Where, place_options
from taskflows_cloud_core.cli.input.time_options import as_moment
from taskflows_cloud_core.cli.interrupts import on_interrupt
from taskflows_cloud_core.cli.output.answers import Answer, answers
from taskflows_cloud_core.cli.output.progress import waiting
from taskflows_cloud_core.cli.output.terminal import Style, note
from taskflows_cloud_core.results import LogEvent

_SEVERE = ("ERROR", "CRITICAL")
# A follower without --since begins with what has just happened.
_RECENT = timedelta(minutes=1)


@attrs.frozen(kw_only=True)
class LogLine(Answer):
    """One line of a function's log.

    Args:
        timestamp: When it was written.
        message: The line.
        request_id: The run that wrote it, when known.
        level: The severity, when known.
    """

    timestamp: datetime
    message: str
    request_id: str | None
    level: str | None

    @classmethod
    def of(cls, event: LogEvent) -> LogLine:
        """From an event of the call."""
        return cls(timestamp=event.timestamp, message=event.message, request_id=event.request_id, level=event.level)

    def text(self, style: Style) -> str:
        """Time, level, run and message; control characters are made visible."""
        event = LogEvent(timestamp=self.timestamp, message=self.message, request_id=self.request_id)
        moment, _, rest = str(event).partition(" ")
        level = f" {self.level}" if self.level and not self.message.startswith(self.level) else ""
        words = f"{level} {rest}"
        marked = (
            style.bad(words) if self.level in _SEVERE else style.careful(words) if self.level == "WARNING" else words
        )
        return f"{style.faint(moment)}{marked}"


@click.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--since", callback=as_moment, help="Not before: 10m, 2h, 3d ago, or 2026-11-25T09:30.")
@click.option("--until", callback=as_moment, help="Before this, likewise.")
@click.option("--grep", metavar="TEXT", help="Only lines with this text, in capitals or not.")
@click.option("--failed", is_flag=True, help="Only of failed runs.")
@click.option("--request-id", help="Only of this run.")
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=100, show_default=True, help="At most the newest this many."
)
@place_options
@answers(LogLine, name="logs", stream=True)
def logs(
    name: str,
    since: datetime | None,
    until: datetime | None,
    grep: str | None,
    request_id: str | None,
    limit: int,
    where: Where,
    *,
    follow: bool,
    failed: bool,
) -> Iterator[LogLine]:
    """Read the log of the function NAME, in the order of time. Times are UTC."""
    if follow and until is not None:
        raise click.UsageError("--follow has no end; leave --until out")
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since must be before --until")
    label, environment = where.one()
    wanted = where.name(name)
    chosen = {"request_id": request_id, "contains": grep, "failed_only": failed}
    with naming_near_misses(wanted, environment, label):
        if follow:
            begin = since or datetime.now(UTC) - _RECENT
            with on_interrupt(lambda: ""):
                for event in environment.follow_function_logs(wanted, begin, **chosen):  # type: ignore[arg-type]  # each by its name
                    yield LogLine.of(event)
            return
        with waiting("reading the log"):
            events = environment.get_function_logs(wanted, limit, since, until, **chosen)  # type: ignore[arg-type]  # each by its name
    if not events:
        kind = " of that kind" if any(chosen.values()) else " in that time" if since or until else " yet"
        note(f"{wanted} on {label} wrote nothing{kind}")
    elif len(events) == limit:
        note(f"the newest {limit} {'line' if limit == 1 else 'lines'}; --limit {limit * 10} shows more")
    yield from map(LogLine.of, events)
