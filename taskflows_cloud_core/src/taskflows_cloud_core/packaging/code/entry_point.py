"""What a callable is: a name in a module that can be imported, or a value that has to be pickled."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType, MethodType, ModuleType
from typing import Any

import attrs

from taskflows_cloud_core.errors import PackagingError
from taskflows_cloud_core.packaging.code.call_signature import Takes, call_style, callable_name
from taskflows_cloud_core.packaging.installed.modules import ModuleFinder
from taskflows_cloud_core.packaging.pickling.pickler import Payload, pickle_callable

_NEVER_IMPORTED = ("__main__", "__mp_main__")


@attrs.frozen(kw_only=True)
class Reference:
    """A callable by its name.

    Args:
        module: The module's full name.
        attributes: The way from the module to the callable.
    """

    module: str
    attributes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Entry:
    """A callable, ready to be packaged. Either ``reference`` or ``payload`` is there.

    Args:
        name: For people.
        takes: With what it is called.
        reference: Its name, when it can be imported.
        payload: Its pickle, when it cannot.
    """

    name: str
    takes: Takes
    reference: Reference | None = None
    payload: Payload | None = None


def describe_entry(function: Callable[..., Any], finder: ModuleFinder) -> Entry:
    """Find out how a callable gets into a package.

    Args:
        function: The callable.
        finder: Looks for its module.

    Raises:
        PackagingError: It cannot be called as a schedule does, or holds what cannot be sent elsewhere.
    """
    name = callable_name(function)
    takes, refusal = call_style(function)
    if refusal:
        raise PackagingError(f"{name} {refusal}")
    reference = reference_of(function, finder)
    if reference is not None:
        return Entry(name=name, takes=takes, reference=reference)
    payload = reference_or_payload(function, finder)
    if isinstance(payload, Reference):
        return Entry(name=name, takes=takes, reference=payload)
    return Entry(name=name, takes=takes, payload=payload)


def reference_or_payload(function: Callable[..., Any], finder: ModuleFinder) -> Reference | Payload:
    """Pickle a callable that has no name; one that cannot be pickled may be of an instance that has one.

    Args:
        function: The callable.
        finder: Looks for modules.

    Raises:
        PackagingError: It holds what cannot be sent elsewhere, and no module has it.
    """
    try:
        return pickle_callable(function, name=callable_name(function))
    except PackagingError:
        reference = _reference_by_instance(function, finder)
        if reference is None:
            raise
        return reference


def _reference_by_instance(function: Callable[..., Any], finder: ModuleFinder) -> Reference | None:
    """The name of an instance at the top of its class's module, with the name of the method."""
    method = isinstance(function, MethodType)
    instance = function.__self__ if isinstance(function, MethodType) else function
    module = sys.modules.get(type(instance).__module__)
    if module is None or module.__name__ in _NEVER_IMPORTED or finder.find(module.__name__) is None:
        return None
    names = sorted(name for name, value in vars(module).items() if value is instance and name.isidentifier())
    if not names:
        return None
    path = (names[0], function.__name__) if method else (names[0],)
    found: Any = module
    for name in path:
        found = getattr(found, name, None)
    return Reference(module=module.__name__, attributes=path) if found == function else None


def reference_of(function: Callable[..., Any], finder: ModuleFinder) -> Reference | None:
    """The name under which a callable can be imported, ``None`` when there is none.

    Args:
        function: The callable.
        finder: Looks for its module.
    """
    holder = _class_of(function)
    module_name = getattr(function if holder is None else holder, "__module__", None)
    module = sys.modules.get(module_name) if isinstance(module_name, str) else None
    if module is None or module.__name__ in _NEVER_IMPORTED or module_name in _NEVER_IMPORTED:
        return None
    found = finder.find(str(module_name))
    if found is None or (found.file is None and found.owner == "first-party"):
        return None
    attributes = _path_in(module, function)
    return Reference(module=found.name, attributes=attributes) if attributes else None


def _class_of(function: Callable[..., Any]) -> type | None:
    """The class that a class method was asked for, which may be below the one that has it."""
    holder = function.__self__ if isinstance(function, MethodType) else None
    return holder if isinstance(holder, type) else None


def _path_in(module: ModuleType, function: Callable[..., Any]) -> tuple[str, ...]:
    holder = _class_of(function)
    qualname = getattr(function, "__qualname__", None)
    if holder is not None:
        qualname = f"{holder.__qualname__}.{function.__name__}"
    if isinstance(qualname, str) and _leads_to(module, qualname.split("."), function):
        return tuple(qualname.split("."))
    if isinstance(function, FunctionType):
        names = [name for name, value in vars(module).items() if value is function and name.isidentifier()]
        return tuple(sorted(names)[:1])
    return ()


def _leads_to(start: Any, names: list[str], function: Callable[..., Any]) -> bool:
    for name in names:
        start = getattr(start, name, None)
    if start is function:
        return True
    # A class method is a new object each time that it is asked for; two of them are equal.
    same_type = type(start) is type(function) and isinstance(getattr(function, "__self__", None), type)
    return same_type and bool(start == function)
