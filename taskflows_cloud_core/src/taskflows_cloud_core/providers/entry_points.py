"""What the installed distributions offer, and what the user has switched off."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import attrs

PROVIDERS_GROUP = "taskflows_cloud.providers"
EXTENSIONS_GROUP = "taskflows_cloud.extensions"
DISABLE_VARIABLE = "TASKFLOWS_CLOUD_DISABLE_PLUGINS"


@attrs.frozen(kw_only=True)
class Offer:
    """One entry point.

    Args:
        name: Its name, which is the provider's or the extension's.
        group: Its group.
        distribution: ``"name version"`` of the distribution that has it.
        entry_point: What it loads.
    """

    name: str
    group: str
    distribution: str
    entry_point: metadata.EntryPoint = attrs.field(repr=False)

    @property
    def is_disabled(self) -> bool:
        """Whether the user has switched it off."""
        return self.name in disabled_names()


def find_offers(group: str) -> list[Offer]:
    """All entry points of a group, sorted by name and distribution. Nothing is imported."""
    offers = [
        Offer(name=point.name, group=group, distribution=_distribution(point), entry_point=point)
        for point in _entry_points(group, metadata.entry_points, _installation())
    ]
    return sorted(offers, key=lambda offer: (offer.name, offer.distribution))


def _installation() -> tuple[Any, ...]:
    """What differs as soon as a distribution is installed or removed: the path, and when its folders changed."""
    folders = [(folder, _changed_at(folder or Path.cwd())) for folder in sys.path]
    return (tuple(folders), tuple(map(id, sys.meta_path)))


def _changed_at(folder: str | Path) -> int:
    try:
        return Path(folder).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=2)
def _entry_points(
    group: str,
    read: Callable[..., Iterable[metadata.EntryPoint]],
    installation: tuple[Any, ...],  # noqa: ARG001 - it is the key
) -> tuple[metadata.EntryPoint, ...]:
    """Those of all distributions; to read them takes the longer, the more there are."""
    return tuple(read(group=group))


def disabled_names() -> frozenset[str]:
    """The names in TASKFLOWS_CLOUD_DISABLE_PLUGINS, separated by commas."""
    names = os.environ.get(DISABLE_VARIABLE, "").split(",")
    return frozenset(name.strip() for name in names if name.strip())


def _distribution(point: metadata.EntryPoint) -> str:
    if point.dist is None:
        return "an unnamed distribution"
    return f"{point.dist.name} {point.dist.version}"
