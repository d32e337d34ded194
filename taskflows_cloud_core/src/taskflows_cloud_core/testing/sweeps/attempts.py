"""One run of an operation, and what was reported to its caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.errors import CloudError, PluginFailedError

Act: TypeAlias = Callable[[CloudEnvironment], Any]
"""Does something with an environment; returns a result with ``success`` and ``error``, or raises."""


class KilledError(BaseException):
    """The death of the process, where the place lives in it: nothing catches it, and no call follows."""


@attrs.frozen(kw_only=True)
class Attempt:
    """What was reported to the caller of an operation.

    Args:
        ended: ``"broken off"`` when an interrupt or the death of the process ended it.
        error: What failed.
        is_unexpected: Whether the error is an exception of the provider's code and not one for users.
    """

    ended: Literal["succeeded", "failed", "broken off"]
    error: str = ""
    is_unexpected: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether success was reported."""
        return self.ended == "succeeded"


def attempt(act: Act, environment: CloudEnvironment, *, is_broken_off: bool = False) -> Attempt:
    """Do something, and record the outcome.

    Args:
        act: What to do.
        environment: Where.
        is_broken_off: Whether an interrupt or a death is under way; otherwise Ctrl-C is that of whoever runs the sweep.
    """
    try:
        result = act(environment)
    except (KeyboardInterrupt, KilledError):
        if not is_broken_off:
            raise
        return Attempt(ended="broken off")
    except CloudError as error:
        return Attempt(ended="failed", error=str(error), is_unexpected=isinstance(error, PluginFailedError))
    except Exception as error:  # noqa: BLE001 - it becomes a failure of the report
        return Attempt(ended="failed", error=f"{type(error).__name__}: {error}", is_unexpected=True)
    if getattr(result, "success", True):
        return Attempt(ended="succeeded")
    return Attempt(ended="failed", error=result.error or "", is_unexpected=result.error_code == PluginFailedError.code)
