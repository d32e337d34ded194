"""Which due time of which schedule a run is for.

It is compiled at cold starts, where an f-string takes more time than the rest of its function.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing else that runs at a cold start imports these
    from datetime import datetime
    from typing import Any

_PLAIN_UTC = len("2027-01-04T09:00:00Z")


class Occurrence:
    """A due time of a schedule. Repeated attempts of a run have the same; its text names it.

    Args:
        schedule: The schedule, as text.
        due: When it was due, in UTC: ``"2027-01-04T09:00:00+00:00"``.
    """

    __slots__ = ("_due", "schedule")

    def __init__(self, schedule: str, due: str) -> None:
        self.schedule = schedule
        self._due = due

    @property
    def due_at(self) -> datetime:
        """When it was due, aware and in UTC."""
        from datetime import datetime

        return datetime.fromisoformat(self._due)

    @property
    def event(self) -> dict[str, str]:
        """The event of the run, where nothing else is given."""
        return {"schedule": self.schedule, "scheduled_time": self._due}

    def __str__(self) -> str:
        return self.schedule + "@" + self._due

    def __repr__(self) -> str:
        return "<Occurrence " + str(self) + ">"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Occurrence) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


def read_occurrence(schedule: Any, due: Any) -> Occurrence:
    """Make an occurrence from the two texts in which a platform hands it over.

    Args:
        schedule: The schedule.
        due: The due time in ISO 8601, with its offset or ``Z``.

    Raises:
        TypeError: One of them is no text.
        ValueError: The due time is none.
    """
    if not isinstance(schedule, str) or not isinstance(due, str):
        raise TypeError("an occurrence has the texts of a schedule and of a due time")
    # As most platforms write it: datetime need not be imported then.
    return Occurrence(schedule, due[:-1] + "+00:00" if len(due) == _PLAIN_UTC and due[-1] == "Z" else _to_utc(due))


def _to_utc(due: str) -> str:
    from datetime import datetime, timezone

    moment = datetime.fromisoformat(due.replace("Z", "+00:00"))  # which knows no Z before Python 3.11
    if moment.tzinfo is None:
        raise ValueError("the due time " + due + " has no offset")
    return moment.astimezone(timezone.utc).isoformat()
