"""Finished archives on this disk, each named by its content."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import attrs

from taskflows_cloud_core.packaging.archive import ArchiveWriter, WrittenPart
from taskflows_cloud_core.packaging.blocks import Block
from taskflows_cloud_core.packaging.cache import cache_folder, prune_sometimes


class SharedBlock:
    """A block that many archives begin with: read, hashed and written once, then copied.

    Args:
        block: For instance the files of a set of dependencies.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self._written: Path | None = None
        self._alone: tuple[Path, str, int] | None = None

    @cached_property
    def layer(self) -> SharedBlock:
        """The same files below ``python/``, where the runtimes of clouds look for them in a layer."""
        return SharedBlock(Block(attrs.evolve(item, path=f"python/{item.path}") for item in self.block.members))

    def store_alone(self) -> tuple[Path, str, int]:
        """Write an archive of the block and nothing else, once; see `store_archive`."""
        if self._alone is None or not _is_there(self._alone[0], self._alone[2]):
            self._alone = store_archive(self, Block(()))
        return self._alone

    @cached_property
    def part(self) -> WrittenPart:
        """The state of a writer after the block."""
        writer = ArchiveWriter(_nowhere)
        writer.add(self.block.members)
        return writer.part()

    def write_to(self, stream: BinaryIO) -> None:
        """Write the bytes of the block, from an archive that begins with them when there is one."""
        if self._written is not None and self._written.is_file():
            with self._written.open("rb") as source:
                _copy(source, stream, self.part.size)
        else:
            ArchiveWriter(stream.write).add(self.block.members)

    def remember(self, path: Path) -> None:
        """Note an archive that begins with the block."""
        self._written = path


def store_archive(shared: SharedBlock, own: Block) -> tuple[Path, str, int]:
    """Write an archive into the cache, unless it is there already.

    A file appears under its name only when it is whole, so builders may run side by side and be killed.

    Args:
        shared: What stands first in it.
        own: What comes after that.

    Returns:
        The file, its sha256 in hexadecimal and its size in bytes.
    """
    end = bytearray()
    writer = ArchiveWriter(end.extend)
    writer.resume(shared.part)
    writer.add(own.members)
    sha256, size = writer.finish()
    path = cache_folder("packages") / f"{sha256}.zip"
    if not _is_there(path, size):
        _write(path, shared, end)
    shared.remember(path)
    return path, sha256, size


def _is_there(path: Path, size: int) -> bool:
    try:
        os.utime(path)  # when it was last of use
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(path: Path, shared: SharedBlock, end: bytearray) -> None:
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            shared.write_to(stream)
            stream.write(end)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    prune_sometimes(path.parent)


def _copy(source: BinaryIO, stream: BinaryIO, size: int) -> None:
    if not hasattr(os, "sendfile"):
        shutil.copyfileobj(source, stream)
        stream.truncate(size)
        stream.seek(size)
        return
    done = 0
    while done < size:
        done += os.sendfile(stream.fileno(), source.fileno(), done, size - done)
    stream.seek(size)


def _nowhere(_piece: bytes | memoryview) -> None:
    """Take a piece that is only to be hashed."""
