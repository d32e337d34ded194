"""Checks of a callable before anything is packaged."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from taskflows_cloud_core.errors import PackagingError, Problem
from taskflows_cloud_core.packaging.code.call_signature import call_style, callable_name, callable_place
from taskflows_cloud_core.packaging.code.entry_point import reference_of, reference_or_payload
from taskflows_cloud_core.packaging.installed.modules import ModuleFinder
from taskflows_cloud_core.packaging.pickling.pickler import Payload


def check_callable(function: Callable[..., Any] | object, *, python_version: str) -> list[Problem]:
    """Check that a callable can be packaged and then called as a schedule does.

    Args:
        function: The callable.
        python_version: Of the runtime that it is for, ``"3.12"``.

    Returns:
        All problems, each with the field ``"function"``: it is not callable, needs arguments that a schedule
        cannot give, holds something that cannot be sent, or is bytecode of another Python.
    """
    if not callable(function):
        message = f"must be a callable, not {type(function).__name__}; give the function itself, without ()"
        return [Problem(field="function", message=message)]
    messages = [message for message in (_signature(function), _value(function, python_version)) if message]
    return [Problem(field="function", message=message) for message in messages]


def _signature(function: Callable[..., Any]) -> str:
    _, refusal = call_style(function)
    if not refusal:
        return ""
    place = callable_place(function)
    return f"{callable_name(function)}{f' ({place})' if place else ''} {refusal}"


def _value(function: Callable[..., Any], python_version: str) -> str:
    finder = ModuleFinder()
    if reference_of(function, finder) is not None:
        return ""
    try:
        found = reference_or_payload(function, finder)
    except PackagingError as error:
        return str(error)
    return bytecode_refusal(found, callable_name(function), python_version) if isinstance(found, Payload) else ""


def bytecode_refusal(payload: Payload, name: str, python_version: str) -> str:
    """Say why a payload cannot run on a version of Python; ``""`` when it can.

    Args:
        payload: A callable by value.
        name: Of the callable.
        python_version: Of the runtime, ``"3.12"``.
    """
    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    if not payload.has_bytecode or python_version == running:
        return ""
    return (
        f"{name} is packaged by value, as bytecode of Python {running}, which Python {python_version} cannot run: "
        f"set runtime='python{running}', or move the function into a module that can be imported"
    )
