"""What a long operation tells while it works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, TypeAlias

import attrs

Stage: TypeAlias = Literal["check", "package", "plan", "apply"]
Status: TypeAlias = Literal["started", "running", "succeeded", "failed"]
Unit: TypeAlias = Literal["actions", "bytes"]


@attrs.frozen(kw_only=True)
class ProgressEvent:
    """One step begun or ended.

    Args:
        function_name: The function that the step belongs to.
        stage: The step of the pipeline.
        status: Begun, under way (``"running"``, told now and then by what takes long), done or failed.
        message: One line for a person; never a secret, never an environment value.
        done: How many actions of the stage are finished, or how many bytes are there.
        total: How many there are in all; 0 when that is not known.
        unit: What ``done`` and ``total`` count: the stage ``"package"`` tells bytes of downloads.
        place: Where it happens, when a deployment goes to several places at once.
    """

    function_name: str
    stage: Stage
    status: Status
    message: str
    done: int = 0
    total: int = 0
    unit: Unit = "actions"
    place: str = ""

    def __str__(self) -> str:
        count = f" {self.done}/{self.total}" if self.total and self.unit == "actions" else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.function_name}: {self.stage}{count}: {self.message}"


Progress: TypeAlias = Callable[[ProgressEvent], None]


def one_at_a_time(progress: Progress) -> Progress:
    """Let several threads tell, so that no two calls of ``progress`` overlap."""
    lock = threading.Lock()

    def tell(event: ProgressEvent) -> None:
        with lock:
            progress(event)

    return tell


def silent(event: ProgressEvent) -> None:
    """Listen to nothing: the default of every call that takes ``progress``."""
