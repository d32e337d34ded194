"""Distributions as uv installs them: the way for those whose wheels cannot be had as files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from email.parser import HeaderParser
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive import Member
from taskflows_cloud_core.packaging.package import PackageTarget
from taskflows_cloud_core.packaging.requirements import normalised_name
from taskflows_cloud_core.packaging.tags import best_tag
from taskflows_cloud_core.packaging.target import is_this_machine
from taskflows_cloud_core.packaging.uv_tool import install
from taskflows_cloud_core.packaging.wheel_members import is_left_out


def install_with_uv(
    requirements: Sequence[str], target: PackageTarget, *, constraints: Sequence[str], built: Sequence[str]
) -> tuple[tuple[str, ...], list[Member]]:
    """Let uv install, where its wheels cannot be had as files.

    Args:
        requirements: Of PEP 508, checked already.
        target: The machine that they are for.
        constraints: Versions to keep of what else is needed.
        built: Normalised names of distributions that are built from source.

    Returns:
        ``"name==version"`` of each distribution, sorted, and their files.

    Raises:
        PackagingError: One of them cannot be had for the target.
    """
    with tempfile.TemporaryDirectory(prefix="taskflows-cloud-") as scratch:
        folder = Path(scratch, "site")
        install(sorted(requirements), folder, target=target, constraints=constraints, built=built)
        if built and not is_this_machine(target):
            _refuse_compiled(folder, built, target)
        return tuple(sorted(_pins(folder))), list(_members(folder))


def _refuse_compiled(folder: Path, built: Sequence[str], target: PackageTarget) -> None:
    for file in folder.glob("*.dist-info/WHEEL"):
        name = normalised_name(file.parent.name.partition("-")[0])
        tags = HeaderParser().parsestr(file.read_text(encoding="utf-8"), headersonly=True).get_all("Tag", [])
        if name in built and not all(tag.endswith("-any") for tag in tags):
            raise PackagingError(
                f"{name}, built from its source, is {', '.join(tags)}, not pure Python; it needs a wheel for "
                f"{best_tag(target)}"
            )


def _pins(folder: Path) -> Iterator[str]:
    for metadata in folder.glob("*.dist-info/METADATA"):
        headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"), headersonly=True)
        yield f"{normalised_name(headers['Name'])}=={headers['Version']}"


def _members(folder: Path) -> Iterator[Member]:
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        if file.is_file() and not is_left_out(place.parts):
            origin = f"the dependency that has {place.parts[0]}"
            yield Member.of(place.as_posix(), file.read_bytes(), origin=origin, executable=os.access(file, os.X_OK))
