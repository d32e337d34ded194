"""Things of the standard library that neither pickle nor cloudpickle takes apart, for callables by value."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, NewType

_CACHED: Any = type(functools.cache(int))
_CACHE_INFO: Any = vars(functools)["_CacheInfo"]
# Every function of singledispatch has the same code.
_DISPATCHER: Any = getattr(functools.singledispatch(int), "__code__", None)


def is_cached(obj: object) -> bool:
    """Whether an object is a function behind ``functools.lru_cache`` that cannot be imported by its name."""
    return type(obj) is _CACHED and not _can_be_imported(obj)


def is_dispatcher(obj: object) -> bool:
    """Whether an object is a function of ``functools.singledispatch`` that cannot be imported by its name."""
    return isinstance(obj, FunctionType) and obj.__code__ is _DISPATCHER and not _can_be_imported(obj)


def implementations_of(dispatcher: Any) -> list[tuple[type, Callable[..., Any]]]:
    """The classes that a dispatcher knows, with a function for each, but for that of all others."""
    base = dispatcher.__wrapped__
    return [(kind, made) for kind, made in dispatcher.registry.items() if kind is not object or made is not base]


def parts_of_cached(cached: Any) -> tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]:
    """What a function behind a cache is made of: what makes the cache, its arguments, its names.

    Args:
        cached: What `is_cached` says is one. What is in the cache is left behind.
    """
    parameters = cached.cache_parameters()
    names = {name: value for name, value in vars(cached).items() if name != "cache_parameters"}
    arguments = (cached.__wrapped__, parameters["maxsize"], parameters["typed"], _CACHE_INFO)
    return _CACHED, arguments, names


def reduce_standard(obj: Any) -> str | tuple[Any, ...] | None:
    """Say how to make an object again, as ``__reduce__`` does; ``None`` when others know.

    Args:
        obj: Anything.
    """
    if obj is _CACHE_INFO:  # its class is named otherwise
        return "_CacheInfo"
    if type(obj) is functools.cached_property:  # it has a lock before Python 3.12
        return functools.cached_property, (obj.func,), {"attrname": obj.attrname}
    if type(obj) is functools.singledispatchmethod:  # it has a cache of weak references in Python 3.13
        return functools.singledispatchmethod, (obj.func,), {"dispatcher": obj.dispatcher}
    if isinstance(obj, NewType) and not _can_be_imported(obj):
        return NewType, (obj.__name__, obj.__supertype__)
    return None


def _can_be_imported(obj: Any) -> bool:
    module, found = sys.modules.get(obj.__module__), None
    if module is None or obj.__module__ in ("__main__", "__mp_main__"):
        return False
    found = module
    for name in obj.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is obj
