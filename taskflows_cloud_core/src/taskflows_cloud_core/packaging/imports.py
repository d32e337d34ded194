"""Which modules a piece of code imports, read from it without running it."""

from __future__ import annotations

import ast
import dis
from collections.abc import Iterator
from types import CodeType

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
    """

    module: str
    names: tuple[str, ...] = ()
    line: int = 0
    optional: bool = False
    computed: bool = False


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


def imports_of_source(source: bytes, *, filename: str, package: str) -> list[ImportedModule]:
    """Find the imports of a module's source, nested ones included.

    Imports for type checkers alone are left out. ``importlib.import_module`` and ``__import__`` count when
    their argument is a literal; otherwise they are marked as computed.

    Args:
        source: The file's bytes.
        filename: For messages.
        package: What relative imports start from.

    Raises:
        SyntaxError: The source is not Python of the running version.
    """
    return list(_visit(ast.parse(source, filename=filename), package, optional=False))


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
    elif isinstance(node, ast.If):
        if not _is_type_checking(node.test):
            yield from ((child, True) for child in [node.test, *node.body])
        yield from ((child, True) for child in node.orelse)
    else:
        yield from ((child, False) for child in ast.iter_child_nodes(node))


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


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
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in ("import_module", "__import__") or not node.args:
        return
    first = node.args[0]
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
        module = first.value.lstrip(".")
        level = len(first.value) - len(module)
        yield ImportedModule(module=absolute_name(module, level, package), line=node.lineno, optional=optional)
    elif not isinstance(first, ast.Constant):
        yield ImportedModule(module="", line=node.lineno, computed=True)


def imports_of_code(code: CodeType, *, package: str) -> Iterator[ImportedModule]:
    """Find the imports of a code object, those of the functions inside it included.

    Args:
        code: For instance of a function that is packaged by value.
        package: What relative imports start from.
    """
    constants: list[object] = []
    line = code.co_firstlineno
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno or line if instruction.positions else line
        if instruction.opname.startswith("LOAD_"):
            constants = [*constants[-1:], instruction.argval]
        elif instruction.opname == "IMPORT_NAME":
            level, names = constants if len(constants) == 2 else (0, ())
            module = absolute_name(instruction.argval, level if isinstance(level, int) else 0, package)
            taken = tuple(names) if isinstance(names, tuple) else ()
            yield ImportedModule(module=module, names=taken, line=line)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from imports_of_code(constant, package=package)
