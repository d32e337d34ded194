"""Which modules compiled code imports, for functions that are packaged by value: their source may not be there."""

from __future__ import annotations

import dis
from collections.abc import Iterator, Sequence
from dis import Instruction
from types import CodeType
from typing import Any

from taskflows_cloud_core.packaging.code.imports import (
    IMPORT_ERRORS,
    IMPORTERS,
    ImportedModule,
    absolute_name,
    literal_name,
)

_CALLS = ("PRECALL", "CALL", "KW_NAMES", "CALL_KW")


def imports_of_code(code: CodeType, *, package: str) -> Iterator[ImportedModule]:
    """Find the imports of a code object, those of the functions inside it included.

    ``importlib.import_module`` and ``__import__`` count when their argument is a literal; otherwise they are marked
    as computed. What stands in a ``try`` that goes on without it is optional.

    Args:
        code: For instance of a function that is packaged by value.
        package: What relative imports start from.
    """
    instructions = list(dis.get_instructions(code))
    guarded = _guarded(code, instructions)
    line = code.co_firstlineno
    for index, instruction in enumerate(instructions):
        line = instruction.positions.lineno or line if instruction.positions else line
        optional = any(instruction.offset in offsets for offsets in guarded)
        if instruction.opname == "IMPORT_NAME":
            yield _statement(instruction.argval, instructions[:index], package, line=line, optional=optional)
        elif instruction.opname.startswith("LOAD_") and instruction.argval in IMPORTERS:
            yield from _call(instructions[index + 1 :], package, line=line, optional=optional)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from imports_of_code(constant, package=package)


def _statement(name: str, before: Sequence[Instruction], package: str, *, line: int, optional: bool) -> ImportedModule:
    loaded = [instruction.argval for instruction in before[-2:] if instruction.opname.startswith("LOAD_")]
    level, names = loaded if len(loaded) == 2 else (0, ())
    module = absolute_name(name, level if isinstance(level, int) else 0, package)
    return ImportedModule(module=module, names=tuple(names or ()), line=line, optional=optional)


def _call(after: Sequence[Instruction], package: str, *, line: int, optional: bool) -> Iterator[ImportedModule]:
    """Read the arguments of a call; a function that is passed on instead is not followed."""
    loads: list[Instruction] = []
    for instruction in after:
        if instruction.opname.startswith("LOAD_"):
            loads.append(instruction)
        elif instruction.opname != "PUSH_NULL":
            break
    if not loads:
        return
    first, *others = loads
    if first.opname == "LOAD_CONST" and isinstance(first.argval, str) and instruction.opname in _CALLS:
        anchor = [one.argval for one in others[:1] if one.opname == "LOAD_CONST" and isinstance(one.argval, str)]
        module = literal_name(first.argval, anchor[0] if anchor else package)
        yield ImportedModule(module=module, line=line, optional=optional)
    else:
        yield ImportedModule(line=line, computed=True)


def _guarded(code: CodeType, instructions: Sequence[Instruction]) -> list[range]:
    """The parts of the code in which an import may fail, since a handler goes on then."""
    entries = vars(dis.Bytecode(code))["exception_entries"]
    return [range(entry.start, entry.end) for entry in entries if _goes_on(entry, instructions)]


def _goes_on(entry: Any, instructions: Sequence[Instruction]) -> bool:
    handler = [instruction for instruction in instructions if instruction.offset >= entry.target]
    if [instruction.opname for instruction in handler[:2]] == ["PUSH_EXC_INFO", "WITH_EXCEPT_START"]:
        manager = [one.argval for one in instructions if one.offset < entry.start and one.opname.startswith("LOAD_")]
        after = manager[len(manager) - manager[::-1].index("suppress") :] if "suppress" in manager else []
        return bool(IMPORT_ERRORS.intersection(map(str, after)))
    return _catches_import_error(handler)


def _catches_import_error(handler: Sequence[Instruction]) -> bool:
    """Whether a handler names an error of imports, or names none."""
    if [instruction.opname for instruction in handler[:2]] == ["PUSH_EXC_INFO", "POP_TOP"]:
        return True
    names: list[object] = []
    for instruction in handler:
        if instruction.opname == "CHECK_EXC_MATCH":
            if IMPORT_ERRORS.intersection(map(str, names)):
                return True
            names = []
        elif instruction.opname.startswith("LOAD_"):
            names.append(instruction.argval)
        elif instruction.opname == "RERAISE":
            return False
    return False
