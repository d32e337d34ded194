"""The marked functions of modules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from taskflows_cloud_core.errors import NothingMarkedError, ProjectError, UnknownFunctionError
from taskflows_cloud_core.marks import MarkedFunction, marked


def collect_functions(modules: Sequence[ModuleType]) -> list[MarkedFunction]:
    """All functions that are marked with ``@cloud_function``, in the order in which the modules name them.

    Raises:
        NothingMarkedError: There is none.
        ProjectError: Another decorator hides a mark, or two functions have one name.
    """
    found: dict[int, MarkedFunction] = {}
    for module in modules:
        for name, value in list(vars(module).items()):
            mark = _mark_of(value, name, module)
            if mark is not None:
                found[id(mark.function)] = mark
    functions = list(found.values())
    if not functions:
        raise NothingMarkedError(_nothing(modules))
    _refuse_doubles(functions)
    return functions


def _mark_of(value: Any, name: str, module: ModuleType) -> MarkedFunction | None:
    mark = _marked(value)
    if mark is None and callable(value) and _marked(getattr(value, "__wrapped__", None)) is not None:
        raise ProjectError(
            f"{module.__file__}: {name!r} has another decorator above @cloud_function, which would not be deployed; "
            "put @cloud_function above all others"
        )
    return mark


def _marked(value: Any) -> MarkedFunction | None:
    try:
        return marked(value)
    except TypeError:  # what has no weak reference, or no hash, was never marked
        return None


def _nothing(modules: Sequence[ModuleType]) -> str:
    names = ", ".join(str(module.__file__) for module in modules)
    plain = sorted(_plain_functions(modules))[:3]
    example = f", for instance above `def {plain[0]}`" if plain else ""
    return (
        f"{names} has no function marked with @cloud_function; put the decorator above what is to be deployed{example}"
    )


def _plain_functions(modules: Sequence[ModuleType]) -> Iterator[str]:
    for module in modules:
        for name, value in vars(module).items():
            if callable(value) and getattr(value, "__module__", None) == module.__name__ and hasattr(value, "__code__"):
                yield name


def _refuse_doubles(functions: Sequence[MarkedFunction]) -> None:
    seen: dict[str, MarkedFunction] = {}
    for each in functions:
        other = seen.setdefault(each.config.function_name, each)
        if other is not each:
            both = f"{_python_name(other)} and {_python_name(each)}"
            raise ProjectError(f"{both} both have function_name={each.config.function_name!r}; names must differ")


def select_functions(functions: Sequence[MarkedFunction], names: Sequence[str]) -> list[MarkedFunction]:
    """Those functions that are named, in the order of the module; all when no name is given.

    Args:
        functions: Of `collect_functions`.
        names: ``function_name`` of the configuration, or the function's name in Python.

    Raises:
        UnknownFunctionError: With every name that no function has.
    """
    by_name = {_python_name(each): each for each in functions} | {each.config.function_name: each for each in functions}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise UnknownFunctionError("; ".join(_unknown(name, functions) for name in unknown))
    wanted = {id(by_name[name]) for name in names}
    return [each for each in functions if not names or id(each) in wanted]


def _unknown(name: str, functions: Sequence[MarkedFunction]) -> str:
    known = [each.config.function_name for each in functions]
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"marked are: {', '.join(known)}"
    return f"no marked function is named {name!r}; {hint}"


def _python_name(each: MarkedFunction) -> str:
    return str(getattr(each.function, "__name__", type(each.function).__name__))
