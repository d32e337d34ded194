"""Looking up resources by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from taskflows_cloud_core.reconcile import Resource


def resources_of_kind(resources: Iterable[Resource], kind: str) -> list[Resource]:
    """The resources of a kind, sorted by name."""
    return sorted((one for one in resources if one.kind == kind), key=lambda one: one.name)


def properties_of_kind(resources: Iterable[Resource], kind: str) -> Mapping[str, Any]:
    """The properties of the resource of a kind; empty when there is none."""
    return next((one.properties for one in resources_of_kind(resources, kind)), {})
