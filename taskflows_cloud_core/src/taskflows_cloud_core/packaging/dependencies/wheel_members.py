"""The files of a wheel, as they are in it: still compressed."""

from __future__ import annotations

import binascii
import csv
import hashlib
import io
import mmap
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import DEFLATED, MAX_FILE_BYTES, STORED, Member

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_URL_SAFE = str.maketrans("-_", "+/")
_ENCRYPTED = 0x1
_ROOT_SCHEMES = ("purelib", "platlib", "data")
# What tells where and how something was installed.
_RECORDS = frozenset(
    {"RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
)


def wheel_members(wheel: Path, *, name: str) -> Iterator[Member]:
    """List the files of a wheel where an installation puts them, without scripts and records.

    Args:
        wheel: The file.
        name: Of the distribution, with its version, for messages.

    Raises:
        PackagingError: It is no proper wheel; it is taken out of the cache then.
    """
    try:
        with wheel.open("rb") as stream, ZipFile(stream) as archive:
            content = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
            digests = _recorded(archive)
            for info in archive.infolist():
                place = _place(info)
                if place:
                    yield _member(info, place, content, archive, digests.get(info.filename, ""), name)
    except (BadZipFile, struct.error, KeyError, ValueError, NotImplementedError) as error:
        wheel.unlink(missing_ok=True)
        raise PackagingError(f"the wheel of {name} cannot be read, and was taken out of the cache: {error}") from error


def _place(info: ZipInfo) -> str:
    """Where a file is installed; ``""`` when it is left out."""
    parts = info.filename.split("/")
    if info.is_dir():
        return ""
    if parts[0].endswith(".data") and len(parts) > 2:
        parts = parts[2:] if parts[1] in _ROOT_SCHEMES else []
    return "/".join(parts) if parts and not is_left_out(parts) else ""


def is_left_out(parts: Sequence[str]) -> bool:
    """Whether an installed file is of no use in a package: scripts, records of the installation, bytecode."""
    in_metadata = len(parts) == 2 and parts[0].endswith(".dist-info")
    return parts[0] in ("bin", ".lock") or "__pycache__" in parts or (in_metadata and parts[1] in _RECORDS)


def _recorded(archive: ZipFile) -> Mapping[str, str]:
    """The digests in the wheel's RECORD, in hexadecimal."""
    names = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith(".dist-info/RECORD")]
    if len(names) != 1:
        return {}
    found = {}
    for row in csv.reader(io.StringIO(archive.read(names[0]).decode())):
        kind, _, digest = row[1].partition("=") if len(row) > 1 else ("", "", "")
        if kind == "sha256":
            found[row[0]] = binascii.a2b_base64(digest.translate(_URL_SAFE) + "=").hex()
    return found


def _member(info: ZipInfo, place: str, content: memoryview, archive: ZipFile, sha256: str, name: str) -> Member:
    executable = bool(info.external_attr >> 16 & 0o111)
    origin = f"the dependency {name}"
    if info.file_size > MAX_FILE_BYTES:
        raise PackagingError(f"{origin} has the file {place!r} of {info.file_size} bytes; a package holds 2 GiB")
    if info.flag_bits & _ENCRYPTED or info.compress_type not in (STORED, DEFLATED):
        return Member.of(place, archive.read(info), origin=origin, executable=executable)
    _, name_length, extra_length = _LOCAL_HEADER.unpack_from(content, info.header_offset)
    start = info.header_offset + _LOCAL_HEADER.size + name_length + extra_length
    return Member(
        path=place,
        origin=origin,
        size=info.file_size,
        sha256=sha256 or _digest(archive, info),
        crc=info.CRC,
        method=info.compress_type,
        compressed=content[start : start + info.compress_size],
        executable=executable,
    )


def _digest(archive: ZipFile, info: ZipInfo) -> str:
    with archive.open(info) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # it can be read
