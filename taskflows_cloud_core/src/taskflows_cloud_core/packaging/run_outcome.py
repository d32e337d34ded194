"""What became of a run, as the adapters ``command`` and ``http`` report it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core.packaging.runtime.supervisor import MARK

Outcome: TypeAlias = Literal["ran", "failed", "skipped"]


@attrs.frozen(kw_only=True)
class RunOutcome:
    """What became of one run.

    Args:
        outcome: ``"ran"`` when the function returned, ``"failed"``, or ``"skipped"`` for a run that was not meant to
            happen.
        value: What the function returned, in the types of JSON.
        error_type: The name of the exception's class; ``"TimeoutError"`` after a timeout, ``"ProcessEnded"`` when the
            process ended by itself; ``None`` when it did not fail.
        message: The exception's text, or why the run was skipped; ``None`` when it ran.
        traceback: From the function's first frame on; ``""`` when there is none.
    """

    outcome: Outcome
    value: Any = None
    error_type: str | None = None
    message: str | None = None
    traceback: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did not fail."""
        return self.outcome != "failed"

    @property
    def error(self) -> str | None:
        """Type, message and traceback; ``None`` when it did not fail."""
        return None if self.ok else f"{self.error_type}: {self.message}\n{self.traceback}".rstrip()


def read_outcome(report: str | bytes | Mapping[str, Any]) -> RunOutcome:
    """Read what an adapter wrote into a file or answered to a request.

    Args:
        report: The JSON object, or its text.

    Raises:
        ValueError: It is none of an adapter's.
    """
    found = report if isinstance(report, Mapping) else json.loads(report)
    if not isinstance(found, Mapping) or found.get("outcome") not in ("ran", "failed", "skipped"):
        raise ValueError(f"this is no outcome of a run: {found!r}")
    return RunOutcome(
        outcome=found["outcome"],
        value=found.get("value"),
        error_type=found.get("type"),
        message=found.get("message", found.get("reason")),
        traceback=found.get("traceback", ""),
    )


def find_outcome(lines: Iterable[str], request_id: str) -> RunOutcome | None:
    """Find the line of a log that has the outcome of a run.

    Args:
        lines: Of the log, in the order of time.
        request_id: The run's, as the adapter was given it.

    Returns:
        The last one; ``None`` when there is none.
    """
    found = None
    for line in lines:
        # What the function printed last may have no line break.
        _, mark, report = line.partition(f"{MARK} {request_id} ")
        found = report if mark else found
    return None if found is None else read_outcome(found)
