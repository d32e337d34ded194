"""Finding and reading ``[tool.taskflows-cloud]``, with every problem told at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from taskflows_cloud_core.config import setting_names
from taskflows_cloud_core.errors import ConfigurationError, Problem, ProjectFileError
from taskflows_cloud_core.project.settings import Place, Project, Stage

TABLE = "taskflows-cloud"
_PROJECT_KEYS = ("functions", "project", "stage", "stages")
_STAGE_KEYS = ("environment", "environment_from", "places", "prefix", "provider", "settings")
# What belongs to one function alone cannot be said for all of them.
_SETTINGS = tuple(name for name in setting_names() if name != "function_name")


def find_project(start: Path | None = None) -> Project:
    """Read the nearest pyproject.toml with the table, from a folder upwards.

    Args:
        start: The folder to begin with; the working directory, when not given.

    Returns:
        The project; one without stages when no pyproject.toml has the table.

    Raises:
        ProjectFileError: With every problem of the table.
    """
    begin = (start or Path.cwd()).absolute()
    for folder in (begin, *begin.parents):
        file = folder / "pyproject.toml"
        content = _content(file) if file.is_file() else {}
        tool = content.get("tool")
        if isinstance(tool, Mapping) and TABLE in tool:
            return _Reader(file).project(tool[TABLE], content.get("project"))
    return Project(folder=begin)


def _content(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProjectFileError(f"{file}: cannot be read as TOML: {error}") from error


class _Reader:
    """Reads one table and gathers what is wrong with it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._problems: list[Problem] = []

    def project(self, table: Any, metadata: Any) -> Project:
        table = self._table(table, "")
        self._refuse_unknown(table, _PROJECT_KEYS, "")
        stages = self._table(table.get("stages", {}), "stages")
        project = Project(
            folder=self._file.parent,
            name=self._text(table, "project", "") or _name_of(metadata),
            functions=self._texts(table, "functions", ""),
            stage=self._text(table, "stage", "") or None,
            stages={name: self._stage(name, value) for name, value in stages.items()},
        )
        if project.stage is not None and project.stage not in project.stages:
            self._add("stage", f"{project.stage!r} is none of the stages{_hint(project.stage, project.stages)}")
        self._raise()
        return project

    def _stage(self, name: str, value: Any) -> Stage:
        place = f"stages.{name}"
        table = self._table(value, place)
        return Stage(
            name=name,
            places=self._places(table, place),
            environment=self._environment(table.get("environment", {}), f"{place}.environment"),
            environment_from=self._texts(table, "environment_from", place),
            settings=self._settings(table.get("settings", {}), f"{place}.settings"),
            prefix=self._text(table, "prefix", place),
        )

    def _places(self, table: Mapping[str, Any], place: str) -> tuple[Place, ...]:
        if "places" not in table:
            options = {key: value for key, value in table.items() if key not in _STAGE_KEYS}
            return (self._place({"provider": table.get("provider"), **options}, place),)
        own = [key for key in table if key == "provider" or key not in _STAGE_KEYS]
        if own:
            self._add(place, f"has places, so {', '.join(own)} must stand in each of them")
        entries = table["places"]
        if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
            self._add(f"{place}.places", "must be a list of tables with provider and its options")
            return ()
        return tuple(self._place(entry, f"{place}.places[{index}]") for index, entry in enumerate(entries))

    def _place(self, value: Any, place: str) -> Place:
        table = self._table(value, place)
        provider = table.get("provider")
        if not isinstance(provider, str) or not provider:
            self._add(f"{place}.provider", "is needed, a provider's name as text")
        options = {key: option for key, option in table.items() if key != "provider"}
        return Place(provider=str(provider), options=options)

    def _environment(self, value: Any, place: str) -> Mapping[str, str]:
        table = self._table(value, place)
        for name, text in table.items():
            if not isinstance(text, str):
                self._add(f"{place}.{name}", f"must be text, not {_kind(text)}; put it into quotes")
        return table

    def _settings(self, value: Any, place: str) -> Mapping[str, Any]:
        table = self._table(value, place)
        self._refuse_unknown(table, _SETTINGS, place)
        return table

    def _table(self, value: Any, place: str) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        self._add(place, f"must be a table, not {_kind(value)}")
        return {}

    def _text(self, table: Mapping[str, Any], key: str, place: str) -> str:
        value = table.get(key, "")
        if isinstance(value, str):
            return value
        self._add(_path(place, key), f"must be text, not {_kind(value)}")
        return ""

    def _texts(self, table: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        value = table.get(key, ())
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, Sequence) and all(isinstance(item, str) and item for item in listed):
            return tuple(listed)
        self._add(_path(place, key), "must be text or a list of texts")
        return ()

    def _refuse_unknown(self, table: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for key in table:
            if key not in known:
                self._add(_path(place, key), f"means nothing here{_hint(key, known)}")

    def _add(self, place: str, message: str) -> None:
        self._problems.append(Problem(field=_path(f"[tool.{TABLE}]", place) if place else TABLE, message=message))

    def _raise(self) -> None:
        if self._problems:
            raise ProjectFileError(str(ConfigurationError(self._problems, subject=str(self._file))), self._problems)


def _name_of(metadata: Any) -> str | None:
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return name if isinstance(name, str) and name else None


def _path(place: str, key: str) -> str:
    if place.startswith("["):
        return f"{place} {key}"
    return f"{place}.{key}" if place else key


def _kind(value: Any) -> str:
    kinds = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "a table"}
    return kinds.get(type(value), type(value).__name__)


def _hint(word: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    names = sorted(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are {', '.join(names)}" if names else ""
