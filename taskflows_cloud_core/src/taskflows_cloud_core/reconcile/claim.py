"""Who is at work on a function: a record that keeps two deployers from mixing their changes."""

from __future__ import annotations

from datetime import datetime

import attrs


@attrs.frozen(kw_only=True)
class Claim:
    """One deployment, update or deletion that is under way, as it is written beside the function.

    Args:
        id: Tells this one from every other.
        host: The name of the machine that it runs on, for people.
        machine: Tells that machine, and the container on it, from others.
        pid: The process.
        started: When that process began, in the system's own spelling, so that a reused number is not taken for it.
        begun_at: When it began; aware.
        renewed_at: When its holder last said that it is still at work; aware.
        revision: What the place calls this state of the record, for conditional writes; empty where it has none.
    """

    id: str
    host: str
    machine: str
    pid: int
    started: str
    begun_at: datetime
    renewed_at: datetime
    revision: str = attrs.field(default="", eq=False)

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.begun_at:%Y-%m-%d %H:%M:%S} UTC"
