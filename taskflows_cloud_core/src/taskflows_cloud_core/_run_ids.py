"""Identifiers of runs, as people see them."""

from __future__ import annotations

_KEPT_CHARACTERS = 8


def short_id(run_id: str) -> str:
    """Shorten an identifier in the middle: what tells two apart may be at either end.

    Args:
        run_id: For instance a UUID, or a name with a number at its end.

    Returns:
        The first and the last eight characters; the whole when that is no longer.
    """
    if len(run_id) <= 2 * _KEPT_CHARACTERS + 1:
        return run_id
    return f"{run_id[:_KEPT_CHARACTERS]}…{run_id[-_KEPT_CHARACTERS:]}"
