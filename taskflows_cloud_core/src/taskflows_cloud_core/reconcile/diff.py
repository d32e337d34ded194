"""Desired resources minus observed resources: the actions in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import attrs

from taskflows_cloud_core.reconcile.plan import Action, FieldChange
from taskflows_cloud_core.reconcile.resource import Hidden, Resource, ResourceKey


@attrs.frozen(kw_only=True)
class Difference:
    """What stands between two sets of resources.

    Args:
        actions: In an order in which they can be done one by one.
        unchanged: The resources that are equal on both sides, sorted.
    """

    actions: tuple[Action, ...]
    unchanged: tuple[ResourceKey, ...]


def diff(desired: Iterable[Resource], observed: Iterable[Resource]) -> Difference:
    """Find what turns ``observed`` into ``desired``.

    Whatever is created or changed comes after what it depends on; deletions come last, dependents first,
    so that nothing that works is taken away before its successor stands.

    Args:
        desired: The resources as they should be.
        observed: The resources as they were found, without those of other owners.

    Returns:
        The actions and what needs none.

    Raises:
        ValueError: A key stands twice on one side, or dependencies go in a circle.
    """
    wanted, found = _by_key(desired), _by_key(observed)
    actions: list[Action] = []
    unchanged: list[ResourceKey] = []
    for key in in_dependency_order(wanted.values()):
        resource, before = wanted[key], found.get(key)
        if before is None:
            actions.append(Action(verb="create", resource=resource))
        elif changes := field_changes(before.properties, resource.properties):
            actions.append(Action(verb="update", resource=resource, observed=before, changes=changes))
        else:
            unchanged.append(key)
    gone = [found[key] for key in found if key not in wanted]
    actions += [
        Action(verb="delete", resource=found[key], observed=found[key]) for key in reversed(in_dependency_order(gone))
    ]
    return Difference(actions=tuple(actions), unchanged=tuple(sorted(unchanged)))


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> tuple[FieldChange, ...]:
    """Compare two mappings, level by level.

    Args:
        before: As it was found.
        after: As it should be.
        prefix: Stands before each path.

    Returns:
        One change for each value that differs, sorted by path.
    """
    changes: list[FieldChange] = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        path = f"{prefix}{name}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            changes += field_changes(old, new, f"{path}.")
        elif not _same(old, new) or (name in before) != (name in after):
            changes.append(FieldChange(field=path, before=old, after=new))
    return tuple(changes)


def in_dependency_order(resources: Iterable[Resource]) -> list[ResourceKey]:
    """The keys, each after those that it depends on; ties by key, so that every run has the same order.

    Raises:
        ValueError: Dependencies go in a circle.
    """
    by_key = {resource.key: resource for resource in resources}
    sorter: TopologicalSorter[ResourceKey] = TopologicalSorter()
    for key in sorted(by_key):
        sorter.add(key, *sorted(needed for needed in by_key[key].depends_on if needed in by_key))
    ordered: list[ResourceKey] = []
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(str(key) for key in error.args[1])
        raise ValueError(f"resources depend on each other in a circle: {circle}") from error
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        ordered += ready
        sorter.done(*ready)
    return ordered


def _by_key(resources: Iterable[Resource]) -> dict[ResourceKey, Resource]:
    by_key: dict[ResourceKey, Resource] = {}
    for resource in resources:
        if resource.key in by_key:
            raise ValueError(f"{resource.key} stands twice")
        by_key[resource.key] = resource
    return by_key


def _same(old: Any, new: Any) -> bool:
    """Equality as JSON has it: 1 is not True, a list equals a tuple."""
    if isinstance(old, Hidden) and isinstance(new, Hidden):
        return _same(old.value, new.value)
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(_same(old[name], new[name]) for name in old)
    return isinstance(old, bool) == isinstance(new, bool) and bool(old == new)
