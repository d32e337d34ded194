"""What a sweep has found."""

from __future__ import annotations

from collections import Counter

import attrs

from taskflows_cloud_core._frozen import to_tuple


@attrs.frozen(kw_only=True)
class Trial:
    """One operation with one disturbance.

    Args:
        operation: Its name.
        disturbance: Its name.
        number: The number of the call at which it happened, from 0.
        call: The name of that call.
        where: ``"before"`` or ``"after"`` the call took effect.
        problems: What was not as promised, a sentence each.
    """

    operation: str
    disturbance: str
    number: int
    call: str
    where: str
    problems: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def passed(self) -> bool:
        """Whether everything was as promised."""
        return not self.problems

    def __str__(self) -> str:
        head = f"{self.operation}, {self.disturbance} {self.where} call {self.number} {self.call!r}"
        return f"{head}: {'; '.join(self.problems) or 'passed'}"


@attrs.frozen(kw_only=True)
class Report:
    """All trials of a sweep; as text how many have passed, and each one that has not.

    Args:
        trials: In the order in which they were made.
        unreached: How many ended before the call at which something was to happen, since runs may differ by a call.
            They are none of the trials.
    """

    trials: tuple[Trial, ...] = attrs.field(default=(), converter=to_tuple)
    unreached: int = 0

    @property
    def failed(self) -> tuple[Trial, ...]:
        """The trials that have not passed."""
        return tuple(trial for trial in self.trials if not trial.passed)

    def raise_for_failures(self) -> None:
        """Go on when every trial has passed.

        Raises:
            AssertionError: One has not, or there was none. The message is the report.
        """
        if self.failed or not self.trials:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        total, passed = Counter[str](), Counter[str]()
        for trial in self.trials:
            total[f"{trial.operation}, {trial.disturbance}"] += 1
            passed[f"{trial.operation}, {trial.disturbance}"] += trial.passed
        lines = [f"{name}: {passed[name]} of {count}" for name, count in total.items()]
        unreached = f" ({self.unreached} calls not reached)" if self.unreached else ""
        head = f"{len(self.trials) - len(self.failed)} of {len(self.trials)} trials passed{unreached}"
        return "\n".join([head, *lines, *map(str, self.failed)])
