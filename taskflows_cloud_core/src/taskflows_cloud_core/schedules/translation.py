"""What became of a schedule in a provider's own language."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.schedules.calendar import Calendar
from taskflows_cloud_core.schedules.periodic import Periodic

Schedule: TypeAlias = Calendar | Periodic
_MOST_SHOWN = 4
Verdict: TypeAlias = Literal["exact", "approximate", "refused"]


@attrs.frozen(kw_only=True)
class ScheduleExpression:
    """One line in a provider's schedule language.

    Args:
        expression: For instance ``"cron(00 14 ? * MON-FRI *)"``.
        timezone: ``"UTC"`` or the IANA name in which the provider reads the expression.
        service: The part of the provider that runs it, for instance ``"rule"`` or ``"scheduler"``.
        window_minutes: The provider starts each run at a moment of its own choice within this many minutes
            after the time; 0 is on time.
    """

    expression: str
    timezone: str = "UTC"
    service: str = ""
    window_minutes: int = 0

    def __str__(self) -> str:
        zone = "" if self.timezone == "UTC" else f" {self.timezone}"
        return f"{self.expression}{zone}"


@attrs.frozen(kw_only=True)
class Translation:
    """A schedule in a provider's language, or the reason why it cannot be said there.

    Args:
        schedule: The schedule that was translated.
        expressions: They fire, together, when the schedule does, and never two at the same instant. Empty
            when the schedule was refused.
        exact: Whether the expressions fire at the schedule's moments and at no others.
        reason: Why the translation is not exact, or why there is none. ``None`` when it is exact.
        warnings: What differs without touching the moments, for instance that a period is measured from
            the start of a run although its finish was asked for.
        is_over: Whether there is nothing to say because the schedule has fired for the last time. A deployment
            bears that, with the reason as a warning; other refusals stop it.
    """

    schedule: Schedule
    expressions: tuple[ScheduleExpression, ...] = attrs.field(default=(), converter=to_tuple)
    exact: bool = True
    reason: str | None = None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    is_over: bool = False

    @classmethod
    def refused(cls, schedule: Schedule, reason: str, *, is_over: bool = False) -> Translation:
        """The translation of a schedule that cannot be said."""
        return cls(schedule=schedule, exact=False, reason=reason, is_over=is_over)

    @property
    def verdict(self) -> Verdict:
        """``"exact"``, ``"approximate"`` or ``"refused"``."""
        if not self.expressions:
            return "refused"
        return "exact" if self.exact else "approximate"

    def __str__(self) -> str:
        shown = self.expressions[:_MOST_SHOWN]
        said = ", ".join(str(expression) for expression in shown) or "nothing"
        if len(self.expressions) > len(shown):
            said += f" and {len(self.expressions) - len(shown)} more"
        because = f" ({self.reason})" if self.reason else ""
        return f"{self.schedule} -> {said}: {self.verdict}{because}"


@attrs.frozen(kw_only=True)
class Trigger:
    """One expression of a function's schedules, with a name that depends on nothing but itself.

    Args:
        schedule: The schedule that the expression comes from.
        expression: What the provider is told.
        name: Ten hexadecimal digits, the same for the same expression in every run.
    """

    schedule: Schedule
    expression: ScheduleExpression
    name: str
