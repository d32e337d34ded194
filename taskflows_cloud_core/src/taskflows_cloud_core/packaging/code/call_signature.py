"""What a callable is called, where it stands, and with what it can be called."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from types import CellType, FunctionType, MethodType
from typing import Any, Literal, TypeAlias

Takes: TypeAlias = Literal["nothing", "event", "event, context", "event=", "event=, context=", "event, context="]
"""With what a callable is called; what ends in ``=`` is given by keyword."""
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_GIVEN = ("event", "context")


def callable_name(function: Callable[..., Any]) -> str:
    """Name a callable for people.

    Args:
        function: Any callable.

    Returns:
        ``"module:qualname"``; a partial is named after what it wraps, an instance after its class.
    """
    if isinstance(function, functools.partial):
        return f"{callable_name(function.func)} (partial)"
    module = getattr(function, "__module__", None) or type(function).__module__
    name = getattr(function, "__qualname__", None)
    if not isinstance(name, str):
        return f"{type(function).__module__}:{type(function).__qualname__} (instance)"
    if inspect.ismethod(function):
        owner = function.__self__
        if isinstance(owner, type):
            return f"{owner.__module__}:{owner.__qualname__}.{function.__name__}"
        return f"{module}:{name} (bound method)"
    return f"{module}:{name}"


def callable_place(function: Callable[..., Any]) -> str:
    """The file and line of a callable for a message, ``""`` when it has none."""
    inner = inspect.unwrap(function.func if isinstance(function, functools.partial) else function)
    code = getattr(inner, "__code__", None)
    return f"{code.co_filename}, line {code.co_firstlineno}" if code is not None else ""


def call_style(function: Callable[..., Any]) -> tuple[Takes, str]:
    """Find out with what a runtime calls the function.

    A schedule gives nothing, and the event and the context to those who ask for them by name.

    Args:
        function: Any callable.

    Returns:
        What it gets, and what is wrong with its parameters; ``""`` when nothing is.
    """
    return _call_style(function, ())


def _call_style(function: Callable[..., Any], before: tuple[Callable[..., Any], ...]) -> tuple[Takes, str]:
    """The same, with the decorators that hand on to it."""
    if isinstance(function, operator.attrgetter | operator.itemgetter | operator.methodcaller):
        return "nothing", _refusal(["obj"])  # before Python 3.13 they show no signature
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # built in, without a signature that can be read
        return "nothing", ""
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
    names = tuple(parameter.name for parameter in positional)
    given = _GIVEN[: 2 if names[:2] == _GIVEN else 1 if names[:1] == _GIVEN[:1] else 0]
    by_keyword = _asked_by_keyword(function, parameters, given)
    left_over = [
        parameter.name
        for parameter in parameters
        if parameter not in positional[: len(given)] and parameter.name not in by_keyword and _needed(parameter)
    ]
    takes: Any = ", ".join([*given, *(f"{name}=" for name in by_keyword)]) or "nothing"
    if left_over:
        return takes, _refusal(left_over)
    return _taken_behind(parameters, (*before, function)) if takes == "nothing" else takes, ""


def _taken_behind(parameters: list[inspect.Parameter], before: tuple[Callable[..., Any], ...]) -> Takes:
    """What is taken by the function behind a decorator that hands all on and does not tell: no ``functools.wraps``."""
    kinds = {parameter.kind for parameter in parameters}
    if kinds - {inspect.Parameter.VAR_KEYWORD} != {inspect.Parameter.VAR_POSITIONAL}:
        return "nothing"
    contents = [_content(cell) for cell in getattr(before[-1], "__closure__", None) or ()]
    behind = [content for content in contents if isinstance(content, FunctionType | MethodType)]
    if len(behind) != 1 or behind[0] in before:
        return "nothing"
    takes, refusal = _call_style(behind[0], before)
    can_hand_on = inspect.Parameter.VAR_KEYWORD in kinds or "=" not in takes
    return takes if can_hand_on and not refusal else "nothing"


def _content(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _asked_by_keyword(
    function: Callable[..., Any], parameters: list[inspect.Parameter], given: tuple[str, ...]
) -> list[str]:
    """The event, and the context of who gets the event, as far as they are parameters for keywords alone."""
    bound = function.keywords if isinstance(function, functools.partial) else ()
    keywords = [one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY and one.name not in bound]
    asked = [name for name in _GIVEN if name in keywords]
    return asked if "event" in (*given, *asked) else []


def _needed(parameter: inspect.Parameter) -> bool:
    spreads = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return parameter.kind not in spreads and parameter.default is inspect.Parameter.empty


def _refusal(names: list[str]) -> str:
    listed = ", ".join(map(repr, names))
    if names[0] in ("self", "cls"):
        return f"needs {listed}: give a method of an instance, Job(...).run, not of the class"
    return (
        f"needs {listed}, which a schedule cannot give: give defaults, bind the values with functools.partial, or "
        "take them from 'event' (the only arguments that a function gets are 'event' or 'event, context')"
    )
