"""A thing in a cloud, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import attrs

from taskflows_cloud_core._frozen import to_frozenset, to_mapping


class ResourceKey(NamedTuple):
    """What tells one resource of a function from another."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@attrs.frozen(repr=False)
class Hidden:
    """A value that is compared but never shown, for instance an environment variable's.

    Args:
        value: Any JSON value.
    """

    value: Any

    def __repr__(self) -> str:
        return "(hidden)"


def _keys(value: Iterable[tuple[str, str]]) -> frozenset[ResourceKey]:
    return frozenset(ResourceKey(*key) for key in value)


@attrs.frozen(kw_only=True)
class Resource:
    """A resource as it should be, or as it was found.

    Args:
        kind: The provider's word for it, for instance ``"rule"``.
        name: Its name in the cloud.
        properties: JSON values, or `Hidden` around one, by property name. Both sides of a comparison must
            be spelled alike: an observed resource is normalised by whoever read it.
        depends_on: What must be there before it is created, and may go only after it is deleted.
        unshown: Paths of properties that a plan does not show when it creates the resource, because its name or
            another property tells the same.
    """

    kind: str
    name: str
    properties: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)
    depends_on: frozenset[ResourceKey] = attrs.field(default=frozenset(), converter=_keys)
    unshown: frozenset[str] = attrs.field(default=frozenset(), converter=to_frozenset, eq=False, repr=False)

    @property
    def key(self) -> ResourceKey:
        """Kind and name."""
        return ResourceKey(self.kind, self.name)
