"""What is asked of a place, what was found there, and what should be there: the values between a provider's hooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_frozenset, to_mapping, to_tuple
from taskflows_cloud_core.config import CloudFunctionConfig
from taskflows_cloud_core.packaging.package import Package
from taskflows_cloud_core.reconcile.resource import Resource, ResourceKey
from taskflows_cloud_core.schedules.translation import Trigger


@attrs.frozen(kw_only=True)
class DeploymentRequest:
    """A function as a user wants it: checked, translated and packaged.

    Args:
        name: The function's name.
        config: The configuration; ``None`` keeps what is there.
        package: The code; ``None`` keeps what is there.
        triggers: The schedules in the provider's language; ``None`` keeps what is there.
    """

    name: str
    config: CloudFunctionConfig | None = None
    package: Package | None = None
    triggers: tuple[Trigger, ...] | None = attrs.field(default=None, converter=attrs.converters.optional(to_tuple))

    @property
    def keeps_something(self) -> bool:
        """Whether the configuration or the code stays, so that the function has to be there already."""
        return self.config is None or self.package is None


@attrs.frozen(kw_only=True)
class ReadScope:
    """What a function is read for, so that a provider reads no more than that takes.

    Args:
        request: What is about to be deployed; ``None`` for everything else.
        removing: Whether the function is about to be deleted: then also what a function that is gone left behind
            has to be found.
        kinds: The kinds of resources that are looked at; ``None`` is all. Others may be left out.
    """

    request: DeploymentRequest | None = None
    removing: bool = False
    kinds: frozenset[str] | None = attrs.field(default=None, converter=attrs.converters.optional(to_frozenset))

    def includes(self, *kinds: str) -> bool:
        """Whether one of some kinds is looked at."""
        return self.kinds is None or not self.kinds.isdisjoint(kinds)


def _to_tuples(value: Mapping[ResourceKey, Iterable[str]]) -> Mapping[ResourceKey, tuple[str, ...]]:
    return MappingProxyType({key: tuple(users) for key, users in value.items()})


def _sorted(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple(sorted(resources, key=lambda resource: resource.key))


def _keys(value: Iterable[tuple[str, str]]) -> frozenset[ResourceKey]:
    return frozenset(ResourceKey(*key) for key in value)


@attrs.frozen(kw_only=True)
class Observation:
    """What there is of a function.

    Args:
        exists: Whether the function itself is there. Something may be left of one that is not.
        resources: What taskflows-cloud made for it, spelled as `desired_resources` spells it.
        not_ours: Keys under which something stands that taskflows-cloud did not make.
        used_by: What the function shares, or what holds things of others, and by whom it is used: it is not deleted
            with the function. Such a resource need not be among ``resources``.
        unread: What could not be read and is not needed for this, one text each with the reason.
        warnings: What the user should know about the place.
        updated_at: When the function was last changed, aware; ``None`` where nobody knows.
    """

    exists: bool
    resources: tuple[Resource, ...] = attrs.field(default=(), converter=_sorted)
    not_ours: frozenset[ResourceKey] = attrs.field(default=frozenset(), converter=_keys)
    used_by: Mapping[ResourceKey, tuple[str, ...]] = attrs.field(factory=dict, converter=_to_tuples)
    unread: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    updated_at: datetime | None = None

    def of_kind(self, *kinds: str) -> list[Resource]:
        """The resources of some kinds."""
        return [resource for resource in self.resources if resource.kind in kinds]

    def only(self, kind: str) -> Resource | None:
        """The resource of a kind of which a function has one at the most."""
        return next(iter(self.of_kind(kind)), None)


@attrs.frozen(kw_only=True)
class DesiredState:
    """What there should be of a function.

    Args:
        resources: All of them, also those that stay as they are.
        resource_id: What the function is called by the provider.
        metadata: Facts for the result of the deployment: ``function_name``, ``runtime``, ``package_sha256`` and
            ``schedules`` on every provider, and each provider's own.
        warnings: What the user should know before going on.
    """

    resources: tuple[Resource, ...] = attrs.field(converter=to_tuple)
    resource_id: str
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
