"""The user's own modules that a callable needs, and what they import of others."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.archive.zip_writer import Member
from taskflows_cloud_core.packaging.code.data_files import NamedFile, files_named_in_source
from taskflows_cloud_core.packaging.code.imports import ImportedModule, imports_of_source
from taskflows_cloud_core.packaging.code.stubs import package_above
from taskflows_cloud_core.packaging.installed.modules import FoundModule, ModuleFinder
from taskflows_cloud_core.packaging.runtime.stub import DECORATORS

_RESERVED = ("index", "_taskflows_cloud")


@attrs.frozen(kw_only=True)
class Unfound:
    """An import of a module that is not on this machine.

    Args:
        module: Its full name.
        place: File and line of the import.
    """

    module: str
    place: str

    def __str__(self) -> str:
        return f"{self.module!r} ({self.place})"


@attrs.frozen(kw_only=True)
class Sources:
    """What was found from the code.

    Args:
        members: The user's own modules, with the ``__init__`` files of their packages.
        installed: Full names of modules that come from distributions.
        stand_ins: Full names of modules that are replaced by stand-ins.
        inert_names: Whether the code imports more of them than decorators, which do all that the real ones do.
        unfound: Imports that nothing here satisfies.
        computed: File and line of imports whose names are computed when the code runs.
        distributions: Names of distributions whose metadata the code asks for.
        named_files: Texts in the user's own modules that may be paths of files.
    """

    members: tuple[Member, ...]
    installed: tuple[str, ...]
    stand_ins: tuple[str, ...]
    inert_names: bool = False
    unfound: tuple[Unfound, ...]
    computed: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    named_files: tuple[NamedFile, ...] = ()


class SourceCollector:
    """Follows imports through the user's own modules; nothing is imported for it.

    Args:
        finder: Looks for the modules.
        stand_ins: Packages, whole or below others, that are not shipped but replaced.
        installed: Packages that come from a distribution although their files are the user's.
    """

    def __init__(self, finder: ModuleFinder, *, stand_ins: Iterable[str] = (), installed: Iterable[str] = ()) -> None:
        self._finder = finder
        self._stand_in_packages = frozenset(stand_ins)
        self._installed_packages = frozenset(installed)
        self._waiting: list[FoundModule] = []
        self._members: dict[str, Member] = {}
        self._installed: set[str] = set()
        self._stand_ins: set[str] = set()
        self._inert_names = False
        self._unfound: dict[Unfound, None] = {}
        self._computed: list[str] = []
        self._distributions: set[str] = set()
        self._named_files: list[NamedFile] = []
        self._seen: set[str] = set()

    def collect(self, imports: Iterable[ImportedModule], *, place: str) -> Sources:
        """Follow imports to their end.

        Args:
            imports: Where to begin.
            place: Where those stand, for messages.

        Raises:
            PackagingError: A module has no source that can be shipped.
        """
        for imported in imports:
            self._follow(imported, f"{place}, line {imported.line}" if imported.line else place)
        while self._waiting:
            module = self._waiting.pop()
            for imported in self._add(module):
                self._follow(imported, f"{module.file}, line {imported.line}")
        return Sources(
            members=tuple(self._members.values()),
            installed=tuple(sorted(self._installed)),
            stand_ins=tuple(sorted(self._stand_ins)),
            inert_names=self._inert_names,
            unfound=tuple(self._unfound),
            computed=tuple(self._computed),
            distributions=tuple(sorted(self._distributions)),
            named_files=tuple(self._named_files),
        )

    def _follow(self, imported: ImportedModule, place: str) -> None:
        if imported.computed:
            self._computed.append(place)
        if imported.distribution:
            self._distributions.add(imported.distribution)
        if imported.module:
            self._follow_name(imported, place)

    def _follow_name(self, imported: ImportedModule, place: str) -> None:
        if not self._reach(imported.module):
            if not imported.optional:
                self._unfound[Unfound(module=imported.module, place=place)] = None
            return
        if package_above(imported.module, self._stand_in_packages):
            self._inert_names |= not imported.names or not set(imported.names) <= DECORATORS
        for name in imported.names:
            if name != "*":
                self._reach(f"{imported.module}.{name}")

    def _reach(self, name: str) -> bool:
        """Take a module and the packages above it; whether it is there."""
        if name in self._seen:
            return True
        above = name.rpartition(".")[0]
        if above and not self._reach(above):
            return False
        if package_above(name, self._stand_in_packages):
            return self._note(name, self._stand_ins)
        if package_above(name, self._installed_packages):
            return self._note(name, self._installed)
        found = self._finder.find(name)
        if found is None:
            return False
        self._seen.add(name)
        if found.owner == "installed":
            self._installed.add(name)
        elif found.owner == "first-party":
            self._waiting.append(found)
        return True

    def _note(self, name: str, names: set[str]) -> bool:
        if self._finder.find(name) is None:  # an attribute, not a module
            return False
        names.add(name)
        return True

    def _add(self, module: FoundModule) -> Iterator[ImportedModule]:
        if module.name in _RESERVED:
            raise PackagingError(
                f"the module {module.name!r} ({module.file}) has the name of a file that "
                "every package has of its own; rename it"
            )
        if module.file is None:  # a namespace package has no code
            return iter(())
        source = _read_source(module, module.file)
        path = module.name.replace(".", "/") + ("/__init__.py" if module.is_package else ".py")
        self._members[path], imports, named_files = _examined(source, path, str(module.file), module.package)
        self._named_files += named_files
        return iter(imports)


@functools.lru_cache(maxsize=1024)
def _examined(
    source: bytes, path: str, file: str, package: str
) -> tuple[Member, tuple[ImportedModule, ...], tuple[NamedFile, ...]]:
    """Compress a source, find its imports and the files that it names, once for all functions that use the module."""
    try:
        imports = imports_of_source(source, filename=file, package=package)
    except (SyntaxError, ValueError) as error:
        raise PackagingError(f"{file} cannot be read as Python: {error}") from error
    return Member.of(path, source, origin=file), tuple(imports), tuple(files_named_in_source(source, file))


def _read_source(module: FoundModule, file: Path) -> bytes:
    if file.suffix != ".py":
        raise PackagingError(
            f"the module {module.name!r} is {file}, not Python source; put it into a distribution with wheels for "
            "the target and name that in dependencies"
        )
    try:
        return file.read_bytes()
    except OSError as error:
        raise PackagingError(f"the source of the module {module.name!r} cannot be read: {error}") from error
