"""Importing a user's file or module, so that its functions can be packaged by their names."""

from __future__ import annotations

import importlib
import re
import sys
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from taskflows_cloud_core.errors import SourceNotFoundError
from taskflows_cloud_core.project.failures import telling_whose_fault

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def load_module(source: str, *, folder: Path | None = None) -> ModuleType:
    """Import a file or a module of a user, as ``python`` would that is started in the folder.

    A file within packages (folders with ``__init__.py``) is imported under its full name, so that its relative
    imports work. What it prints while it is imported goes to stderr.

    Args:
        source: The path of a Python file, or the dotted name of a module.
        folder: What a path is relative to, and where modules are sought; the working directory, when not given.

    Raises:
        SourceNotFoundError: There is no such file or module.
        UserCodeError: It failed while it was imported.
    """
    base = (folder or Path.cwd()).absolute()
    if _is_path(source, base):
        return _load_file(_existing(source, base), shown=source)
    return _load_named(source, base)


def _is_path(source: str, base: Path) -> bool:
    return source.endswith(".py") or "/" in source or (base / source).exists() or not _MODULE.fullmatch(source)


def _existing(source: str, base: Path) -> Path:
    path = (base / Path(source).expanduser()).resolve()
    if path.is_dir():
        raise SourceNotFoundError(f"{source!r} is a folder; give a Python file in it{_listed(path)}, or a module")
    if not path.is_file():
        raise SourceNotFoundError(f"there is no file {source!r}{_near(path, source)}")
    if path.suffix != ".py":
        raise SourceNotFoundError(f"{source!r} is no Python file; its name must end in .py")
    return path


def _listed(folder: Path) -> str:
    names = sorted(path.name for path in folder.glob("*.py"))[:5]
    return f" ({', '.join(names)})" if names else ""


def _near(path: Path, source: str) -> str:
    names = [each.name for each in path.parent.glob("*.py")] if path.parent.is_dir() else []
    near = get_close_matches(path.name, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {str(Path(source).parent / near[0])!r}?"
    return "" if path.parent.is_dir() else f": there is no folder {str(path.parent)!r}"


def _load_file(path: Path, *, shown: str) -> ModuleType:
    top = path.parent
    parts = [path.stem]
    while (top / "__init__.py").is_file():
        parts.insert(0, top.name)
        top = top.parent
    _put_first(top)
    name = ".".join(re.sub(r"\W", "_", part) for part in parts)
    with telling_whose_fault(top, shown), redirect_stdout(sys.stderr):
        if len(parts) > 1:
            return importlib.import_module(name)
        return _import_alone(name, path)


def _import_alone(name: str, path: Path) -> ModuleType:
    """Import the very file, also where a module of the same name is found earlier."""
    loaded = sys.modules.get(name)
    if loaded is not None and _same_file(loaded, path):
        return loaded
    spec = spec_from_file_location(name, path, loader=_SourceLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise SourceNotFoundError(f"{path} cannot be loaded as Python source")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class _SourceLoader(SourceFileLoader):
    """Reads the source alone: bytecode is taken for fresh when a file changes twice in a second, keeping its length."""

    def path_stats(self, path: object) -> NoReturn:
        """Say that nothing is known of the file, so that no bytecode is read or written."""
        raise OSError(f"{path}: bytecode is not wanted")


def _same_file(module: ModuleType, path: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).resolve() == path


def _load_named(name: str, base: Path) -> ModuleType:
    _put_first(base)
    try:
        with telling_whose_fault(base, name), redirect_stdout(sys.stderr):
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise SourceNotFoundError(f"there is no module {error.name!r}{_near_module(name, base)}") from error


def _near_module(name: str, base: Path) -> str:
    files = [path.name for path in base.glob("*.py")]
    near = get_close_matches(f"{name}.py", files, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f" that can be imported from {base}"


def _put_first(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
