"""What a function that takes ``context`` gets, where the platform has no such object of its own."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from .occurrence import Occurrence


class Context:
    """The description of a run.

    Args:
        request_id: Identifies the run, in its log too.
        function_name: The deployed function.
        memory_mb: The memory that it has; ``None`` when the platform does not say.
        deadline: When the run is ended, aware; ``datetime.max`` when nothing ends it.
        occurrence: The due time that it is for; ``None`` for a manual run.
    """

    def __init__(
        self,
        *,
        request_id: str,
        function_name: str,
        memory_mb: int | None,
        deadline: datetime,
        occurrence: Occurrence | None = None,
    ) -> None:
        self.request_id = request_id
        self.function_name = function_name
        self.memory_mb = memory_mb
        self.deadline = deadline
        self.occurrence = occurrence

    def remaining_ms(self) -> int:
        """How long the run may still take, in milliseconds."""
        return max(0, (self.deadline - utc_now()) // timedelta(milliseconds=1))


def utc_now() -> datetime:
    """The present, aware."""
    return datetime.now(timezone.utc)
