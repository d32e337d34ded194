"""The cloud of this provider: a dictionary for each sky, alive as long as the process."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs

from taskflows_cloud_core import PermissionDeniedError
from taskflows_cloud_core.reconcile import Action, Resource, ResourceKey


@attrs.define
class Sky:
    """What one account has, and which calls changed it."""

    resources: dict[ResourceKey, Resource] = attrs.field(factory=dict)
    log: list[tuple[datetime, str]] = attrs.field(factory=list)
    mutations: list[str] = attrs.field(factory=list)
    forgets_files: bool = False
    broken_names: set[str] = attrs.field(factory=set)
    denied_kinds: set[str] = attrs.field(factory=set)

    def execute(self, action: Action) -> None:
        """Do one action of a plan."""
        if action.key.name in self.broken_names:
            raise RuntimeError("a defect")
        if action.key.kind in self.denied_kinds:
            raise PermissionDeniedError(f"the token may not {action.verb} a {action.key.kind}; add the right")
        self.mutations.append(f"{action.verb} {action.key}")
        self.log.append((datetime.now(UTC), self.mutations[-1]))
        if action.verb == "delete":
            self.resources.pop(action.key, None)
        else:
            self.resources[action.key] = action.resource

    def owned_by(self, name: str) -> list[Resource]:
        """The resources of one function."""
        return [resource for key, resource in self.resources.items() if key.name.split("/")[0] == name]

    def function(self, name: str) -> dict[str, Any] | None:
        """The properties of one function."""
        resource = self.resources.get(ResourceKey("function", name))
        return None if resource is None else dict(resource.properties)


_SKIES: dict[str, Sky] = {}


def sky(name: str) -> Sky:
    """The sky of that name, made when it is first asked for."""
    return _SKIES.setdefault(name, Sky())
