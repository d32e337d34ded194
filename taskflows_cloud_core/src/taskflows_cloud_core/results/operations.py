"""Results of invocations, metrics, cost estimates and diagnoses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core._dict_access import ReadAsDict
from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.results.logs import LogEvent


@attrs.frozen(kw_only=True)
class InvocationResult(ReadAsDict):
    """What one run of a function gave. True when it ended without an exception.

    It can also be read like the ``dict`` that ``taskflows.cloud`` returned, with the keys ``StatusCode``,
    ``Payload`` and, after a failure, ``Error``.

    Args:
        ok: Whether the function returned.
        value: What it returned, as JSON gives it back; ``None`` when it failed or was only started.
        error: The exception's type, message and traceback as text; ``None`` when it returned.
        logs: What it wrote.
        request_id: The provider's identifier of the invocation.
        duration_ms: How long it ran, in milliseconds, when known.
        started_only: Whether it was started without waiting for its end.
    """

    ok: bool
    value: Any = None
    error: str | None = None
    logs: tuple[LogEvent, ...] = attrs.field(default=(), converter=to_tuple)
    request_id: str | None = None
    duration_ms: float | None = None
    started_only: bool = False

    def __bool__(self) -> bool:
        return self.ok

    def _as_dict(self) -> dict[str, Any]:
        if self.started_only:
            return {"StatusCode": 202}
        keys = {"StatusCode": 200, "Payload": self.value}
        return keys if self.ok else {**keys, "Error": self.error}

    def __str__(self) -> str:
        if self.started_only:
            return f"started ({self.request_id})"
        took = f" after {self.duration_ms:.0f} ms" if self.duration_ms is not None else ""
        head = f"returned {self.value!r}{took}" if self.ok else f"failed{took}: {self._error_beside_the_log()}"
        return "\n".join([head, *(f"  {event}" for event in self.logs)])

    def _error_beside_the_log(self) -> str:
        """The error; its first line, when the log has the traceback."""
        first, *rest = (self.error or "").splitlines() or [""]
        logged = {line.strip() for event in self.logs for line in event.message.splitlines()}
        return first if all(line.strip() in logged for line in rest) else "\n".join([first, *rest])


@attrs.frozen(kw_only=True)
class CostEstimate:
    """What a function is likely to cost.

    Args:
        currency: For instance ``"USD"``.
        monthly: The sum for thirty days.
        parts: What it is made of, by name.
        assumptions: What was assumed, one sentence each, with the date of the prices.
    """

    currency: str
    monthly: float
    parts: Mapping[str, float] = attrs.field(factory=dict, converter=to_mapping)
    assumptions: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def total(self) -> float:
        """The sum, whatever span it is about."""
        return self.monthly

    def __str__(self) -> str:
        lines = [f"{self.monthly:.6f} {self.currency}"]
        lines += [f"  {name}: {amount:.6f}" for name, amount in self.parts.items()]
        return "\n".join([*lines, *(f"  assumed: {assumption}" for assumption in self.assumptions)])


@attrs.frozen(kw_only=True)
class FunctionMetrics:
    """How a function did over a span of time.

    Args:
        invocations: How often it ran.
        errors: How many of the runs failed.
        average_duration_ms: The mean length of a run in milliseconds; ``None`` when it never ran.
        start_time: The beginning of the span, aware.
        end_time: The end of the span, aware.
        duration_percentiles_ms: Lengths of runs in milliseconds, by ``"p50"``, ``"p95"`` and ``"p99"``; empty when it
            never ran, or where the provider does not tell.
        cost: What the runs of the span cost at list prices; ``None`` where that is not known. Its ``monthly`` is the
            sum of the span, also read as ``total``.
        throttles: How many starts were put off because too many runs were under way; ``None`` where that is not
            counted.
    """

    invocations: int
    errors: int
    average_duration_ms: float | None
    start_time: datetime
    end_time: datetime
    duration_percentiles_ms: Mapping[str, float] = attrs.field(factory=dict, converter=to_mapping)
    cost: CostEstimate | None = None
    throttles: int | None = None

    def __str__(self) -> str:
        lines = [f"{self.start_time:%Y-%m-%d %H:%M %Z} to {self.end_time:%Y-%m-%d %H:%M %Z}"]
        lines.append(f"  {self.invocations} runs, {self.errors} failed" + self._throttles_text())
        if self.average_duration_ms is not None:
            parts = {"mean": self.average_duration_ms, **self.duration_percentiles_ms}
            lines.append("  " + ", ".join(f"{name} {length:.0f} ms" for name, length in parts.items()))
        if self.cost is not None:
            lines.append(f"  {self.cost.total:.6f} {self.cost.currency}")
        return "\n".join(lines)

    def _throttles_text(self) -> str:
        return f", {self.throttles} throttled" if self.throttles else ""


FindingStatus: TypeAlias = Literal["ok", "warning", "problem"]


@attrs.frozen(kw_only=True)
class Finding:
    """What a look at an environment found: that a thing is as it should be, or what is wrong with it.

    Args:
        subject: What was looked at, for instance ``"credentials"``.
        status: ``"ok"``, ``"warning"`` when it works but a person should know, ``"problem"`` when it will not work.
        message: What was found, one sentence; never a secret.
        remedy: What to do about it, for instance a command; empty when there is nothing to do.
    """

    subject: str
    status: FindingStatus
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{self.status:<7} {self.subject}: {self.message}{remedy}"
