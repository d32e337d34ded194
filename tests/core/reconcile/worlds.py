"""What the tests of this folder share: random resources, and a place that refuses what a cloud would refuse."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from hypothesis import strategies as st

from taskflows_cloud_core.reconcile import Action, Hidden, Plan, Resource, ResourceKey, diff

KINDS = ("role", "function", "rule")
keys = st.tuples(st.sampled_from(KINDS), st.sampled_from("abcd")).map(lambda key: ResourceKey(*key))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.text("xy", max_size=2))
values = st.recursive(
    scalars | scalars.map(Hidden),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("pq"), inner, max_size=2),
    max_leaves=4,
)
properties = st.dictionaries(st.sampled_from(("size", "env", "zone")), values, max_size=3)


@st.composite
def worlds(draw: st.DrawFn) -> list[Resource]:
    """Resources that depend on smaller keys only, so that there is no circle."""
    chosen = sorted(draw(st.sets(keys, max_size=6)))
    return [
        Resource(
            kind=key.kind,
            name=key.name,
            properties=draw(properties),
            depends_on=draw(st.sets(st.sampled_from(chosen[:place]), max_size=2)) if place else set(),
        )
        for place, key in enumerate(chosen)
    ]


class World:
    """Holds resources. What needs something else is not made without it, and what is needed is not deleted."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = {resource.key: resource for resource in resources}
        self._lock = threading.Lock()

    def execute(self, action: Action) -> None:
        with self._lock:
            if action.verb == "delete":
                self._delete(action.key)
                return
            missing = [key for key in action.resource.depends_on if key not in self.resources]
            assert not missing, f"{action.key} needs {missing}"
            self.resources[action.key] = action.resource

    def _delete(self, gone: ResourceKey) -> None:
        users = [key for key, other in self.resources.items() if gone in other.depends_on and key != gone]
        assert not users, f"{gone} is still needed by {users}"
        del self.resources[gone]


def resource(name: str, *needed: str, kind: str = "rule") -> Resource:
    """A resource that depends on others of its kind, by their names."""
    return Resource(kind=kind, name=name, depends_on=[(kind, other) for other in needed])


def plan_of(desired: Iterable[Resource], observed: Iterable[Resource]) -> Plan:
    difference = diff(desired, observed)
    return Plan(function_name="f", provider="test", actions=difference.actions, unchanged=difference.unchanged)


def plan_from(*, create: Iterable[Resource] = (), delete: Iterable[Resource] = ()) -> Plan:
    """A plan as an extension might leave it: whatever was given, in the order in which it was given."""
    actions = [Action(verb="create", resource=one) for one in create]
    actions += [Action(verb="delete", resource=one, observed=one) for one in delete]
    return Plan(function_name="f", provider="test", actions=actions)
