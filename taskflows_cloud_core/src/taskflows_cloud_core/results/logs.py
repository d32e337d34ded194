"""Log events, and the queries that select them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core._run_ids import short_id
from taskflows_cloud_core._validators import at_least

Level: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


@attrs.frozen(kw_only=True)
class LogEvent:
    """One line of a function's log.

    Args:
        timestamp: When it was written, aware.
        message: The line, without its line break.
        request_id: The invocation that wrote it, when known.
        level: The severity, when known.
        event_id: Identifies the event for readers that follow a log; unique within a function.
    """

    timestamp: datetime
    message: str
    request_id: str | None = None
    level: Level | None = None
    event_id: str = ""

    def __str__(self) -> str:
        level = f" {self.level}" if self.level and not self.message.startswith(self.level) else ""
        request = f" [{short_id(self.request_id)}]" if self.request_id else ""
        printable = "".join(
            c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in self.message
        )
        return f"{self.timestamp.isoformat(timespec='milliseconds')}{level}{request} {printable}"


@attrs.frozen(kw_only=True)
class LogQuery:
    """Which log events are wanted.

    Args:
        limit: The newest this many, at least 1.
        start_time: Not before this moment, aware.
        end_time: Before this moment, aware.
        request_id: Of this invocation only.
        contains: With this text in the message; capitals and small letters are the same. Core leaves the
            others out, so a provider may use it to read less, or take no notice.
        failed_only: Of failed runs only. Core asks for it only where the provider has the capability
            ``"failed_logs"``.
    """

    limit: int = attrs.field(default=100, validator=at_least(1))
    start_time: datetime | None = None
    end_time: datetime | None = None
    request_id: str | None = None
    contains: str | None = None
    failed_only: bool = False


@attrs.frozen(kw_only=True)
class LogPage:
    """A part of a log.

    Args:
        events: The newest first. May be empty although there is a token.
        token: Give it back for the next, older part; ``None`` at the end.
    """

    events: tuple[LogEvent, ...] = attrs.field(default=(), converter=to_tuple)
    token: str | None = None
