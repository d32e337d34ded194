"""Unpacked packages: each in a folder named by its content, there as a whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path, PurePosixPath
from uuid import uuid4
from zipfile import BadZipFile, ZipFile, ZipInfo

from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.local.system.file_errors import told_to_a_person
from taskflows_cloud_core.local.system.paths import PRIVATE_FOLDER, Paths, is_name, private_folder
from taskflows_cloud_core.packaging import Package

# What a run reads, nobody writes: a function cannot change its own code.
_READ_ONLY_FILE, _READ_ONLY_PROGRAM, _READ_ONLY_FOLDER = 0o400, 0o500, 0o500
# A folder with this beginning is being made or being removed.
_UNFINISHED = "."


def unpack(package: Package, name: str, paths: Paths) -> None:
    """Unpack an archive for a function; one that is unpacked already is left as it is.

    Raises:
        OperationError: The archive is not what the package says, or has a member that would leave its folder.
    """
    target = paths.package(name, package.sha256)
    if target.exists():
        return
    with told_to_a_person(target):
        part = private_folder(paths.function(name)) / f"{_UNFINISHED}{uuid4().hex}"
        try:
            _check_digest(package)
            private_folder(part / "pycache")
            _unpack_members(package, part / "code")
            _move_into_place(part, target)
        finally:
            remove_folder(part)


def remove_package(name: str, sha256: str, paths: Paths) -> None:
    """Remove an unpacked package; one that is not there is no error."""
    target = paths.package(name, sha256)
    with told_to_a_person(target):
        _remove_at_once(target)


def remove_empty_folder(name: str, paths: Paths) -> None:
    """Remove the folder of a function when nothing is in it any more."""
    # Several packages may go at once; the last one leaves the folder empty.
    with suppress(OSError):
        paths.function(name).rmdir()


def has_leftovers(name: str, paths: Paths) -> bool:
    """Whether interrupted deployments left anything of a function, be it an empty folder."""
    folders = _folders(name, paths)
    unfinished = any(folder.name.startswith(_UNFINISHED) for folder in folders)
    return unfinished or (not folders and is_name(name) and paths.function(name).exists())


def remove_all(name: str, paths: Paths) -> None:
    """Remove every folder of a function."""
    with told_to_a_person(paths.function(name)):
        for folder in _folders(name, paths):
            _remove_at_once(folder)
        remove_folder(paths.function(name))


def remove_strays(name: str, keep: frozenset[str], paths: Paths) -> None:
    """Remove what no version needs, and what an interrupted deployment left.

    Args:
        name: The function's name; the caller has claimed it.
        keep: The digests of the packages that are needed.
        paths: The layout of the root.
    """
    with told_to_a_person(paths.function(name)):
        for folder in _folders(name, paths):
            if folder.name not in keep:
                _remove_at_once(folder)


def unpacked(name: str, paths: Paths) -> list[str]:
    """The digests of the packages of a function that are unpacked, sorted."""
    with told_to_a_person(paths.function(name)):
        return sorted(folder.name for folder in _folders(name, paths) if not folder.name.startswith(_UNFINISHED))


def remove_folder(folder: Path) -> None:
    """Remove a folder and all in it, read-only parts included; one that is not there is no error."""
    if not folder.exists():
        return
    for parent, _, _ in os.walk(folder):
        Path(parent).chmod(PRIVATE_FOLDER)
    shutil.rmtree(folder)


def _remove_at_once(folder: Path) -> None:
    """Take a folder out of sight in one step, then remove it."""
    if folder.name.startswith(_UNFINISHED):
        remove_folder(folder)
        return
    unseen = folder.with_name(f"{_UNFINISHED}{uuid4().hex}")
    try:
        folder.rename(unseen)
    except FileNotFoundError:
        return
    remove_folder(unseen)


def _folders(name: str, paths: Paths) -> list[Path]:
    folder = paths.function(name)
    return list(folder.iterdir()) if folder.is_dir() else []


def _check_digest(package: Package) -> None:
    with package.path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != package.sha256:
        raise OperationError(f"the archive {package.path} has been changed since it was made; deploy again")


def _unpack_members(package: Package, folder: Path) -> None:
    private_folder(folder)
    try:
        with ZipFile(package.path) as archive:
            members = [_checked(member, package) for member in archive.infolist()]
            total = sum(member.file_size for member in members)
            if total > package.unpacked_size:
                raise OperationError(
                    f"the archive {package.path} unpacks to {total} bytes, its package says {package.unpacked_size}"
                )
            for member in members:
                _unpack_member(archive, member, folder)
    except BadZipFile as error:
        raise OperationError(f"the archive {package.path} cannot be read: {error}") from error
    for parent, _, _ in os.walk(folder, topdown=False):
        Path(parent).chmod(_READ_ONLY_FOLDER)


def _checked(member: ZipInfo, package: Package) -> ZipInfo:
    path = PurePosixPath(member.filename)
    mode = member.external_attr >> 16
    plain = stat.S_IFMT(mode) in (0, stat.S_IFREG, stat.S_IFDIR)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in member.filename or not plain:
        raise OperationError(
            f"the archive {package.path} has the member {member.filename!r}, which is no plain file inside its folder"
        )
    return member


def _unpack_member(archive: ZipFile, member: ZipInfo, folder: Path) -> None:
    target = folder.joinpath(*PurePosixPath(member.filename).parts)
    if member.is_dir():
        private_folder(target)
        return
    private_folder(target.parent)
    mode = _READ_ONLY_PROGRAM if (member.external_attr >> 16) & stat.S_IXUSR else _READ_ONLY_FILE
    # Exclusive: a second member of the same name is refused, and no link is followed.
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    with os.fdopen(descriptor, "wb") as stream, archive.open(member) as source:
        shutil.copyfileobj(source, stream, 1 << 20)


def _move_into_place(part: Path, target: Path) -> None:
    try:
        part.rename(target)
    except OSError:
        # Somebody else unpacked the same content meanwhile.
        if not target.exists():
            raise
