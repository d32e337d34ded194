"""Deletions, as answers: for ``delete`` and ``prune``."""

from __future__ import annotations

import attrs

from taskflows_cloud_core._frozen import to_tuple
from taskflows_cloud_core.cli.output.answers import Answer
from taskflows_cloud_core.cli.output.terminal import Style
from taskflows_cloud_core.results import DeletionResult, DeploymentError


@attrs.frozen(kw_only=True)
class Removed:
    """What became of the deletion of one function in one place.

    Args:
        function: Its name.
        place: Provider and the options that may be seen.
        success: Whether nothing is left that should be gone.
        deleted: What was removed.
        left: What stays on purpose, with the reason.
        error: What went wrong.
        error_code: The kind of error; see ``explain``.
    """

    function: str
    place: str
    success: bool
    deleted: tuple[str, ...] = attrs.field(converter=to_tuple)
    left: tuple[str, ...] = attrs.field(converter=to_tuple)
    error: str | None
    error_code: str | None

    @classmethod
    def of(cls, result: DeletionResult, place: str) -> Removed:
        """From the result of the call."""
        return cls(
            function=result.function_name,
            place=place,
            success=result.success,
            deleted=result.deleted,
            left=result.left,
            error=result.error,
            error_code=None if result.success else result.error_code or DeploymentError.code,
        )


@attrs.frozen(kw_only=True)
class Candidate:
    """A function of the project that the files no longer name.

    Args:
        function: Its name.
        place: Where it is.
    """

    function: str
    place: str


@attrs.frozen(kw_only=True)
class RemovalAnswer(Answer):
    """What was deleted.

    Args:
        results: One for each function in each place.
    """

    results: tuple[Removed, ...] = attrs.field(converter=to_tuple)

    @property
    def exit_code(self) -> int:
        """1 when one of them failed."""
        return int(not all(result.success for result in self.results))

    def text(self, style: Style) -> str:
        """Some lines for each."""
        return "\n".join(removed_text(result, style) for result in self.results)


def removed_text(result: Removed, style: Style) -> str:
    """What became of one deletion, for people."""
    name = f"{style.strong(result.function)} on {result.place}"
    if not result.success:
        return f"{style.bad('failed')}   {name} [{result.error_code}]: {result.error}"
    if not result.deleted:
        return f"{style.faint('absent')}   {name}: there was nothing to delete"
    lines = [f"{style.good('deleted')}  {name}: {', '.join(result.deleted)}"]
    return "\n".join([*lines, *(f"         left {what}" for what in result.left)])
