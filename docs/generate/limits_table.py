"""A table of the limits of a provider, with the source of each, read from the module that holds them as data."""

from __future__ import annotations

import ast
import inspect
import re
from importlib import import_module
from types import ModuleType


def limits_table(path: str) -> str:
    """The table.

    Args:
        path: Of a module of constants; the comment above a constant names its source.

    Returns:
        Markdown.
    """
    module = import_module(path)
    rows = [
        f"| {name.lower().replace('_', ' ')} | {_shown(value)} | {source} |"
        for name, value, source in _constants(module)
        if _shown(value)
    ]
    return "\n".join(["| limit | value | source |", "| --- | --- | --- |", *rows])


def _constants(module: ModuleType) -> list[tuple[str, object, str]]:
    lines = inspect.getsource(module).splitlines()
    found = []
    source = ""
    for node in ast.parse("\n".join(lines)).body:
        if not isinstance(node, ast.Assign):
            continue
        comment = _comment_above(lines, node.lineno)
        if comment.startswith("The same page"):
            comment = f"{source.partition('. ')[0].rstrip('.')}; {comment.partition(': ')[2] or comment}"
        source = comment or source
        for target in node.targets:
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            found += [(name.id, getattr(module, name.id), source) for name in names if isinstance(name, ast.Name)]
    return [entry for entry in found if not entry[0].startswith("_")]


def _comment_above(lines: list[str], number: int) -> str:
    above = []
    for line in reversed(lines[: number - 1]):
        if not line.startswith("#"):
            break
        above.append(line.removeprefix("#").strip())
    return " ".join(reversed(above)).replace("|", "\\|")


def _shown(value: object) -> str:
    """As a reader would write it; empty for what is no limit of a user's input."""
    if isinstance(value, range):
        return f"{value[0]} to {value[-1]}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", " ")
    if isinstance(value, str):
        return f"`{value}`"
    if isinstance(value, re.Pattern):
        return f"`{value.pattern}`"
    if isinstance(value, tuple | frozenset) and value:
        words = map(str, value if isinstance(value, tuple) else sorted(value))
        return ", ".join(f"`{word}`" for word in words)
    return ""
