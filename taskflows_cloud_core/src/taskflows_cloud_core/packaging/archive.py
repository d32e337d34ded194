"""A zip file that depends on nothing but its content.

The format is written here, not by `zipfile`, because members may come compressed from elsewhere, and because
`zipfile` writes what differs between machines. Layout: APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence

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
_MAX_BYTES = 0xFFFFFFFF


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


def write_archive(members: Sequence[Member], write: Callable[[bytes | memoryview], object]) -> tuple[str, int]:
    """Write members in the order of their paths.

    Args:
        members: With paths that differ; see `merge`.
        write: Takes the pieces of the archive in order.

    Returns:
        The sha256 of the archive in hexadecimal, and its size in bytes.

    Raises:
        PackagingError: There are more members or bytes than the format holds.
    """
    ordered = sorted(members, key=lambda member: member.path)
    if len(ordered) > _MAX_MEMBERS or sum(len(member.compressed) for member in ordered) > _MAX_BYTES // 2:
        raise PackagingError(f"the package has {len(ordered)} files; a zip archive holds at most 65535 and 2 GiB")
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(ordered):
        write(piece)
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _pieces(members: Sequence[Member]) -> Iterator[bytes | memoryview]:
    offset, directory = 0, []
    for member in members:
        name = member.path.encode()
        facts = (_UTF8, member.method, _TIME, _DATE, member.crc, len(member.compressed), member.size, len(name), 0)
        head = _LOCAL.pack(0x04034B50, _VERSION, *facts) + name
        yield head
        yield member.compressed
        mode = _REGULAR_FILE | (0o755 if member.executable else 0o644)
        directory.append(_CENTRAL.pack(0x02014B50, _MADE_BY_UNIX, _VERSION, *facts, 0, 0, 0, mode << 16, offset) + name)
        offset += len(head) + len(member.compressed)
    records = b"".join(directory)
    yield records
    yield _END.pack(0x06054B50, 0, 0, len(members), len(members), len(records), offset, 0)


def merge(groups: Iterable[Iterable[Member]]) -> list[Member]:
    """Put members together; the same file twice is one.

    Raises:
        PackagingError: Two different files want the same place, or a place that leaves the archive.
    """
    places: dict[str, Member] = {}
    for group in groups:
        for member in group:
            _check_place(member)
            other = places.setdefault(member.path, member)
            if other.sha256 != member.sha256:
                raise PackagingError(
                    f"two files want the place {member.path!r} in the package: one of {other.origin} and one of "
                    f"{member.origin}; rename or leave out one of them"
                )
    for path, member in places.items():
        above = path.rpartition("/")[0]
        while above:
            if above in places:
                raise PackagingError(f"{above!r} is a file of {places[above].origin} and a folder of {member.origin}")
            above = above.rpartition("/")[0]
    return list(places.values())


def first_of_each(members: Iterable[Member]) -> tuple[list[Member], list[str]]:
    """Let the first file have a place that several want.

    Returns:
        One member for each place, and a sentence for each file that had to give way to a different one.
    """
    places: dict[str, Member] = {}
    warnings = []
    for member in members:
        other = places.setdefault(member.path, member)
        if other.sha256 != member.sha256:
            warnings.append(f"{member.path} is in {other.origin} and, differing, in {member.origin}; the first is kept")
    return list(places.values()), warnings


def _check_place(member: Member) -> None:
    parts = member.path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in member.path or "\0" in member.path:
        raise PackagingError(f"{member.origin} has a file with the path {member.path!r}, which no package may hold")
