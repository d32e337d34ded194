"""What a plugin's hooks are held against: names and arguments that there are, and wrappers where only those may be."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import pluggy

from taskflows_cloud_core.hookspecs import ProviderSpec


def unknown_hooks(manager: pluggy.PluginManager, plugin: Any) -> str:
    """One sentence about all hooks of a registered plugin that there are not; "" when there are none."""
    callers = manager.get_hookcallers(plugin) or []
    known = [name for name in dir(ProviderSpec) if not name.startswith("_")]
    unknown = sorted(caller.name for caller in callers if not caller.has_spec())
    return "; ".join(f"{name!r} is no hook{_meant(name, known)}" for name in unknown)


def unknown_arguments(manager: pluggy.PluginManager, plugin: Any) -> str:
    """One sentence about all arguments that hooks of a plugin take and do not get; "" when there are none."""
    return "; ".join(_strange_arguments(manager, plugin))


def unmarked_hooks(manager: pluggy.PluginManager, plugin: Any) -> list[str]:
    """The functions of a module, or the methods of an object, that have a hook's name and no mark.

    Functions that a module imports from elsewhere do not count.
    """
    return [
        name
        for name in dir(ProviderSpec)
        if not name.startswith("_")
        and inspect.isroutine(function := getattr(plugin, name, None))
        and not (inspect.ismodule(plugin) and function.__module__ != plugin.__name__)
        and manager.parse_hookimpl_opts(plugin, name) is None
    ]


def answering_hooks(manager: pluggy.PluginManager, plugin: Any) -> list[str]:
    """The hooks that a registered plugin answers instead of wrapping them."""
    return sorted(
        caller.name
        for caller in manager.get_hookcallers(plugin) or []
        for impl in caller.get_hookimpls()
        if impl.plugin is plugin and not (impl.wrapper or impl.hookwrapper)
    )


def _strange_arguments(manager: pluggy.PluginManager, plugin: Any) -> Iterator[str]:
    for name in dir(plugin):
        if manager.parse_hookimpl_opts(plugin, name) is None or not hasattr(ProviderSpec, name):
            continue
        known = [word for word in inspect.signature(getattr(ProviderSpec, name)).parameters if word != "self"]
        for argument in _needed(getattr(plugin, name)):
            if argument not in known:
                meant = _meant(argument, known) or f" (it has {', '.join(known) or 'none'})"
                yield f"{name} takes {argument!r}, which is no argument of that hook{meant}"


def _needed(function: Any) -> Iterator[str]:
    """The arguments without a default: only those are given."""
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.default is parameter.empty:
            yield name


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
