"""Finished archives: put together when their bytes are wanted, on this disk when a file is."""

from __future__ import annotations

import mmap
import os
import tempfile
from functools import cached_property
from pathlib import Path

import attrs

from taskflows_cloud_core.packaging.archive.section import Block
from taskflows_cloud_core.packaging.archive.zip_writer import ArchiveWriter, WrittenPart
from taskflows_cloud_core.packaging.caching.disk import cache_folder, prune_sometimes
from taskflows_cloud_core.packaging.package import ArchiveFile

_KEPT_IN_MEMORY = 2**20
"""An archive's own part of more bytes than this is written to the disk at once."""


class SharedBlock:
    """A block that many archives begin with: read, hashed and written once, then copied.

    Args:
        block: For instance the files of a set of dependencies.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self._alone: StoredArchive | None = None
        self._in_folders: dict[str, SharedBlock] = {}
        self._is_asked_again = False

    def in_folder(self, folder: str) -> SharedBlock:
        """The same files in a folder, where a target looks for them in a layer; made once.

        Args:
            folder: A relative path with forward slashes; ``""`` is the top of the archive.
        """
        if not folder:
            return self
        if folder not in self._in_folders:
            moved = Block(attrs.evolve(item, path=f"{folder}/{item.path}") for item in self.block.members)
            self._in_folders[folder] = SharedBlock(moved)
        return self._in_folders[folder]

    def store_alone(self) -> StoredArchive:
        """An archive of the block and nothing else, on this disk."""
        if self._alone is None or not self._alone.is_on_disk():
            self._alone = store_archive(self, Block(()))
            self._alone.path.stat()
        return self._alone

    @cached_property
    def _written(self) -> tuple[WrittenPart, list[bytes | memoryview]]:
        pieces: list[bytes | memoryview] = []
        writer = ArchiveWriter(pieces.append)
        writer.add(self.block.members)
        return writer.part(), pieces

    @property
    def part(self) -> WrittenPart:
        """The state of a writer after the block."""
        return self._written[0]

    def followed_by(self, end: bytes) -> bytes:
        """The bytes of the block and what comes after it; the second archive that asks makes a copy to take from."""
        if self._is_asked_again:
            return b"".join((self.content, end))
        self._is_asked_again = True
        return b"".join((*self._written[1], end))

    @cached_property
    def content(self) -> memoryview:
        """The bytes of the block, in a file without a name that ends with the last use of them."""
        part, pieces = self._written
        if not part.size:
            return memoryview(b"")
        with tempfile.TemporaryFile(prefix=".", suffix=".part", dir=cache_folder("packages")) as stream:
            stream.writelines(pieces)
            stream.flush()
            return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


class StoredArchive:
    """An archive that begins with a shared block.

    Args:
        shared: What stands first in it.
        end: What comes after that; let go when it is large and on the disk.
        sha256: Of the whole, in hexadecimal.
        size: Of the whole, in bytes.
    """

    def __init__(self, shared: SharedBlock, end: bytes, *, sha256: str, size: int) -> None:
        self._shared = shared
        self._end: bytes | None = end
        self.sha256 = sha256
        self.size = size
        if len(end) > _KEPT_IN_MEMORY:
            self._path(end)
            self._end = None

    def __reduce__(self) -> tuple[type[ArchiveFile], tuple[Path]]:
        # A copy that goes to another process finds the bytes in the cache.
        return ArchiveFile, (self.path,)

    @property
    def path(self) -> Path:
        """The archive in the cache, written there when it is not."""
        return self._place if self._end is None else self._path(self._end)

    def read_bytes(self) -> bytes:
        """The whole archive, put together in memory."""
        return self._place.read_bytes() if self._end is None else self._shared.followed_by(self._end)

    def is_on_disk(self) -> bool:
        """Whether the cache has it."""
        return _is_there(self._place, self.size)

    @cached_property
    def _place(self) -> Path:
        return cache_folder("packages") / f"{self.sha256}.zip"

    def _path(self, end: bytes) -> Path:
        if not self.is_on_disk():
            _write(self._place, self._shared, end)
        return self._place


def store_archive(shared: SharedBlock, own: Block) -> StoredArchive:
    """Put an archive together.

    A file appears under its name only when it is whole, so builders may run side by side and be killed.

    Args:
        shared: What stands first in it.
        own: What comes after that.
    """
    end = bytearray()
    writer = ArchiveWriter(end.extend)
    writer.resume(shared.part)
    writer.add(own.members)
    sha256, size = writer.finish()
    return StoredArchive(shared, bytes(end), sha256=sha256, size=size)


def _is_there(path: Path, size: int) -> bool:
    try:
        os.utime(path)  # when it was last of use
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(path: Path, shared: SharedBlock, end: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(shared.content)
            stream.write(end)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    prune_sometimes(path.parent)
