"""What CloudWatch is to watch of a function: ``provider_options["aws"]["alarms"]``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from taskflows_cloud_core import ConfigurationError, Problem
from taskflows_cloud_core.kit import checks
from taskflows_cloud_core.kit.checks import Check
from taskflows_cloud_core.options import build_options

# No account can have more runs in five minutes than this.
_MANY = 10**9
_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "errors": checks.within(range(1, _MANY), optional=True),
        "duration_percent": checks.within(range(1, 101), optional=True),
        "missed_runs": checks.flag,
    }
)


@attrs.frozen(kw_only=True)
class AlarmOptions:
    """The alarms of one function. What is not given is not watched.

    Args:
        errors: Alarm when at least so many runs failed within five minutes.
        duration_percent: Alarm when a run took at least this part of the timeout, in percent.
        missed_runs: Alarm when there was no run for longer than the longest gap that the schedules have. A new
            function is in alarm until its first run.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    errors: int | None = None
    duration_percent: int | None = None
    missed_runs: bool = False

    def __attrs_post_init__(self) -> None:
        problems = checks.find_problems({name: getattr(self, name) for name in _CHECKS}, _CHECKS)
        if problems:
            raise ConfigurationError(problems, subject="alarms")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is watched."""
        return self == AlarmOptions()


def to_alarms(value: Any) -> AlarmOptions:
    """Read what the user gave: a mapping, or the options themselves.

    Raises:
        ConfigurationError: With every unknown name and every value that cannot be used; fields begin with ``alarms``.
    """
    if isinstance(value, AlarmOptions):
        return value
    if not isinstance(value, Mapping):
        message = f"must be a dict such as {{'errors': 1}}, not {type(value).__name__}"
        raise ConfigurationError([Problem(field="alarms", message=message)])
    try:
        return build_options(AlarmOptions, value, subject="alarms")
    except ConfigurationError as error:
        problems = [Problem(field=f"alarms.{found.field}", message=found.message) for found in error.problems]
        raise ConfigurationError(problems, subject="alarms") from None
