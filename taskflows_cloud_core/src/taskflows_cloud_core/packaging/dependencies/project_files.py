"""Dependencies from the files in which projects keep them."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.dependencies.distributions import is_here
from taskflows_cloud_core.packaging.dependencies.uv import export_lock
from taskflows_cloud_core.packaging.installed.requirements import check_dependencies

_INCLUDE = re.compile(r"(?:-r|--requirement)[ =]\s*(\S+)")
_LOCAL = re.compile(r"(?:-e )?(\.{0,2}/[^;]*?)( ;.*)?")
_COMMENT = re.compile(r"(^|\s)#.*$")
_HASHES = re.compile(r"\s+--hash=\S+")
# What editors and shells of Windows begin a file with.
_ENCODINGS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def read_dependencies(path: str | Path) -> list[str]:
    """Read the dependencies of a project, to be given to ``deploy_function`` or `build_package`.

    Args:
        path: A ``uv.lock`` (what it pins), a ``pyproject.toml`` (what its project needs), or a file of
            requirements, which may include others with ``-r``.

    Returns:
        Requirements as in PEP 508, in the order of the file. Hashes are left out.

    Raises:
        PackagingError: The file cannot be read, or has what is no plain requirement; the line is named.
    """
    file = Path(path)
    try:
        if file.name == "uv.lock":
            folder = file.resolve().parent
            lines = [_by_name(line, folder, file) for line in export_lock(folder).splitlines()]
            found = list(_requirements("\n".join(lines), file, ()))
        elif file.suffix == ".toml":
            found = _of_project(file)
        else:
            found = list(_requirements(_text_of(file), file, ()))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackagingError(f"{file} cannot be read: {error}") from error
    return found


def _by_name(line: str, folder: Path, lock: Path) -> str:
    """Name a distribution that a lock has from a folder or a file; what is installed from there can be packaged."""
    local = _LOCAL.fullmatch(line)
    if local is None:
        return line
    place = folder / local[1]
    name = _project_name(place) if place.is_dir() else place.name.partition("-")[0]
    found = is_here(name) if name else None
    if found is None or not found.source:
        raise PackagingError(
            f"{lock}: {local[1]} is no distribution of an index, and is not installed here from there; install "
            "it (uv sync), or name the dependencies one by one"
        )
    return f"{found.name}{local[2] or ''}"


def _project_name(folder: Path) -> str:
    file = folder / "pyproject.toml"
    project = tomllib.loads(_text_of(file)).get("project", {}) if file.exists() else {}
    return str(project.get("name", ""))


def _text_of(file: Path) -> str:
    data = file.read_bytes()
    encoding = next((name for mark, name in _ENCODINGS.items() if data.startswith(mark)), "utf-8")
    return data.decode(encoding)


def _of_project(file: Path) -> list[str]:
    content = tomllib.loads(_text_of(file))
    project = content.get("project", {})
    if "dependencies" not in project and "poetry" in content.get("tool", {}):
        raise PackagingError(
            f"{file}: the dependencies are in tool.poetry, which is not read; move them to project.dependencies, or "
            "name them one by one"
        )
    if "project" not in content:
        raise PackagingError(f"{file} has no table [project], so it names no dependencies")
    if "dependencies" in project.get("dynamic", ()):
        raise PackagingError(f"{file}: the dependencies are dynamic, made by the build; name them one by one")
    return [_checked(text, f"{file}, project.dependencies") for text in project.get("dependencies", ())]


def _requirements(text: str, file: Path, above: tuple[Path, ...]) -> Iterator[str]:
    for number, line in _logical_lines(text):
        place = f"{file}, line {number}"
        include = _INCLUDE.fullmatch(line)
        if include is None:
            yield _checked(_HASHES.sub("", line), place)
            continue
        other = (file.parent / include[1]).resolve()
        if other in above or other == file.resolve():
            raise PackagingError(f"{place}: {include[1]} includes itself")
        yield from _requirements(_text_of(other), other, (*above, file.resolve()))


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    begun, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        start = start or number
        part = _COMMENT.sub("", line).strip()
        begun = f"{begun} {part.removesuffix(chr(92)).strip()}".strip()
        if not part.endswith(chr(92)):
            if begun:
                yield start, begun
            begun, start = "", 0
    if begun:
        yield start, begun


def _checked(text: str, place: str) -> str:
    for problem in check_dependencies([text]):
        raise PackagingError(f"{place}: {problem.message}")
    return text
