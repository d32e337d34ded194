"""Members that stand together in an archive, each at a place of its own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.package import PackagedFile


class Block:
    """Members in the order of their paths.

    Args:
        members: Two that want one place have to be the same file.
        below: A block that comes before this one in the archive; what it has already is left out here.

    Raises:
        PackagingError: Two different files want the same place, or one a place that leaves the archive.
    """

    def __init__(self, members: Iterable[Member], *, below: Block | None = None) -> None:
        places: dict[str, Member] = {}
        for member in members:
            _check_place(member)
            _check_same(member, places.setdefault(member.path, member))
        self._places: dict[str, Member] = places
        if below is not None:
            self._leave_out(below)
        self.members = tuple(places[path] for path in sorted(places))
        self._check_folders(below)

    def _leave_out(self, below: Block) -> None:
        for path, member in list(self._places.items()):
            other = below._places.get(path)
            if other is not None:
                _check_same(member, other)
                del self._places[path]

    @cached_property
    def unpacked_size(self) -> int:
        """The sum of the sizes, in bytes."""
        return sum(member.size for member in self.members)

    @cached_property
    def listing(self) -> tuple[PackagedFile, ...]:
        """The members for `Package.contents`."""
        return tuple(PackagedFile(path=item.path, size=item.size, sha256=item.sha256) for item in self.members)

    @cached_property
    def _folders(self) -> dict[str, Member]:
        found: dict[str, Member] = {}
        for member in self.members:
            above = member.path.rpartition("/")[0]
            while above and above not in found:
                found[above] = member
                above = above.rpartition("/")[0]
        return found

    def _check_folders(self, below: Block | None) -> None:
        for files, folders in ((self, self), (self, below), (below, self)):
            if files is None or folders is None:
                continue
            smaller, larger = sorted((files._places, folders._folders), key=len)
            for path in [path for path in smaller if path in larger]:
                origins = f"a file of {files._places[path].origin} and a folder of {folders._folders[path].origin}"
                raise PackagingError(f"{path!r} is {origins}; rename or leave out one of them")


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


def _check_same(member: Member, other: Member) -> None:
    if other.sha256 != member.sha256:
        raise PackagingError(
            f"two files want the place {member.path!r} in the package: one of {other.origin} and one of "
            f"{member.origin}; rename or leave out one of them"
        )


def _check_place(member: Member) -> None:
    parts = member.path.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in member.path or "\0" in member.path:
        raise PackagingError(f"{member.origin} has a file with the path {member.path!r}, which no package may hold")
