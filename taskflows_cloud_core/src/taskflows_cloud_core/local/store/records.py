"""What the database knows, as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core._run_ids import short_id
from taskflows_cloud_core.local.options import CatchUp, Overlap
from taskflows_cloud_core.schedules import Calendar, Periodic, Schedule

Outcome: TypeAlias = Literal["succeeded", "failed", "timeout", "out of memory", "interrupted", "skipped"]
State: TypeAlias = Literal["queued", "running", "ended"]


@attrs.frozen(kw_only=True)
class Settings:
    """The configuration of a function, apart from names, code, environment and tags."""

    description: str
    memory_mb: int
    timeout_seconds: int
    ephemeral_storage_mb: int
    max_concurrency: int | None
    retries: int | None
    log_retention_days: int | None
    overlap: Overlap
    catch_up: CatchUp | None
    keep_versions: int


@attrs.frozen(kw_only=True)
class Code:
    """A package as a version of a function has it.

    Args:
        sha256: The digest of the archive, and the name of the folder.
        runtime: For instance ``"python3.12"``.
        architecture: For instance ``"x86_64"``.
        handler: For instance ``"index.handler"``.
        entry: The callable inside, for people.
        size: Of the archive, in bytes.
        dependencies: The distributions inside.
        include_files: The files that the user wanted to go along.
    """

    sha256: str
    runtime: str
    architecture: str
    handler: str
    entry: str
    size: int
    dependencies: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    include_files: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class Version:
    """One state of a function's code."""

    number: int
    code: Code
    created_at: datetime


@attrs.frozen(kw_only=True)
class Function:
    """A deployed function."""

    name: str
    settings: Settings
    environment: Mapping[str, str] = attrs.field(converter=to_mapping, repr=False)
    tags: Mapping[str, str] = attrs.field(converter=to_mapping)
    live: Version
    paused: bool
    created_at: datetime
    updated_at: datetime


@attrs.frozen(kw_only=True)
class Timer:
    """A schedule of a deployed function.

    Args:
        function: The function's name.
        name: The trigger's name.
        expression: In the canonical spelling.
        timezone: Of the expression.
        persistent: Of a calendar.
        period: Of a fixed interval, in seconds; ``None`` for a calendar.
        start_on: Of a fixed interval.
        relative_to: Of a fixed interval.
        anchor: When it was deployed: intervals are counted from here, and nothing earlier is due.
        cursor: The last due time that was considered.
    """

    function: str
    name: str
    expression: str
    timezone: str
    persistent: bool
    period: int | None
    start_on: Literal["boot", "login", "command"]
    relative_to: Literal["start", "finish"]
    anchor: datetime
    cursor: datetime

    @property
    def schedule(self) -> Schedule:
        """The schedule that it was made from."""
        if self.period is not None:
            return Periodic(self.period, self.start_on, self.relative_to)
        return Calendar(self.expression, self.timezone, persistent=self.persistent)

    @property
    def text(self) -> str:
        """Expression and zone, for people."""
        return self.expression if self.timezone == "UTC" else f"{self.expression} {self.timezone}"


@attrs.frozen(kw_only=True)
class Run:
    """One run of a function, or a due time that was skipped.

    Args:
        id: Identifies it, in its log too.
        function: The function's name.
        schedule: The expression that was due; ``None`` for a run that somebody asked for.
        scheduled_for: The due time, aware; ``None`` for a run that somebody asked for.
        attempt: 1, and one more for each retry.
        state: Waiting, under way or over.
        started_at: Aware; ``None`` when it was not begun.
        ended_at: Aware; ``None`` when it is not over.
        outcome: How it ended; ``None`` when it is not over.
        exit_code: Of the process, negative for a signal; ``None`` when there was none.
        duration_ms: How long the process took, in milliseconds.
        version: The version of the code that ran.
        value: What the function returned, as JSON gives it back.
        error: Why it failed, or why it was skipped.
    """

    id: str
    function: str
    schedule: str | None
    scheduled_for: datetime | None
    attempt: int
    state: State
    started_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    exit_code: int | None
    duration_ms: float | None
    version: int | None
    value: Any = attrs.field(repr=False)
    error: str | None = attrs.field(repr=False)

    def __str__(self) -> str:
        due = f" due {self.scheduled_for:%Y-%m-%d %H:%M:%S %Z}" if self.scheduled_for else " by hand"
        again = f", attempt {self.attempt}" if self.attempt > 1 else ""
        took = f" after {self.duration_ms:.0f} ms" if self.duration_ms is not None else ""
        first_line = f": {self.error.splitlines()[0]}" if self.error else ""
        return f"{short_id(self.id)} {self.function}{due}{again}: {self.outcome or self.state}{took}{first_line}"
