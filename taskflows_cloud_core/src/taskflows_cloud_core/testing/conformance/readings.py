"""What the fixtures of a harness return: what a place has deployed and run, read with the test's own client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.results import CloudDeploymentResult


@attrs.frozen(kw_only=True)
class FiredRun:
    """A run that the schedules of a function started.

    Args:
        occurrence: The due time that the platform says the run is for, as ``str(context.occurrence)`` spells it;
            ``None`` when it says nothing.
        attempts: How many times the function was called for it.
        event: What the last attempt was called with, as the platform has it.
        value: What the last attempt returned.
        error: Why the last attempt failed, or why it could not start; ``None`` when it returned.
        lines: What all attempts wrote to the log.
    """

    occurrence: str | None
    attempts: int = 1
    event: Any = None
    value: Any = None
    error: str | None = None
    lines: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class DeployedSchedule:
    """A schedule as the place holds it, with what it would run. ``None`` stands for what the place does not hold.

    Args:
        expression: In the language of the place.
        timezone: ``"UTC"`` or an IANA name.
        enabled: Whether it fires.
        code: The SHA-256 of the package that it would run, in hexadecimal digits.
        memory_mb: The memory of such a run, in MiB.
        timeout_seconds: The time that such a run may take, in seconds.
        retries: How many times such a run is repeated when it fails.
    """

    expression: str
    timezone: str = "UTC"
    enabled: bool = True
    code: str | None = None
    memory_mb: int | None = None
    timeout_seconds: int | None = None
    retries: int | None = None


Fire: TypeAlias = Callable[[CloudEnvironment, str, datetime], Sequence[FiredRun]]
ReadSchedules: TypeAlias = Callable[[CloudEnvironment, str], Sequence[DeployedSchedule]]
MakeForeign: TypeAlias = Callable[[CloudEnvironment, ResourceKey], Callable[[], Any] | None]
ReadTexts: TypeAlias = Callable[[CloudEnvironment, str], Sequence[str]]
MakeMany: TypeAlias = Callable[[CloudEnvironment, int], Sequence[str]]
CannotStart: TypeAlias = Callable[[CloudEnvironment, str], CloudDeploymentResult]
