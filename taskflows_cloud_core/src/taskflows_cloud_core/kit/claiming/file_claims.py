"""Claims as files of a folder, for places that are a folder of this machine."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import attrs

from taskflows_cloud_core.errors import OperationError, PermissionDeniedError
from taskflows_cloud_core.kit.claiming.claims import decode_claim, encode_claim
from taskflows_cloud_core.kit.names import shortened
from taskflows_cloud_core.reconcile import Claim

# The usual file systems take 255 bytes (Linux, limits.h, NAME_MAX).
_FILE_NAME_CHARACTERS = 255


@attrs.frozen
class FileClaims:
    """A `ClaimStore` that keeps each claim in a file of its own; the lock around a change goes with its process.

    Args:
        folder: Is made when the first claim is written, with its missing parents. It is removed with the last claim,
            and so are the parents that were made for it and hold nothing else.
    """

    folder: Path
    _made: list[Path] = attrs.field(factory=list, eq=False, repr=False)

    def read(self, function_name: str) -> Claim | None:
        """The claim on a function.

        Raises:
            OperationError: The file holds something else.
        """
        path = self._path(function_name)
        try:
            with _as_operation_errors(path):
                text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            return decode_claim(text)
        except ValueError as error:
            raise OperationError(f"{path} is not a claim ({error}); when nobody deploys here, delete it") from None

    def write(self, function_name: str, claim: Claim, *, replacing: Claim | None) -> bool:
        """Write a claim when the record is still ``replacing``."""
        with self._locked():
            if self.read(function_name) != replacing:
                return False
            handle, draft = tempfile.mkstemp(dir=self.folder, prefix=".draft-")
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(encode_claim(claim))
            Path(draft).replace(self._path(function_name))
            return True

    def clear(self, function_name: str, claim: Claim) -> None:
        """Remove a claim that is still the same."""
        if not self.folder.exists():
            return
        with self._locked():
            if self.read(function_name) == claim:
                self._path(function_name).unlink()
            for draft in self.folder.glob(".draft-*"):
                draft.unlink(missing_ok=True)
            if not any(self.folder.iterdir()):
                self.folder.rmdir()
        self._remove_made_parents()

    def _remove_made_parents(self) -> None:
        """Leave no trace where nothing came of a change: a function that is not there cannot be paused."""
        for parent in reversed(self._made):
            if parent != self.folder:
                with suppress(OSError):  # it holds something by now, or somebody else has removed it
                    parent.rmdir()
        self._made.clear()

    def _path(self, function_name: str) -> Path:
        return self.folder / shortened(quote(function_name, safe=""), suffix=".json", limit=_FILE_NAME_CHARACTERS)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with _as_operation_errors(self.folder), self._lock():
            yield

    @contextmanager
    def _lock(self) -> Iterator[None]:
        while True:
            self._made.extend(_make_private(self.folder))
            try:
                handle = os.open(self.folder, os.O_RDONLY)
            except FileNotFoundError:
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                # Somebody may have removed the folder that was opened, and made another one.
                if _is_same(handle, self.folder):
                    yield
                    return
            finally:
                os.close(handle)


@contextmanager
def _as_operation_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise PermissionDeniedError(f"permission denied for {error.filename or path}") from error
    except OSError as error:
        raise OperationError(f"{error.filename or path}: {error.strerror or error}") from error


def _make_private(folder: Path) -> list[Path]:
    """Make a folder and its missing parents for their owner alone; those that were made, the uppermost first."""
    missing = [parent for parent in reversed([folder, *folder.parents]) if not parent.exists()]
    for parent in missing:
        parent.mkdir(mode=0o700, exist_ok=True)
    return missing


def _is_same(handle: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except FileNotFoundError:
        return False
