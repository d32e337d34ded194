"""The part of cloudpickle that one payload needs when it is loaded.

All of cloudpickle takes longer to compile at a cold start than everything else together; a payload refers to a
handful of its functions. They are cut out of the installed cloudpickle, with its licence, word for word.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_GIVEN = {*dir(builtins), "__builtins__", "__name__", "__file__", "__doc__"}


def loader_source(names: Iterable[str]) -> str | None:
    """Cut functions and all that they use out of the installed cloudpickle.

    Args:
        names: Of its module ``cloudpickle.cloudpickle``.

    Returns:
        Python source; ``None`` when it is not built as expected, so that all of it has to go along.
    """
    import cloudpickle.cloudpickle as whole  # type: ignore[import-untyped]  # it has no types

    text = Path(str(whole.__file__)).read_text(encoding="utf-8")
    tree = ast.parse(text)
    kept = _needed(tree.body, set(names))
    if kept is None:
        return None
    lines = text.splitlines()
    parts = ["\n".join(lines[_first_line(node) - 1 : node.end_lineno]) for node in tree.body if node in kept]
    return f'"""The parts of cloudpickle that the payload needs.\n\n{ast.get_docstring(tree)}\n"""\n\n' + (
        "\n\n\n".join(parts) + "\n"
    )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _needed(body: Sequence[ast.stmt], wanted: set[str]) -> set[ast.stmt] | None:
    makers = {name: node for node in body for name in _defined(node)}
    kept: set[ast.stmt] = set()
    while wanted:
        name = wanted.pop()
        node = makers.get(name)
        if node is None:
            if name not in _GIVEN:
                return None
        elif node not in kept:
            kept.add(node)
            wanted |= _used(node)
    values = {name for node in kept if isinstance(node, ast.Assign | ast.AnnAssign) for name in _defined(node)}
    changed = {name for node in body if node not in kept for name in _changed(node)}
    return None if changed & values else kept


def _changed(node: ast.stmt) -> Iterator[str]:
    """The names whose objects a statement at the top of a module changes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return
    for inner in ast.walk(node):
        place: ast.AST | None = None
        if isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store):
            place = inner.value
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            place = inner.func.value
        if isinstance(place, ast.Name):
            yield place.id


def _defined(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module makes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.If | ast.Try):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield from _defined(child)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def _used(node: ast.stmt) -> set[str]:
    """The names of the module that a statement and the functions in it look up."""
    names = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
    bound = {name.arg for name in ast.walk(node) if isinstance(name, ast.arg)}
    bound |= {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)}
    bound |= {inner.name for inner in ast.walk(node) if isinstance(inner, ast.ExceptHandler) and inner.name}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).partition(".")[0] for alias in inner.names}
    return names - bound if isinstance(node, ast.FunctionDef | ast.ClassDef) else names - set(_defined(node))
