"""Waiting for AWS: always for something, with growing pauses, and never for ever."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import TypeVar

import attrs

from taskflows_cloud_core import OperationError

_T = TypeVar("_T")

_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.1, 1.6, 5.0
_FIRST_SERVER_ERROR = 500
DENIED_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError"}
)
"""What AWS's services answer when the credentials do not permit a call."""
_THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown")
_TOO_MANY = 429
# Two requests for one thing at once, as IAM, EventBridge, Scheduler, CloudWatch Logs and SNS spell it. What IAM cannot
# delete yet still has what was taken from it just now.
_CONFLICTS = frozenset(
    {
        "ConcurrentAccess",
        "ConcurrentAccessException",
        "ConcurrentModification",
        "ConcurrentModificationException",
        "ConflictException",
        "DeleteConflict",
        "OperationAbortedException",
    }
)


def error_code(error: BaseException) -> str:
    """The code of an answer of AWS, for instance ``"ResourceNotFoundException"``; empty for other errors."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def error_message(error: BaseException) -> str:
    """AWS's own words in an answer; empty for other errors."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Message", "")) if isinstance(response, dict) else ""


def is_throttled(error: BaseException) -> bool:
    """Whether AWS asks for fewer requests, in any of its spellings."""
    return _THROTTLED.search(error_code(error)) is not None


def is_overloaded(error: BaseException) -> bool:
    """Whether AWS could not answer for now: too many requests, or an error of its own."""
    response = getattr(error, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(response, dict) else 0
    return is_throttled(error) or int(status) == _TOO_MANY or int(status) >= _FIRST_SERVER_ERROR


def is_conflict(error: BaseException) -> bool:
    """Whether a service refuses for now, because it is at another request for the same thing."""
    return error_code(error) in _CONFLICTS


@attrs.frozen(kw_only=True)
class Waiting:
    """Repeats calls until they succeed or a deadline has passed.

    Args:
        sleep: Takes seconds.
        clock: Gives seconds that never go back.
        stopping: Is set when the user has had enough: then nothing is waited for any longer.
    """

    sleep: Callable[[float], None]
    clock: Callable[[], float]
    stopping: threading.Event = attrs.field(factory=threading.Event, eq=False)

    def _pause(self, seconds: float) -> None:
        self.sleep(seconds)
        if self.stopping.is_set():
            raise OperationError("interrupted while it was waited for; running again goes on")

    def retry(
        self,
        call: Callable[[], _T],
        *,
        seconds: float,
        passing: Callable[[BaseException], bool],
        noting: Callable[[BaseException], None] | None = None,
    ) -> _T:
        """Call again while the answer is an error that will pass by itself.

        Args:
            call: What to do.
            seconds: The deadline. The last error is raised when it has passed.
            passing: Whether an error will pass.
            noting: Is told of the first error that is waited for.

        Returns:
            What the call returned.

        Raises:
            OperationError: The user has interrupted.
        """
        from botocore.exceptions import ClientError

        deadline, pause = self.clock() + seconds, _FIRST_PAUSE
        while True:
            try:
                return call()
            except ClientError as error:
                if not passing(error) or self.clock() + pause > deadline:
                    raise
                if noting is not None:
                    noting(error)
                    noting = None
            self._pause(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def until(self, probe: Callable[[], _T | None], *, seconds: float, what: str) -> _T:
        """Ask again until there is an answer.

        Args:
            probe: Returns ``None`` for "not yet".
            seconds: The deadline.
            what: What is waited for, for the error.

        Returns:
            The first answer.

        Raises:
            OperationError: The deadline has passed, or the user has interrupted.
        """
        deadline, pause = self.clock() + seconds, _FIRST_PAUSE
        while (answer := probe()) is None:
            if self.clock() + pause > deadline:
                raise OperationError(f"{what} is still not there after {seconds:.0f} seconds; run again later")
            self._pause(pause)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        return answer
