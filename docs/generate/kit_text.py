"""What a package offers: each public name with the first sentence of its documentation."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from itertools import pairwise
from pathlib import Path


def kit_text(path: str) -> str:
    """The table.

    Args:
        path: Of a package with an ``__all__``, for instance ``"taskflows_cloud_core.kit"``.

    Returns:
        Markdown, a row for each name.
    """
    rows = [f"| `{name}` | {meaning} |" for name, meaning in meanings_of(path).items()]
    return "\n".join(["| name | |", "| --- | --- |", *rows])


def meanings_of(path: str) -> dict[str, str]:
    """Public names of a package and the first sentences of their documentation; constants have theirs below them."""
    package = import_module(path)
    constants: dict[str, str] = {}
    for source in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
        constants |= _constants(source.read_text(encoding="utf-8"))
    return {name: _first_sentence(constants.get(name) or getattr(package, name)) for name in package.__all__}


def _constants(source: str) -> dict[str, str]:
    body = ast.parse(source).body
    return {
        target.id: text.value.value
        for statement, text in pairwise(body)
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }


def _first_sentence(documented: object) -> str:
    text = documented if isinstance(documented, str) else inspect.getdoc(documented) or ""
    paragraph = " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())
    return paragraph.replace("``", "`").replace("|", "\\|")
