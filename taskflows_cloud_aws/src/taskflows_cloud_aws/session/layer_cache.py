"""What a session knows about layers, so that many functions with the same layer ask for it once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

# Long enough for many functions, short enough that a change behind our back is seen soon.
_SECONDS = 60


class LayerNotes:
    """The listing of layers and the versions that were found good. Safe for threads.

    Args:
        clock: Gives seconds that never go back.
    """

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._versions: dict[str, str] = {}
        self._listing: tuple[float, Mapping[str, str]] | None = None

    def listed(self, ask: Callable[[], Mapping[str, str]], *, afresh: bool) -> Mapping[str, str]:
        """The layers of our making by name, each with the function that it was made for.

        Args:
            ask: Asks AWS.
            afresh: Ask in any case, whoever else is asking.
        """
        if afresh:
            at, found = self._clock(), ask()
            with self._lock:
                self._listing = (at, found)
            return found
        # Many functions at once wait for one answer.
        with self._lock:
            if self._listing is None or self._clock() - self._listing[0] > _SECONDS:
                self._listing = (self._clock(), ask())
            return self._listing[1]

    def version(self, name: str) -> str | None:
        """The ARN of the version that was found good; ``None`` when it is not known."""
        with self._lock:
            return self._versions.get(name)

    def found(self, name: str, version_arn: str) -> None:
        """Remember a good version."""
        with self._lock:
            self._versions[name] = version_arn

    def forget(self, name: str | None = None) -> None:
        """Ask again next time: for the listing, and for the version of a layer."""
        with self._lock:
            self._listing = None
            self._versions.pop(name or "", None)
