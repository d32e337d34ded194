"""What packaging makes, and for what machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

import attrs

from taskflows_cloud_core._frozen import to_frozenset, to_tuple

ADAPTERS = ("aws_lambda", "command", "http")
"""The ways into a package: how a platform passes the event, the occurrence and the result."""


def is_this_machine(target: PackageTarget) -> bool:
    """Whether code that was compiled here runs on the target."""
    return target.platform is None and target.python_version == f"{sys.version_info.major}.{sys.version_info.minor}"


def running_target(python_version: str) -> PackageTarget:
    """The machine that runs this, with one of its Pythons.

    Args:
        python_version: ``"3.12"``.

    Returns:
        A target of this machine's platform, without limits and with nothing provided.
    """
    return PackageTarget(python_version=python_version)


def _check_adapter(_instance: object, _attribute: attrs.Attribute[str], value: object) -> None:
    if value not in ADAPTERS:
        listed = ", ".join(map(repr, ADAPTERS))
        raise ValueError(f"PackageTarget.adapter is {value!r}; there are {listed}")


@attrs.frozen(kw_only=True)
class PackageTarget:
    """The machine on which a package will run.

    Args:
        python_version: ``"3.12"``.
        platform: The platform in uv's spelling, for instance ``"x86_64-manylinux_2_34"``; ``None`` is this
            machine's.
        adapter: How the platform starts a run: ``"aws_lambda"``, ``"http"`` (a request for each run) or ``"command"``
            (a process for each run).
        provided: Distributions that the runtime has already, in normalised spelling.
        max_archive_bytes: The largest archive that the target takes; ``None`` is no limit.
        max_unpacked_bytes: The largest sum of file sizes that the target takes; ``None`` is no limit.
        layer_folder: The folder inside a layer from which the target imports, for instance ``"python"``; ``""`` is
            the top of the archive.
    """

    python_version: str
    platform: str | None = None
    adapter: str = attrs.field(default="command", validator=_check_adapter)
    provided: frozenset[str] = attrs.field(default=frozenset(), converter=to_frozenset)
    max_archive_bytes: int | None = None
    max_unpacked_bytes: int | None = None
    layer_folder: str = ""


@attrs.frozen(kw_only=True)
class PackagedFile:
    """One file of a package.

    Args:
        path: Its place in the archive, with forward slashes.
        size: In bytes, unpacked.
        sha256: In hexadecimal.
    """

    path: str
    size: int
    sha256: str


class ArchiveContent(Protocol):
    """The bytes of an archive, however they are kept. A ``Path`` has them in its file."""

    @property
    def path(self) -> Path:
        """A file with them."""

    def read_bytes(self) -> bytes:
        """All of them."""


@attrs.frozen
class ArchiveFile:
    """An archive that is a file already."""

    path: Path

    def read_bytes(self) -> bytes:
        """All bytes of the file."""
        return self.path.read_bytes()


def _to_content(value: Path | ArchiveContent) -> ArchiveContent:
    return ArchiveFile(value) if isinstance(value, Path) else value


@attrs.frozen(kw_only=True)
class PackageLayer:
    """Distributions that many functions share, apart from the functions' own code.

    Args:
        path: The archive on this disk, named by its content; everything in it is in the target's
            ``layer_folder``.
        sha256: The digest of the archive, in hexadecimal.
        size: Of the archive, in bytes.
        unpacked_size: The sum of the sizes of its files, in bytes.
        dependencies: The distributions inside, as ``"name==version"``, sorted.
    """

    path: Path
    sha256: str
    size: int
    unpacked_size: int
    dependencies: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)


@attrs.frozen(kw_only=True)
class Package:
    """A function's code, ready to run elsewhere.

    Args:
        path: The archive: its file, or what puts it together when it is wanted.
        sha256: The digest of the archive, in hexadecimal.
        size: Of the archive, in bytes.
        unpacked_size: The sum of the sizes of its files, in bytes.
        handler: What the platform calls, ``"index.handler"``, or starts with Python, ``"index.py"``.
        entry: The callable inside, for people: ``"jobs:report"``.
        python_version: ``"3.12"``.
        dependencies: The distributions inside, as ``"name==version"``, sorted.
        include_files: What the user wanted to go along, as it was given.
        contents: Its files, sorted by path.
        warnings: What the user should know about it.
        layer: The dependencies, when they were wanted apart; ``None`` when they are in the archive, or there
            are none.
    """

    _content: ArchiveContent = attrs.field(alias="path", converter=_to_content, eq=False, repr=False)
    sha256: str
    size: int
    unpacked_size: int
    handler: str = "index.py"
    entry: str
    python_version: str
    dependencies: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    include_files: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    contents: tuple[PackagedFile, ...] = attrs.field(default=(), converter=to_tuple, repr=False)
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    layer: PackageLayer | None = None

    @property
    def path(self) -> Path:
        """The archive on this disk, named by its content and never changed; written when it is first asked for."""
        return self._content.path

    def read_bytes(self) -> bytes:
        """The archive, without a file of it: what many functions have in common is kept once."""
        return self._content.read_bytes()

    @property
    def size_mb(self) -> float:
        """The size of the archive in MiB, to three places."""
        return round(self.size / 2**20, 3)
