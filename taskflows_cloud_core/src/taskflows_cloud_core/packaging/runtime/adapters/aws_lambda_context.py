"""What only some functions need on AWS Lambda: the context, and the occurrence of a scheduled run."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # nothing else that runs at a cold start imports these
    from datetime import datetime
    from typing import Any

    from _taskflows_cloud.occurrence import Occurrence  # type: ignore[import-not-found]  # it is there in a package


_FORM = "the key 'taskflows-cloud' of an event is reserved for {'schedule': text, 'due': ISO 8601}: "


class LambdaContext:
    """The description of a run, with every attribute of Lambda's own context beside ours.

    Args:
        context: Lambda's own.
        occurrence: The due time that the run is for; ``None`` for a manual run.
    """

    def __init__(self, context: Any, occurrence: Occurrence | None) -> None:
        memory = context.memory_limit_in_mb
        self.request_id: str = context.aws_request_id
        self.function_name: str = context.function_name
        self.memory_mb = None if memory is None else int(memory)
        self.occurrence = occurrence
        self._context = context
        self._deadline: datetime | None = None

    @property
    def deadline(self) -> datetime:
        """When the run is ended, aware."""
        if self._deadline is None:
            from datetime import datetime, timedelta, timezone

            self._deadline = datetime.now(timezone.utc) + timedelta(milliseconds=self.remaining_ms())
        return self._deadline

    def remaining_ms(self) -> int:
        """How long the run may still take, in milliseconds."""
        return max(0, int(self._context.get_remaining_time_in_millis()))

    def __getattr__(self, name: str) -> Any:
        if name == "_context":  # not there yet, as in a copy that is being made
            raise AttributeError(name)
        return getattr(self._context, name)


def unwrap(envelope: Any) -> tuple[Any, Occurrence]:
    """Read what our rules and schedules send under the reserved key.

    Args:
        envelope: ``{"schedule": text, "due": ISO 8601}``.

    Returns:
        The event for the function, and the occurrence.

    Raises:
        ValueError: It has another form.
    """
    from _taskflows_cloud.occurrence import read_occurrence

    try:
        schedule, due = envelope["schedule"], envelope["due"]
        if str(due).startswith("<aws."):  # a placeholder that an emulator of AWS has not filled in
            due = _now()
        occurrence = read_occurrence(schedule, due)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(_FORM + str(error)) from None
    return occurrence.event, occurrence


def _now() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).isoformat(timespec="seconds")
