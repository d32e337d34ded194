"""Which modules a piece of code imports, read from it without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import attrs


@attrs.frozen(kw_only=True)
class ImportedModule:
    """One import in the code.

    Args:
        module: The full name that is imported; ``""`` when a relative import leaves its package.
        names: What is taken from it; each may be a submodule.
        line: Of the import.
        optional: Whether the code goes on when the import fails, or may never get to it.
        computed: Whether the name is computed when the code runs; ``module`` is ``""`` then.
        distribution: A distribution whose metadata is asked for by this name; ``module`` is ``""`` then.
    """

    module: str = ""
    names: tuple[str, ...] = ()
    line: int = 0
    optional: bool = False
    computed: bool = False
    distribution: str = ""


_METADATA_MODULES = ("importlib.metadata", "importlib_metadata")
_METADATA_CALLS = ("version", "metadata", "distribution", "requires", "files")
IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
"""Who handles one of these goes on when an import fails."""
IMPORTERS = ("import_module", "__import__")
"""The functions that import what their first argument names."""


def absolute_name(module: str, level: int, package: str) -> str:
    """The full name of what a relative import names.

    Args:
        module: What stands after the dots.
        level: The number of dots.
        package: The package that the import stands in.
    """
    if not level:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{module}" if module else base


def literal_name(literal: str, package: str) -> str:
    """The full name of what ``importlib.import_module`` is given.

    Args:
        literal: With a dot for each level when it is relative.
        package: What relative names start from.
    """
    module = literal.lstrip(".")
    return absolute_name(module, len(literal) - len(module), package)


def imports_of_source(source: bytes, *, filename: str, package: str) -> list[ImportedModule]:
    """Find the imports of a module's source, nested ones included.

    Imports for type checkers alone are left out. ``importlib.import_module`` and ``__import__`` count when
    their argument is a literal; otherwise they are marked as computed. ``importlib.metadata.version`` and its like
    count when their argument is a literal.

    Args:
        source: The file's bytes.
        filename: For messages.
        package: What relative imports start from.

    Raises:
        SyntaxError: The source is not Python of the running version.
    """
    tree = ast.parse(source, filename=filename)
    return [*_visit(tree, package, optional=False), *_metadata_calls(tree)]


def _visit(node: ast.AST, package: str, *, optional: bool) -> Iterator[ImportedModule]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _statement(node, package, optional=optional)
    elif isinstance(node, ast.Call):
        yield from _call(node, package, optional=optional)
    for child, conditional in _children(node):
        yield from _visit(child, package, optional=optional or conditional)


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    if isinstance(node, ast.Try):
        guarded = any(_catches_import_error(handler) for handler in node.handlers)
        for child in ast.iter_child_nodes(node):
            yield child, guarded and child not in node.finalbody
    elif isinstance(node, ast.With) and any(_suppresses_import_error(item.context_expr) for item in node.items):
        yield from ((child, True) for child in ast.iter_child_nodes(node))
    elif isinstance(node, ast.If):
        if not _is_type_checking(node.test):
            yield from ((child, True) for child in [node.test, *node.body])
        yield from ((child, True) for child in node.orelse)
    else:
        yield from ((child, False) for child in ast.iter_child_nodes(node))


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return _names_import_error(handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])


def _suppresses_import_error(expression: ast.expr) -> bool:
    return (
        isinstance(expression, ast.Call) and _called(expression) == "suppress" and _names_import_error(expression.args)
    )


def _names_import_error(kinds: list[ast.expr]) -> bool:
    return any(isinstance(kind, ast.Name) and kind.id in IMPORT_ERRORS for kind in kinds)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _metadata_calls(tree: ast.Module) -> Iterator[ImportedModule]:
    """The distributions whose metadata is asked for by a literal name."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    modules |= {
        f"{node.module}.{alias.name}" for node in imports if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    if not modules & set(_METADATA_MODULES):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in _METADATA_CALLS and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield ImportedModule(distribution=name.value, line=node.lineno)


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


def _statement(node: ast.Import | ast.ImportFrom, package: str, *, optional: bool) -> Iterator[ImportedModule]:
    names = tuple(alias.name for alias in node.names)
    if isinstance(node, ast.Import):
        yield from (ImportedModule(module=name, line=node.lineno, optional=optional) for name in names)
    else:
        module = absolute_name(node.module or "", node.level, package)
        yield ImportedModule(module=module, names=names, line=node.lineno, optional=optional)


def _call(node: ast.Call, package: str, *, optional: bool) -> Iterator[ImportedModule]:
    if _called(node) not in IMPORTERS or not node.args:
        return
    first = node.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
        anchor = [*node.args[1:2], *(keyword.value for keyword in node.keywords if keyword.arg == "package")]
        if anchor and isinstance(anchor[0], ast.Constant) and isinstance(anchor[0].value, str):
            package = anchor[0].value
        yield ImportedModule(module=literal_name(first.value, package), line=node.lineno, optional=optional)
    elif not isinstance(first, ast.Constant):
        yield ImportedModule(line=node.lineno, computed=True)
