"""Where the provider keeps things under its root."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from taskflows_cloud_core.errors import OperationError

# For its owner alone: packages and events may hold what others must not read.
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600

NAME_CHARACTERS = 255
"""The longest name: a name is a folder's, and ext4, XFS, Btrfs, APFS and tmpfs take 255 bytes for one."""

# What may become part of a path; each of these characters is one byte.
_NAME = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{NAME_CHARACTERS - 1}}}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_name(name: str) -> bool:
    """Whether a text can be the name of a function here."""
    return _NAME.fullmatch(name) is not None


@attrs.frozen
class Paths:
    """The layout of a root.

    ``state.sqlite3`` holds everything that is known; ``functions/NAME/SHA256/code`` is an unpacked package, with
    the byte code that Python makes of it beside it; ``scratch/RUN`` is there only while a run is under way, and
    ``claims/NAME.json`` while somebody deploys.

    Args:
        root: An absolute path.
    """

    root: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.root / "state.sqlite3"

    @property
    def functions(self) -> Path:
        """One folder a function."""
        return self.root / "functions"

    @property
    def claims(self) -> Path:
        """A file for each deployment that is under way."""
        return self.root / "claims"

    def function(self, name: str) -> Path:
        """All folders of one function's code.

        Raises:
            OperationError: The name could lead elsewhere.
        """
        if not is_name(name):
            raise OperationError(f"{name!r} is no name of a function here")
        return self.functions / name

    def package(self, name: str, sha256: str) -> Path:
        """One unpacked package.

        Raises:
            OperationError: The digest could lead elsewhere.
        """
        if not _SHA256.fullmatch(sha256):
            raise OperationError(f"{sha256!r} is no sha256")
        return self.function(name) / sha256

    def code(self, name: str, sha256: str) -> Path:
        """The files of a package, which nothing changes."""
        return self.package(name, sha256) / "code"

    def byte_code(self, name: str, sha256: str) -> Path:
        """What Python compiled from a package."""
        return self.package(name, sha256) / "pycache"

    def scratch(self, run_id: str) -> Path:
        """What one run may write to; it goes when the run has ended."""
        return self.root / "scratch" / run_id


def private_folder(folder: Path) -> Path:
    """Make a folder and its missing parents for their owner alone; what is there is left as it is."""
    if not folder.exists():
        if folder.parent != folder:
            private_folder(folder.parent)
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder
