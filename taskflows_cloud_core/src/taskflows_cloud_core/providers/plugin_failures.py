"""Find out which plugin an unexpected exception of a hook came from."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any, Literal

import attrs
import pluggy

from taskflows_cloud_core.errors import PluginFailedError
from taskflows_cloud_core.progress import Progress, ProgressEvent


@attrs.frozen(kw_only=True)
class PluginOrigin:
    """Where a registered plugin comes from.

    Args:
        kind: Provider, extension, or core's own default implementations.
        name: The name of its entry point; empty for core.
        distribution: ``"name version"`` of its distribution.
    """

    kind: Literal["provider", "extension", "core"]
    name: str = ""
    distribution: str

    def __str__(self) -> str:
        if self.kind == "core":
            return f"the default implementation of {self.distribution}"
        return f"the {self.kind} {self.name!r} ({self.distribution})"


@attrs.frozen(kw_only=True)
class _Place:
    """The last line that an exception passed in a plugin's own package."""

    plugin: str
    module: str
    line: int


def plugin_failure(
    manager: pluggy.PluginManager, origins: Mapping[str, PluginOrigin], operation: str, error: Exception
) -> PluginFailedError:
    """Make the error that names the plugin, its distribution and the hook.

    Args:
        manager: The plugins.
        origins: The origin of each plugin, by its name in the manager.
        operation: The hook that was called.
        error: What it raised. Only its class is put into the message, since its text may hold a secret.

    Returns:
        The error, to be raised from the original.
    """
    impls = getattr(manager.hook, operation).get_hookimpls()
    what = f"failed in {operation!r} with an unexpected {type(error).__name__}"
    place = _find_place(impls, error)
    if place is None:
        who = " or ".join(str(origins[impl.plugin_name]) for impl in reversed(impls))
        return PluginFailedError(f"{who} {what}. Please report it to the authors", hook=operation)
    origin = origins[place.plugin]
    return PluginFailedError(
        f"{origin} {what} at {place.module}, line {place.line}. Please report it to the authors",
        provider=origin.name,
        distribution=origin.distribution,
        hook=operation,
    )


def _find_place(impls: list[pluggy.HookImpl], error: Exception) -> _Place | None:
    """The innermost implementation of the hook in the traceback, and the last line in its own package."""
    owners = _owners(impls)
    place: _Place | None = None
    package = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if (impl := owners.get(frame.f_code)) is not None:
            package = module.partition(".")[0]
            place = _Place(plugin=impl.plugin_name, module=module, line=line)
        elif place is not None and module.partition(".")[0] == package:
            place = attrs.evolve(place, module=module, line=line)
    return place


def _owners(impls: list[pluggy.HookImpl]) -> dict[CodeType, pluggy.HookImpl]:
    """The implementation that each piece of code belongs to, without code that several share, such as a decorator."""
    found: dict[CodeType, list[pluggy.HookImpl]] = {}
    for impl in impls:
        for code in set(_codes(impl.function)):
            found.setdefault(code, []).append(impl)
    return {code: each[0] for code, each in found.items() if len(each) == 1}


def _codes(function: Callable[..., Any]) -> Iterator[CodeType]:
    for each in (function, inspect.unwrap(function)):
        code = getattr(each, "__code__", None)
        if isinstance(code, CodeType):
            yield code


class CallerProgress:
    """The caller's ``progress``, remembering what it raises: no plugin is to blame for that.

    Args:
        progress: Called with each event.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._raised: list[Exception] = []

    def __call__(self, event: ProgressEvent) -> None:
        """Pass an event on."""
        try:
            self._progress(event)
        except Exception as error:
            self._raised.append(error)
            raise

    def has_raised(self, error: Exception) -> bool:
        """Whether an exception came out of ``progress``."""
        return any(error is each for each in self._raised)
