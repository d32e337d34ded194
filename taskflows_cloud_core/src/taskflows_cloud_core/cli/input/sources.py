"""Which functions a command is about: FILE_OR_MODULE and names, or what pyproject.toml says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import click

from taskflows_cloud_core.cli.input.targets import Where
from taskflows_cloud_core.errors import SourceNotFoundError
from taskflows_cloud_core.marks import MarkedFunction
from taskflows_cloud_core.project import Project, collect_functions, for_stage, load_module, select_functions

# A command that has it gets FILE_OR_MODULE and names of functions as ``words``.
source_arguments = click.argument("words", metavar="[FILE_OR_MODULE] [NAME]...", nargs=-1)


def split_words(words: Sequence[str], project: Project) -> tuple[str | None, Sequence[str]]:
    """Tell FILE_OR_MODULE from names of functions.

    When pyproject.toml says where the functions are, the first word may be left out: then it counts as a file or
    module only when it ends in ``.py`` or has a ``/``.
    """
    if words and (not project.functions or words[0].endswith(".py") or "/" in words[0]):
        return words[0], words[1:]
    return None, words


def find_functions(source: str | None, names: Sequence[str], project: Project) -> list[MarkedFunction]:
    """Import a file or module, or what pyproject.toml names, and find the marked functions.

    Args:
        source: FILE_OR_MODULE; ``None`` for those of the project.
        names: Which of them; all when there is none.
        project: What pyproject.toml says.

    Raises:
        SourceNotFoundError: Nothing says where the functions are, or it is not there.
        UserCodeError: A file failed while it was imported.
        NothingMarkedError: There is no marked function.
        UnknownFunctionError: A name that none of them has.
    """
    return select_functions(collect_functions(_modules(source, project)), names)


def staged_functions(words: Sequence[str], where: Where) -> list[MarkedFunction]:
    """The functions that a command is about, as the stage wants them."""
    source, names = split_words(words, where.project)
    return for_stage(find_functions(source, names, where.project), where.project, where.stage)


def _modules(source: str | None, project: Project) -> list[ModuleType]:
    if source is not None:
        return [load_module(source)]
    if project.functions:
        return [load_module(each, folder=project.folder) for each in project.functions]
    raise SourceNotFoundError(_nowhere())


def _nowhere() -> str:
    candidates = [path.name for path in sorted(Path.cwd().glob("*.py")) if _has_marks(path)]
    example = candidates[0] if candidates else "jobs.py"
    begin = "" if candidates else "; `taskflows-cloud init` writes a first one"
    return (
        f"say where the functions are, for instance {example}, or write functions = {example!r} into "
        f"[tool.taskflows-cloud] of pyproject.toml{begin}"
    )


def _has_marks(path: Path) -> bool:
    try:
        return "cloud_function" in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
