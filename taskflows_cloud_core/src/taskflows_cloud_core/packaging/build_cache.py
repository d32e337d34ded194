"""Packages that one call needs in several places, built once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from taskflows_cloud_core.packaging.package import Package

_built: ContextVar[dict[Hashable, Package] | None] = ContextVar("built packages", default=None)


@contextmanager
def sharing_packages() -> Iterator[None]:
    """Inside the block, equal requests of this thread for a package are answered by one building.

    For a block in which no code changes; outside of such blocks every package is built from what is there.
    """
    token = _built.set({})
    try:
        yield
    finally:
        _built.reset(token)


def built_once(key: Hashable, build: Callable[[], Package]) -> Package:
    """The package of a key: built, or the one that was built for it before in the same block."""
    built = _built.get()
    if built is None:
        return build()
    if key not in built:
        built[key] = build()
    return built[key]
