"""Where a module lives and whose it is, without importing it."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

Owner: TypeAlias = Literal["standard library", "installed", "first-party"]
_INSTALL_FOLDERS = {"site-packages", "dist-packages"}


@attrs.frozen(kw_only=True)
class FoundModule:
    """A module that can be imported here.

    Args:
        name: Its full name.
        owner: Whose it is. An editable installation is first-party: its files are not in site-packages.
        file: Its file; ``None`` when it has none (a namespace package, a built-in module).
        locations: Where its submodules are sought; ``None`` when it is no package.
    """

    name: str
    owner: Owner
    file: Path | None = None
    locations: tuple[str, ...] | None = None

    @property
    def is_package(self) -> bool:
        """Whether it can have submodules."""
        return self.locations is not None

    @property
    def package(self) -> str:
        """What relative imports in it start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]


class ModuleFinder:
    """Finds modules for the length of one build and remembers them."""

    def __init__(self) -> None:
        self._found: dict[str, FoundModule | None] = {}

    def find(self, name: str) -> FoundModule | None:
        """Find a module by its full name.

        Args:
            name: For instance ``"shop.prices"``.

        Returns:
            The module, or ``None`` when there is no such module here.
        """
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> FoundModule | None:
        loaded = _loaded(name)
        if loaded is not None:
            return loaded
        above, _, _ = name.rpartition(".")
        path: Sequence[str] | None = None
        if above:
            parent = self.find(above)
            if parent is None or parent.locations is None:
                return None
            path = parent.locations
        spec = _spec(name, path)
        return None if spec is None else _described(name, spec.origin, spec.submodule_search_locations)


def _loaded(name: str) -> FoundModule | None:
    module = sys.modules.get(name)
    if module is None or name == "__main__":
        return None
    file = getattr(module, "__file__", None)
    locations = getattr(module, "__path__", None)
    if file is None and locations is None and name.partition(".")[0] not in sys.stdlib_module_names:
        return None  # made by hand: nothing of it can be shipped
    return _described(name, file, locations)


def _spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        find_spec = getattr(finder, "find_spec", None)
        try:
            spec = find_spec(name, path, None) if find_spec else None
        except (ImportError, ValueError):  # a finder of somebody else's that cannot answer has no answer
            continue
        except KeyError:  # a namespace package within a package that is not imported
            return _namespace(name, path or ())
        if isinstance(spec, ModuleSpec):
            return spec
    return None


def _namespace(name: str, path: Sequence[str]) -> ModuleSpec | None:
    folders = [Path(folder, name.rpartition(".")[2]) for folder in path]
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder) for folder in folders if folder.is_dir()]
    return spec if spec.submodule_search_locations else None


def _described(name: str, origin: object, locations: object) -> FoundModule:
    file = Path(origin) if isinstance(origin, str) and origin not in ("built-in", "frozen", "namespace") else None
    folders = None if locations is None else tuple(str(place) for place in locations)  # type: ignore[attr-defined]  # any iterable
    return FoundModule(name=name, owner=_owner(name, file, folders), file=file, locations=folders)


def _owner(name: str, file: Path | None, folders: tuple[str, ...] | None) -> Owner:
    places = [file] if file is not None else [Path(folder) for folder in folders or ()]
    if any(_INSTALL_FOLDERS & set(place.parts) for place in places):
        return "installed"
    if name.partition(".")[0] in sys.stdlib_module_names and all(_in_standard_library(place) for place in places):
        return "standard library"
    return "first-party"


def _in_standard_library(place: Path) -> bool:
    paths = sysconfig.get_paths()
    roots = {Path(paths["stdlib"]), Path(paths["platstdlib"])}
    roots |= {root.resolve() for root in roots}
    return any(place.is_relative_to(root) for root in roots)
