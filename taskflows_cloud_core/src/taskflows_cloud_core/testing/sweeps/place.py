"""What an author gives: a place for a sweep."""

from __future__ import annotations

import os
import signal
import threading
from abc import ABC, abstractmethod
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.sweeps.attempts import Act, Attempt, KilledError, attempt
from taskflows_cloud_core.testing.sweeps.processes import in_a_process
from taskflows_cloud_core.testing.sweeps.wire import Wire

_DYING = threading.Lock()


class SweptPlace(ABC):
    """A fresh place, made for one trial.

    Attributes:
        wire: The wire that the calls of its environments pass.
    """

    wire: Wire

    @abstractmethod
    def environment(self) -> CloudEnvironment:
        """An environment in the place; a new one each time, as a new process has it, which remembers nothing."""

    @abstractmethod
    def everything(self) -> Any:
        """All that is in the place, read by the test itself and not through the provider.

        Returns:
            Values that can be compared, mostly mappings by kind and name, the same in every fresh place: without times,
            random ids, or the name of the place.
        """

    def firing(self, everything: Any) -> frozenset[Any]:  # noqa: ARG002 - for authors
        """What fires by the clock; a sweep checks that no disturbance silences what fires before and afterwards.

        Args:
            everything: What `everything` has returned.
        """
        return frozenset()

    def run_until_killed(self, act: Act) -> Attempt:
        """Do something while `kill` ends the process at one of its calls.

        By default it is done in this process, and `KilledError` stands for the death.

        Returns:
            An attempt that was broken off, when the process was killed.
        """
        return attempt(act, self.environment(), is_broken_off=True)

    def kill(self) -> None:
        """End the process that is at work; called at the call where it dies, and at all later ones."""
        raise KilledError

    def close(self) -> None:  # noqa: B027 - most places need nothing
        """Let the place go."""


class OutlivingPlace(SweptPlace):
    """A place that outlives the process that deploys, such as a folder or a server: that process is really killed.

    It is a fork of this one, so a sweep of such places runs in a program without other threads.
    """

    _writing: int

    def run_until_killed(self, act: Act) -> Attempt:
        """Do something in a process of its own, which `kill` ends with SIGKILL; its calls are then on the wire here."""
        reading, self._writing = os.pipe()
        try:
            code = in_a_process(lambda: 0 if attempt(act, self.environment()).succeeded else 1)
        finally:
            os.close(self._writing)
        with os.fdopen(reading) as pipe:
            self.wire.calls = pipe.read().splitlines()
        if code == -signal.SIGKILL:
            return Attempt(ended="broken off")
        return Attempt(ended="succeeded") if code == 0 else Attempt(ended="failed", error=f"exit code {code}")

    def kill(self) -> None:
        """Send SIGKILL to this process, which is the one that deploys."""
        # Never released: the calls are reported once, whichever thread is first.
        _DYING.acquire()
        os.write(self._writing, "\n".join(self.wire.calls).encode())
        os.kill(os.getpid(), signal.SIGKILL)
