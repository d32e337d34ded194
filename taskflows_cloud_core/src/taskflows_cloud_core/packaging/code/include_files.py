"""Files that a user adds to a package."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

import attrs

from taskflows_cloud_core.errors import PackagingError, Problem
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.installed.requirements import refuse_single_text

_LEFT_OUT_FOLDERS = {".git", ".hg", ".svn", "__pycache__", ".venv", "node_modules", ".aws", ".ssh", ".gnupg"}
_SECRETS = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "id_rsa*", "id_dsa*", "id_ecdsa*"),
    *("id_ed25519*", ".netrc", "_netrc", ".pypirc", ".npmrc", ".pgpass", "credentials", "credentials.json", "*.kdbx"),
)
_NOISE = ("*.pyc", "*.pyo", ".DS_Store")


@attrs.frozen(kw_only=True)
class IncludedFile:
    """One file to be added.

    Args:
        place: Where it goes, relative, with forward slashes.
        file: Where it is.
    """

    place: str
    file: Path


@attrs.frozen(kw_only=True)
class IncludedFiles:
    """What the user's list comes to.

    Args:
        files: To be added, sorted by place.
        left_out: Files and folders within the named folders that look like secrets, relative.
        problems: Entries that cannot be used.
    """

    files: tuple[IncludedFile, ...]
    left_out: tuple[str, ...]
    problems: tuple[Problem, ...]


def check_include_files(include_files: Sequence[str]) -> list[Problem]:
    """Check the files that are to be added to a package.

    Args:
        include_files: Paths relative to the working directory; a folder stands for all that is in it.

    Returns:
        All problems: paths that are absolute, contain ``..``, are missing, or are or hold links that lead
        out of the working directory.

    Raises:
        TypeError: It is a text, not a list of texts.
    """
    return list(find_included(include_files).problems)


def find_included(include_files: Sequence[str]) -> IncludedFiles:
    """Find the files behind the user's list.

    Args:
        include_files: Paths relative to the working directory.

    Raises:
        TypeError: It is a text, not a list of texts.
    """
    refuse_single_text("include_files", include_files)
    if not include_files:
        return IncludedFiles(files=(), left_out=(), problems=())
    root = Path.cwd().resolve()
    files: dict[str, IncludedFile] = {}
    left_out: list[str] = []
    problems: list[Problem] = []
    for index, text in enumerate(include_files):
        message = _wrong_with(text, root)
        if not message:
            message = _take(root, PurePosixPath(text), files, left_out)
        if message:
            problems.append(Problem(field=f"include_files[{index}]", message=message))
    ordered = tuple(files[place] for place in sorted(files))
    return IncludedFiles(files=ordered, left_out=tuple(sorted(set(left_out))), problems=tuple(problems))


def _wrong_with(text: object, root: Path) -> str:
    if not isinstance(text, str) or not text.isprintable() or not text.strip() or "\\" in text:
        return f"{text!r} is no path; write it relative to the working directory, with forward slashes"
    path = PurePosixPath(text)
    if path.is_absolute() or text.startswith("~"):
        return f"{text!r} is absolute; write it relative to the working directory {root}"
    if ".." in path.parts:
        return f"{text!r} leaves the working directory {root}; change into a directory that holds all files"
    if not (root / path).exists():
        return f"{text!r} is not there (sought in {root})"
    return ""


def _take(root: Path, path: PurePosixPath, files: dict[str, IncludedFile], left_out: list[str]) -> str:
    """Add one entry of the list; returns what is wrong with it."""
    start = root / path
    for file in _walk(start, left_out, root) if start.is_dir() else iter([start]):
        place = file.relative_to(root).as_posix()
        if not file.resolve().is_relative_to(root):
            return f"{place!r} is a link that leads out of the working directory {root}; copy the file instead"
        if not file.is_file():
            return f"{place!r} is no regular file"
        files[place] = IncludedFile(place=place, file=file)
    return ""


def _walk(folder: Path, left_out: list[str], root: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        place = entry.relative_to(root).as_posix()
        if entry.is_symlink() and entry.is_dir():
            yield entry  # refused by the caller, whether it leads out or in a circle
        elif entry.is_dir():
            if entry.name not in _LEFT_OUT_FOLDERS:
                yield from _walk(entry, left_out, root)
            elif entry.name != "__pycache__":
                left_out.append(f"{place}/")
        elif any(fnmatch(entry.name.lower(), pattern) for pattern in _SECRETS):
            left_out.append(place)
        elif not any(fnmatch(entry.name, pattern) for pattern in _NOISE):
            yield entry


def included_members(included: IncludedFiles, sources: Sequence[Member]) -> Iterator[Member]:
    """Read the files.

    A file that stands beside one of the user's modules stands beside it in the package too, which with a ``src``
    folder is another place than its own.

    Args:
        included: What the user's list comes to.
        sources: The user's own modules; their origins are their files.

    Raises:
        PackagingError: One of them cannot be read.
    """
    roots = _import_roots(sources) if included.files else set()
    for item in included.files:
        try:
            data = item.file.read_bytes()
            executable = bool(item.file.stat().st_mode & stat.S_IXUSR)
        except OSError as error:
            raise PackagingError(f"include_files: {item.place!r} cannot be read: {error.strerror}") from error
        member = Member.of(item.place, data, origin=f"include_files ({item.place})", executable=executable)
        yield member
        for root in roots:
            if item.file.is_relative_to(root):
                yield attrs.evolve(member, path=item.file.relative_to(root).as_posix())


def _import_roots(sources: Sequence[Member]) -> set[Path]:
    """The folders below the working directory from which the user's modules are imported."""
    files = [(member.path, Path(member.origin)) for member in sources]
    roots = {file.parents[path.count("/")] for path, file in files if file.as_posix().endswith(f"/{path}")}
    here = Path.cwd().resolve()
    return {root for root in roots if root != here and root.is_relative_to(here)}
