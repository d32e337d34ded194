"""What the errors of the file system mean to a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskflows_cloud_core.errors import OperationError, PermissionDeniedError


def not_shared(place: object) -> PermissionDeniedError:
    """The error for a root of another user."""
    return PermissionDeniedError(
        f"permission denied for {place}: a root belongs to the one user who made it and cannot be shared; choose "
        "another with root=..."
    )


@contextmanager
def told_to_a_person(place: Path) -> Iterator[None]:
    """Turn errors of files into errors of the operation.

    Args:
        place: What the block is about, for errors that name no file.

    Raises:
        OperationError: Any ``OSError`` of the block.
    """
    try:
        yield
    except PermissionError as error:
        raise not_shared(error.filename or place) from error
    except OSError as error:
        raise OperationError(f"{error.filename or place}: {error.strerror or error}") from error
