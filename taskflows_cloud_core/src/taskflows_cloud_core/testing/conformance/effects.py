"""What a check does to the place, for those who choose which checks to run on a real one."""

from __future__ import annotations

from typing import Any, Literal, TypeVar, get_args

Effect = Literal["reads", "runs", "changes"]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
_Checks = TypeVar("_Checks", bound=Any)


def reads(checks: _Checks) -> _Checks:
    """Mark a check, or all checks of a class that have no mark, as one that only reads what one deployment made."""
    return _mark(checks, "reads")


def runs(checks: _Checks) -> _Checks:
    """Mark a check, or all checks of a class that have no mark, as one that also runs what it deployed once."""
    return _mark(checks, "runs")


def changes(checks: _Checks) -> _Checks:
    """Mark a check, or all checks of a class that have no mark, as one that changes or deletes what it deployed."""
    return _mark(checks, "changes")


def effect_of(check: object) -> Effect | None:
    """How a check is marked; ``None`` when it is not."""
    effect: Effect | None = getattr(check, "conformance_effect", None)
    return effect


def _mark(checks: _Checks, effect: Effect) -> _Checks:
    found = (
        [value for name, value in vars(checks).items() if name.startswith("test_")]
        if isinstance(checks, type)
        else [checks]
    )
    for check in found:
        if effect_of(check) is None:
            check.conformance_effect = effect
    return checks
