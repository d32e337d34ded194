"""Distributions that are installed here from a folder, a file or a repository instead of an index."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.dependencies.distributions import FoundDistribution, direct_url, is_here
from taskflows_cloud_core.packaging.dependencies.wheel_members import is_left_out
from taskflows_cloud_core.packaging.installed.installation import once_per_installation
from taskflows_cloud_core.packaging.installed.requirements import normalised_name, parse_requirement
from taskflows_cloud_core.packaging.package import PackageTarget, is_this_machine

_COMPILED = (".so", ".pyd", ".dylib", ".dll")


@attrs.frozen(kw_only=True)
class LocalDistributions:
    """What goes into a package from this machine.

    Args:
        pins: ``"name==version"`` of each distribution whose installed files are taken as they are.
        members: Their files.
        needs: What they need of an index, pinned to what is installed.
        projects: Editable installations, which are built, as ``"name @ file:///folder"``.
    """

    pins: tuple[str, ...] = ()
    members: tuple[Member, ...] = ()
    needs: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()

    @property
    def built(self) -> tuple[str, ...]:
        """The normalised names of what is built."""
        return tuple(normalised_name(text.partition(" @ ")[0]) for text in self.projects)


def named_locally(requirement: str, target: PackageTarget) -> FoundDistribution | None:
    """The distribution that a requirement names, if it is installed here from something else than an index.

    Args:
        requirement: Of PEP 508. A version that it does not allow is not taken.
        target: The machine that it is for. What was compiled for another is not taken.
    """
    parsed = parse_requirement(requirement)
    found = is_here(parsed.name)
    if found is None or not found.source or parsed.extras:
        return None
    allowed = parsed.specifier.contains(found.version, prereleases=True)
    return found if allowed and (found.is_editable or is_this_machine(target) or not _is_compiled(found)) else None


def _is_compiled(item: FoundDistribution) -> bool:
    import importlib_metadata

    return any(str(file).endswith(_COMPILED) for file in importlib_metadata.distribution(item.name).files or ())


def take_local(found: Sequence[FoundDistribution], target: PackageTarget) -> LocalDistributions:
    """Take the installed files of distributions that no index has.

    Args:
        found: Distributions with a source.
        target: The machine that they are for.

    Raises:
        PackagingError: One has code that was compiled for this machine, and the target is another.
    """
    waiting, seen = list(found), {normalised_name(item.name) for item in found}
    pins: list[str] = []
    members: list[Member] = []
    needs: set[str] = set()
    projects: list[str] = []
    while waiting:
        item = waiting.pop()
        if item.is_editable:
            projects.append(f"{normalised_name(item.name)} @ {item.source}")
        else:
            pins.append(item.pin)
            members += _installed_files(item, target)
        for needed in _needed(item):
            if needed.source and normalised_name(needed.name) not in seen:
                waiting.append(needed)
                seen.add(normalised_name(needed.name))
            elif not needed.source:
                needs.add(needed.pin)
    return LocalDistributions(
        pins=tuple(sorted(pins)),
        members=tuple(members),
        needs=tuple(sorted(needs)),
        projects=tuple(sorted(projects)),
    )


def _installed_files(item: FoundDistribution, target: PackageTarget) -> Iterator[Member]:
    import importlib_metadata

    for file in importlib_metadata.distribution(item.name).files or ():
        parts = file.parts
        if ".." in parts or is_left_out(parts) or parts[-1].endswith(".pth"):
            continue
        path = Path(str(file.locate()))
        if path.suffix in _COMPILED and not is_this_machine(target):
            raise PackagingError(
                f"{item.name} {item.version} was installed from {item.source}, not from an index, and has code that "
                f"was compiled for this machine ({file}); the target is Python {target.python_version} on "
                f"{target.platform}, so a wheel for that has to be on an index"
            )
        yield Member.of(
            "/".join(parts),
            path.read_bytes(),
            origin=f"the dependency {item.name} {item.version}",
            executable=os.access(path, os.X_OK),
        )


def _needed(item: FoundDistribution) -> Iterator[FoundDistribution]:
    import importlib_metadata

    for text in importlib_metadata.distribution(item.name).requires or ():
        requirement = parse_requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = is_here(requirement.name)
            if found is not None:
                yield found


def project_metadata(members: Sequence[Member]) -> Iterator[Member]:
    """The metadata of editable installations whose modules are in a package.

    A module that asks for its own version, or for its entry points, finds them then.

    Args:
        members: The user's own modules; their origins are their files.
    """
    files = [member.origin for member in members]
    for folder, metadata in _editable_projects():
        if any(file.startswith(folder) for file in files):
            yield from metadata


@once_per_installation
def _editable_projects() -> list[tuple[str, list[Member]]]:
    """The folders of editable installations, each with its metadata."""
    import importlib_metadata

    found = []
    for distribution in importlib_metadata.distributions():
        folder = _editable_folder(distribution)
        if folder is not None:
            place = f"{distribution.name.replace('-', '_')}-{distribution.version}.dist-info"
            texts = {name: distribution.read_text(name) for name in ("METADATA", "entry_points.txt")}
            members = [
                Member.of(f"{place}/{name}", text.encode(), origin=f"the project {distribution.name}")
                for name, text in texts.items()
                if text is not None
            ]
            found.append((f"{folder}{os.sep}", members))
    return found


def _editable_folder(distribution: Any) -> Path | None:
    source = direct_url(distribution)
    if not source.get("dir_info", {}).get("editable"):
        return None
    return Path(url2pathname(urlsplit(str(source.get("url", ""))).path))
