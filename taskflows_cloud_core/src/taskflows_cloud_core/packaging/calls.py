"""What a callable is called, where it stands, and with what it can be called."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

Takes: TypeAlias = Literal["nothing", "event", "event, context"]
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
    owner = getattr(function, "__self__", None)
    if inspect.ismethod(function) and not isinstance(owner, type):
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
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # built in, without a signature that can be read
        return "nothing", ""
    positional = [parameter for parameter in parameters if parameter.kind in _POSITIONAL]
    names = tuple(parameter.name for parameter in positional)
    given = 2 if names[:2] == _GIVEN else 1 if names[:1] == _GIVEN[:1] else 0
    left_over = [parameter for parameter in parameters if parameter not in positional[:given] and _needed(parameter)]
    takes: Takes = "event, context" if given == 2 else "event" if given else "nothing"
    if not left_over:
        return takes, ""
    return takes, _refusal([parameter.name for parameter in left_over])


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
