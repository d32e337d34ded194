"""What the calls of an environment return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core._dict_access import ReadAsDict
from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core._validators import at_least
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.reconcile import Plan

Level: TypeAlias = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


class DeploymentError(OperationError):
    """A deployment or a deletion that failed; raised by ``raise_for_error()``.

    Args:
        message: The error of the result.
        result: The whole result, with what was done before the failure.
    """

    code = "TFC1505"

    def __init__(self, message: str, *, result: CloudDeploymentResult | DeletionResult) -> None:
        self.result = result
        if result.error_code is not None:
            self.code = result.error_code  # type: ignore[misc]  # this error stands for the one in the result
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., DeploymentError], tuple[Any, ...]]:
        return partial(type(self), result=self.result), self.args


@attrs.frozen(kw_only=True)
class CloudDeploymentResult:
    """What became of a deployment. True when it succeeded.

    Args:
        success: Whether everything that the plan holds was done.
        function_name: The function that was deployed.
        provider: The name of the provider.
        resource_id: The provider's identifier of the function, for instance an ARN. Set whenever something
            was created, also when the deployment failed later.
        metadata: Facts about the deployed function, each provider's own.
        error: What went wrong and what to do about it, one sentence or a short list; ``None`` on success.
        error_code: The `CloudError.code` of what went wrong, where that is known.
        warnings: What the user should know although nothing failed.
        plan: The changes that were to be made; ``None`` when the deployment ended before there was a plan.
    """

    success: bool
    function_name: str
    provider: str
    resource_id: str | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)
    error: str | None = None
    error_code: str | None = None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    plan: Plan | None = attrs.field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.success

    def raise_for_error(self) -> CloudDeploymentResult:
        """Return this result, or raise it as an exception.

        Raises:
            DeploymentError: The deployment failed.
        """
        if not self.success:
            raise DeploymentError(self.error or "the deployment failed", result=self)
        return self

    def __str__(self) -> str:
        if self.success:
            changed = "nothing to change" if self.plan is not None and self.plan.is_empty else "deployed"
            lines = [f"{self.function_name} on {self.provider}: {changed} ({self.resource_id})"]
            for name, expression in dict(self.metadata.get("schedules", {})).items():
                lines.append(f"  schedule {name}: {expression}")
        else:
            lines = [f"{self.function_name} on {self.provider}: failed: {self.error}"]
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings)])


@attrs.frozen(kw_only=True)
class DeletionResult:
    """What became of a deletion. True when nothing is left that should be gone.

    Args:
        success: Whether everything that the plan holds was done. Deleting what is not there succeeds.
        function_name: The function that was deleted.
        provider: The name of the provider.
        deleted: What was removed, one text for each resource.
        left: What stays on purpose, one text for each resource, with the reason.
        error: What went wrong and what to do about it; ``None`` on success.
        error_code: The `CloudError.code` of what went wrong, where that is known.
        warnings: What the user should know although nothing failed.
        plan: The deletions that were to be made.
    """

    success: bool
    function_name: str
    provider: str
    deleted: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    left: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    error: str | None = None
    error_code: str | None = None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    plan: Plan | None = attrs.field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.success

    def raise_for_error(self) -> DeletionResult:
        """Return this result, or raise it as an exception.

        Raises:
            DeploymentError: The deletion failed.
        """
        if not self.success:
            raise DeploymentError(self.error or "the deletion failed", result=self)
        return self

    def __str__(self) -> str:
        if self.success:
            lines = [f"{self.function_name} on {self.provider}: {len(self.deleted)} resources deleted"]
        else:
            lines = [f"{self.function_name} on {self.provider}: deletion failed: {self.error}"]
        lines += [f"  deleted {what}" for what in self.deleted]
        lines += [f"  left {what}" for what in self.left]
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings)])


@attrs.frozen(kw_only=True)
class DeployedFunction(ReadAsDict):
    """One line of a listing. Its fields can also be read as keys.

    Args:
        name: The function's name.
        resource_id: The provider's identifier.
        provider: The name of the provider.
        schedules: The expressions that trigger it, as the provider reads them.
        tags: The user's tags.
        updated_at: When it was last changed, aware.
        runtime: For instance ``"python3.12"``.
        memory_mb: Its memory limit in MiB.
    """

    name: str
    resource_id: str
    provider: str
    schedules: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    tags: Mapping[str, str] = attrs.field(factory=dict, converter=to_mapping)
    updated_at: datetime | None = None
    runtime: str = ""
    memory_mb: int | None = None

    def _as_dict(self) -> dict[str, Any]:
        fields = {field.name: getattr(self, field.name) for field in attrs.fields(type(self))}
        return {**fields, "memory": self.memory_mb, "arn": self.resource_id}

    def __str__(self) -> str:
        when = f", updated {self.updated_at:%Y-%m-%d %H:%M:%S %Z}" if self.updated_at else ""
        return f"{self.name} [{'; '.join(self.schedules) or 'no schedule'}]{when}"


@attrs.frozen(kw_only=True)
class FunctionDescription:
    """All that the provider knows of one function.

    Args:
        function: The line of the listing.
        config: The configuration that is deployed, as far as it can be read back. Environment values and
            schedules are not in it; see ``environment_names`` and ``function.schedules``.
        environment_names: The names of the environment variables.
        unreadable: The fields of ``config`` that the provider could not read back this time.
        metadata: Facts about the deployed function, each provider's own.
    """

    function: DeployedFunction
    config: CloudFunctionConfig
    environment_names: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    unreadable: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)

    def __str__(self) -> str:
        lines = [str(self.function), f"  runtime {self.config.runtime}, {self.config.memory_mb} MiB,"]
        lines[-1] += f" timeout {self.config.timeout_seconds} s"
        if self.environment_names:
            lines.append(f"  environment {', '.join(self.environment_names)}")
        return "\n".join(lines)


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
        request = f" [{self.request_id[:8]}]" if self.request_id else ""
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
class FunctionVersion:
    """One deployed state of a function's code.

    Args:
        version: The provider's identifier; give it to ``rollback_function``.
        created_at: Aware.
        package_sha256: The digest of its package, in hexadecimal.
        is_live: Whether it is the one that runs now.
        description: The function's description at that time, where versions have one.
    """

    version: str
    created_at: datetime
    package_sha256: str
    is_live: bool
    description: str = ""

    def __str__(self) -> str:
        live = " (live)" if self.is_live else ""
        words = f" {self.description}" if self.description else ""
        return f"{self.version}{live} {self.created_at:%Y-%m-%d %H:%M:%S %Z} {self.package_sha256[:12]}{words}"


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
