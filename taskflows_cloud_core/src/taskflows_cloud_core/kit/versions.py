"""Which version of a function to return to, and which to remove."""

from __future__ import annotations

from collections.abc import Container, Sequence

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.results import FunctionVersion


def version_to_restore(
    function_name: str, versions: Sequence[FunctionVersion], wanted: str | None = None
) -> FunctionVersion:
    """Choose the version for a rollback.

    Args:
        function_name: For the error.
        versions: All that are kept, newest first.
        wanted: The version that the user asked for; ``None`` is the one before the live one.

    Returns:
        The version; it may be the live one when that was asked for.

    Raises:
        OperationError: There is no such version, or none before the live one.
    """
    live = next((index for index, version in enumerate(versions) if version.is_live), len(versions))
    if wanted is None:
        chosen = next(iter(versions[live + 1 :]), None)
        missing = (
            f"no version before {versions[live].version}, which is live" if live < len(versions) else "no live version"
        )
    else:
        chosen = next((version for version in versions if version.version == wanted), None)
        missing = f"no version {wanted!r}"
    if chosen is None:
        kept = ", ".join(version.version for version in versions) or "none"
        raise OperationError(f"{function_name!r} has {missing}; kept versions: {kept}")
    return chosen


def surplus_versions(
    versions: Sequence[FunctionVersion], *, kept: int, in_use: Container[str] = ()
) -> list[FunctionVersion]:
    """Choose the versions to remove: the oldest, but neither the live one nor one in use.

    Args:
        versions: All that are kept, newest first.
        kept: How many are to stay, the live one included.
        in_use: Versions that runs under way need.

    Returns:
        What is to be removed, newest first.
    """
    others = [version for version in versions if not version.is_live]
    most = kept - (len(versions) - len(others))
    return [version for version in others[max(most, 0) :] if version.version not in in_use]
