"""A zip file that depends on nothing but its content.

The format is written here, not by `zipfile`, because members may come compressed from elsewhere, and because
`zipfile` writes what differs between machines. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import attrs

from taskflows_cloud_core.errors import PackagingError

STORED, DEFLATED = 0, 8
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_VERSION = 20
_MADE_BY_UNIX = 3 << 8 | _VERSION
_UTF8 = 0x800
_TIME, _DATE = 0, 1 << 5 | 1  # 1980-01-01 00:00, the first moment that the format knows
_REGULAR_FILE = 0o100000
_MAX_MEMBERS = 0xFFFF
MAX_FILE_BYTES = _MAX_BYTES = 0x7FFFFFFF


@attrs.frozen(kw_only=True)
class Member:
    """One file of an archive, compressed already.

    Args:
        path: Its place, relative, with forward slashes.
        origin: Where it comes from, for people.
        size: In bytes, unpacked.
        sha256: Of the unpacked bytes, in hexadecimal.
        crc: CRC-32 of the unpacked bytes.
        method: ``STORED`` or ``DEFLATED``.
        compressed: What stands in the archive.
        executable: Whether it has mode 0755 instead of 0644.
    """

    path: str
    origin: str
    size: int
    sha256: str
    crc: int
    method: int
    compressed: bytes | memoryview = attrs.field(repr=False)
    executable: bool = False

    @classmethod
    def of(cls, path: str, data: bytes, *, origin: str, executable: bool = False) -> Member:
        """Compress ``data``; what does not get smaller is stored."""
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
        smaller = len(packed) < len(data)
        return cls(
            path=path,
            origin=origin,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            crc=zlib.crc32(data),
            method=DEFLATED if smaller else STORED,
            compressed=packed if smaller else data,
            executable=executable,
        )


class ArchiveWriter:
    """Writes an archive piece by piece and hashes it on the way.

    Args:
        write: Takes the pieces in order.
    """

    def __init__(self, write: Callable[[bytes | memoryview], object]) -> None:
        self._write = write
        self._digest = hashlib.sha256()
        self._size = 0
        self._directory: list[bytes] = []

    def add(self, members: Iterable[Member]) -> None:
        """Append members; each path once in an archive, see `Block`."""
        for member in members:
            name = member.path.encode()
            facts = _facts(member, name)
            self._directory.append(_central_record(member, facts, name, self._size))
            self._append(_LOCAL.pack(0x04034B50, _VERSION, *facts) + name)
            self._append(member.compressed)

    def resume(self, part: WrittenPart) -> None:
        """Go on after a part that the caller has written already, at the beginning."""
        self._digest, self._size, self._directory = part.digest.copy(), part.size, list(part.directory)

    def part(self) -> WrittenPart:
        """What was written so far, for `resume`."""
        return WrittenPart(digest=self._digest.copy(), size=self._size, directory=tuple(self._directory))

    def finish(self) -> tuple[str, int]:
        """Write the directory.

        Returns:
            The sha256 of the archive in hexadecimal, and its size in bytes.

        Raises:
            PackagingError: There are more members or bytes than the format holds.
        """
        count, start = len(self._directory), self._size
        if count > _MAX_MEMBERS or start > _MAX_BYTES:
            raise PackagingError(
                f"the package has {count} files and {start} bytes; a zip archive holds 65535 and 2 GiB"
            )
        records = b"".join(self._directory)
        self._append(records)
        self._append(_END.pack(0x06054B50, 0, 0, count, count, len(records), start, 0))
        return self._digest.hexdigest(), self._size

    def _append(self, piece: bytes | memoryview) -> None:
        self._write(piece)
        self._digest.update(piece)
        self._size += len(piece)


@attrs.frozen(kw_only=True)
class WrittenPart:
    """The state of a writer: enough to go on elsewhere after the same bytes.

    Args:
        digest: Of the bytes; copy it before use.
        size: Their number.
        directory: The records of their members.
    """

    digest: Any
    size: int
    directory: tuple[bytes, ...] = attrs.field(repr=False)


def _facts(member: Member, name: bytes) -> tuple[int, ...]:
    packed = len(member.compressed)
    return (_UTF8, member.method, _TIME, _DATE, member.crc, packed, member.size, len(name), 0)


def _central_record(member: Member, facts: tuple[int, ...], name: bytes, offset: int) -> bytes:
    if offset > _MAX_BYTES:
        raise PackagingError("the package has more than 2 GiB, which is more than a zip archive holds")
    mode = _REGULAR_FILE | (0o755 if member.executable else 0o644)
    return _CENTRAL.pack(0x02014B50, _MADE_BY_UNIX, _VERSION, *facts, 0, 0, 0, mode << 16, offset) + name
