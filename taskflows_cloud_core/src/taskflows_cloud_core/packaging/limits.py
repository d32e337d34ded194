"""Whether a package is small enough for its target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.section import Block
from taskflows_cloud_core.packaging.archive.zip_writer import MAX_FILE_BYTES
from taskflows_cloud_core.packaging.code.include_files import IncludedFiles
from taskflows_cloud_core.packaging.package import PackageTarget

_MIB = 2**20
_SHOWN = 5


def check_unpacked_size(blocks: Sequence[Block], target: PackageTarget) -> None:
    """Check the sum of the sizes of the files.

    Raises:
        PackagingError: It is more than the target takes; the largest parts are listed.
    """
    unpacked = sum(block.unpacked_size for block in blocks)
    _check(blocks, unpacked, target.max_unpacked_bytes, "unpacked", target)


def check_included_size(included: IncludedFiles, target: PackageTarget) -> None:
    """Check the files that the user adds, before one of them is read.

    Raises:
        PackagingError: They are more than the target or an archive takes; the largest are listed.
    """
    sizes = Counter({item.place: item.file.stat().st_size for item in included.files})
    limit = min(target.max_unpacked_bytes or MAX_FILE_BYTES, MAX_FILE_BYTES)
    if sizes.total() > limit:
        largest = ", ".join(f"{place} {size / _MIB:.1f} MiB" for place, size in sizes.most_common(_SHOWN))
        raise PackagingError(
            f"include_files has {sizes.total() / _MIB:.1f} MiB, and the target takes {limit / _MIB:.0f} MiB; the "
            f"largest files: {largest}"
        )


def check_archive_size(blocks: Sequence[Block], size: int, target: PackageTarget) -> None:
    """Check the size of the archive.

    Raises:
        PackagingError: It is more than the target takes; the largest parts are listed.
    """
    _check(blocks, size, target.max_archive_bytes, "zipped", target)


def _check(blocks: Sequence[Block], size: int, limit: int | None, state: str, target: PackageTarget) -> None:
    if limit is None or size <= limit:
        return
    parts: Counter[str] = Counter()
    for member in (member for block in blocks for member in block.members):
        folder, slash, _ = member.path.removeprefix(f"{target.layer_folder}/").partition("/")
        parts[f"{folder}/" if slash else folder] += member.size
    largest = ", ".join(f"{name} {count / _MIB:.1f} MiB" for name, count in parts.most_common(_SHOWN))
    raise PackagingError(
        f"the package has {size / _MIB:.1f} MiB {state}, and the target takes {limit / _MIB:.0f} MiB; its largest "
        f"parts, unpacked: {largest}"
    )
