"""Files that the code names and that do not go along by themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType

import attrs

_LONGEST = 200
_BESIDE = {"__file__", "files", "get_data"}


@attrs.frozen(kw_only=True)
class NamedFile:
    """A text in the code that may be the path of a file.

    Args:
        text: The text.
        file: The source that it stands in.
        line: In that source.
        may_be_folder: Whether the source looks for files beside itself, so that a folder counts too.
    """

    text: str
    file: str
    line: int
    may_be_folder: bool = False

    @property
    def candidates(self) -> tuple[Path, Path]:
        """What it may be: beside the source, or in the working directory."""
        return Path(self.file).parent / self.text, Path.cwd() / self.text


def files_named_in_source(source: bytes, file: str) -> Iterator[NamedFile]:
    """Find the texts in a source that may be paths.

    Args:
        source: Python that can be parsed.
        file: Where it is.
    """
    nodes = list(ast.walk(ast.parse(source)))
    used = {getattr(node, "id", "") or getattr(node, "attr", "") for node in nodes}
    looks_beside = bool(used & _BESIDE)
    for node in nodes:
        if isinstance(node, ast.Constant) and _may_be_path(node.value, bare=looks_beside):
            yield NamedFile(text=str(node.value), file=file, line=node.lineno, may_be_folder=looks_beside)


def files_named_in_code(code: CodeType) -> Iterator[NamedFile]:
    """Find the texts in a function that may be paths.

    Args:
        code: Of the function, with those inside it.
    """
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from files_named_in_code(constant)
        elif _may_be_path(constant, bare=False):
            yield NamedFile(text=str(constant), file=code.co_filename, line=code.co_firstlineno)


def _may_be_path(value: object, *, bare: bool) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable():
        return False
    return not value.startswith(("/", "~", ".", "-")) and (bare or "." in value or "/" in value)


def left_behind(named: Iterable[NamedFile], included: Iterable[Path], contents: Iterable[str]) -> Iterator[str]:
    """Say which files the code names and the package has not.

    Args:
        named: From the code.
        included: The files that the user adds.
        contents: The paths of what is in the package.
    """
    added = {file.resolve() for file in included}
    told = set()
    for item in named:
        found = next((path for path in item.candidates if _is_data(path, item)), None)
        if found is None or found in told or _is_added(found.resolve(), added) or _is_among(item.text, contents):
            continue
        told.add(found)
        yield (
            f"{item.file}, line {item.line} names {item.text!r}, which is here ({found}) and not in the package; "
            f"if the function reads it, {_way_out(found)}"
        )


def _way_out(found: Path) -> str:
    if found.resolve().is_relative_to(Path.cwd().resolve()):
        return "add it with include_files"
    return "work in a directory above it and add it with include_files, or name its distribution in dependencies"


def _is_among(text: str, contents: Iterable[str]) -> bool:
    return any(f"/{path}/".find(f"/{text}/") >= 0 for path in contents)


def _is_data(path: Path, item: NamedFile) -> bool:
    try:
        if path.is_dir():
            is_package = (path / "__init__.py").exists()
            return item.may_be_folder and not is_package and any(_is_other(file) for file in path.iterdir())
        return path.is_file() and _is_other(path)
    except OSError:
        return False


def _is_other(path: Path) -> bool:
    return path.suffix not in (".py", ".pyc", ".so") and path.name != "__pycache__"


def _is_added(path: Path, added: set[Path]) -> bool:
    return path in added or any(path in file.parents for file in added)
