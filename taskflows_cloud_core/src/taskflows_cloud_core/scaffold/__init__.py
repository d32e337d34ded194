"""A new provider's distribution: a provider that works and passes the conformance suite, under another name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from taskflows_cloud_core._version import __version__
from taskflows_cloud_core.errors import ConfigurationError, Problem
from taskflows_cloud_core.providers import offered_providers

_CHARACTERS = 40
# A name that is its own normalised form (Python Packaging User Guide, "Names and normalization", read on 2026-11-25)
# and, behind "taskflows_cloud_", an identifier.
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OWN = ("core",)
# File of the template to its place; "example" in a place or a text is the name of the provider.
_PLACES: Mapping[str, str] = MappingProxyType(
    {
        "pyproject.toml.txt": "pyproject.toml",
        "README.md.txt": "README.md",
        "init.py.txt": "src/taskflows_cloud_example/__init__.py",
        "plugin.py.txt": "src/taskflows_cloud_example/plugin.py",
        "client.py.txt": "src/taskflows_cloud_example/client.py",
        "resources.py.txt": "src/taskflows_cloud_example/resources.py",
        "server.py.txt": "tests/server.py",
        "test_conformance.py.txt": "tests/test_conformance.py",
    }
)


def distribution_name(name: str) -> str:
    """The name of the distribution of a provider."""
    return f"taskflows-cloud-{name}"


def write_provider(name: str, directory: Path) -> tuple[Path, ...]:
    """Write the distribution of a new provider into a folder of its own.

    Args:
        name: The provider's name: small letters, digits and single hyphens, a letter first, at most 40 characters.
        directory: Where the folder ``taskflows-cloud-NAME`` is made; it need not be there yet.

    Returns:
        The files that were written.

    Raises:
        ConfigurationError: The name cannot be used or is taken, or the folder is there already; nothing was written.
        OSError: The files cannot be written.
    """
    folder = directory / distribution_name(name)
    problems = [*_problems_of(name)]
    if not problems and folder.exists():
        problems.append(Problem(field="directory", message=f"{folder} is there already; nothing in it was touched"))
    if problems:
        raise ConfigurationError(problems, subject="a new provider")
    written = {folder / _named(place, name): _named(_template(file), name) for file, place in _PLACES.items()}
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(written)


def _problems_of(name: str) -> Iterator[Problem]:
    if not _NAME.fullmatch(name) or len(name) > _CHARACTERS:
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_CHARACTERS].strip("-")
        hint = f"; {near!r} would do" if near != name and _NAME.fullmatch(near) else ""
        rule = f"small letters, digits and single hyphens, a letter first, at most {_CHARACTERS} characters"
        yield Problem(field="name", message=f"{name!r} is no provider's name: {rule}{hint}")
        return
    taken = offered_providers()
    if name in taken:
        yield Problem(field="name", message=f"{name!r} is taken: {taken[name]} has it; choose another")
    elif name in _OWN:
        yield Problem(field="name", message=f"{distribution_name(name)!r} is taskflows-cloud's own; choose another")


def _template(file: str) -> str:
    return (files(__name__) / "template" / file).read_text(encoding="utf-8")


def _named(text: str, name: str) -> str:
    """The text with another name in it: in modules with underscores, in classes and titles with capitals."""
    words = [word.capitalize() for word in name.split("-")]
    new = {
        "taskflows_cloud_example": f"taskflows_cloud_{name.replace('-', '_')}",
        "TestExample": f"Test{''.join(words)}",
        "ExamplePlan": f"{''.join(words)}Plan",
        "Example": " ".join(words),
        "example": name,
        "CORE_VERSION": __version__,
    }
    # In one pass, since the new name may hold the old one.
    return re.sub("|".join(new), lambda found: new[found[0]], text)


__all__ = ["distribution_name", "write_provider"]
