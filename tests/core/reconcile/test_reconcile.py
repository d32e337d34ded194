"""The plan engine: what a plan says, and that carrying it out makes observed equal desired."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_core import OperationError, ProgressEvent
from taskflows_cloud_core.reconcile import Action, Hidden, Plan, Resource, ResourceKey, apply, diff

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
    """Holds resources and refuses what a cloud would refuse."""

    def __init__(self, resources: list[Resource]) -> None:
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


def plan_of(desired: list[Resource], observed: list[Resource]) -> Plan:
    difference = diff(desired, observed)
    return Plan(function_name="f", provider="test", actions=difference.actions, unchanged=difference.unchanged)


def as_json(resources: list[Resource]) -> dict[ResourceKey, str]:
    return {resource.key: repr(sorted(resource.properties.items())) for resource in resources}


@given(desired=worlds(), observed=worlds(), workers=st.integers(1, 4))
def test_apply_makes_observed_equal_desired_and_then_the_plan_is_empty(
    desired: list[Resource], observed: list[Resource], workers: int
) -> None:
    # A kept resource keeps its old dependencies in the cloud until it is updated; compare like with like.
    kept = {resource.key: resource.depends_on for resource in desired}
    observed = [
        Resource(kind=o.kind, name=o.name, properties=o.properties, depends_on=kept.get(o.key, o.depends_on))
        for o in observed
    ]
    world = World(observed)
    report = apply(plan_of(desired, observed), world.execute, max_workers=workers)
    assert report.success
    assert diff(desired, world.resources.values()).actions == ()
    assert as_json(list(world.resources.values())) == as_json(desired)


@given(desired=worlds(), observed=worlds())
def test_a_plan_is_the_same_in_every_run_whatever_the_order_of_its_inputs(
    desired: list[Resource], observed: list[Resource]
) -> None:
    assert plan_of(desired, observed) == plan_of(desired[::-1], observed[::-1])


@given(desired=worlds(), observed=worlds())
def test_deletions_come_last(desired: list[Resource], observed: list[Resource]) -> None:
    verbs = [action.verb for action in diff(desired, observed).actions]
    assert "delete" not in verbs[: len(verbs) - verbs.count("delete")]


@given(desired=worlds(), observed=worlds(), data=st.data())
def test_a_run_that_breaks_anywhere_is_mended_by_the_next(
    desired: list[Resource], observed: list[Resource], data: st.DataObject
) -> None:
    world = World(observed)
    plan = plan_of(desired, observed)
    broken = data.draw(st.sets(st.sampled_from([a.key for a in plan.actions]))) if plan.actions else set()

    def sometimes(action: Action) -> None:
        if action.key in broken:
            raise OperationError("out of stars")
        world.resources.pop(action.key, None)
        if action.verb != "delete":
            world.resources[action.key] = action.resource

    report = apply(plan, sometimes, max_workers=1)
    assert {outcome.action.key for outcome in report.outcomes} == {action.key for action in plan.actions}
    assert report.success == (not broken)
    assert all(outcome.status != "done" for outcome in report.outcomes if outcome.action.key in broken)
    second = plan_of(desired, list(world.resources.values()))
    assert len(second.actions) <= len(plan.actions)


def test_what_depends_on_a_failure_is_skipped_and_the_rest_goes_on() -> None:
    role = Resource(kind="role", name="r")
    function = Resource(kind="function", name="f", depends_on=[role.key])
    group = Resource(kind="log group", name="l")
    old = Resource(kind="rule", name="old")
    world = World([old])

    def no_role(action: Action) -> None:
        if action.key == role.key:
            raise OperationError("not allowed to make roles")
        world.execute(action)

    report = apply(plan_of([role, function, group], [old]), no_role)
    statuses = {outcome.action.key: outcome.status for outcome in report.outcomes}
    assert statuses == {role.key: "failed", function.key: "skipped", group.key: "done", old.key: "skipped"}
    assert old.key in world.resources
    assert report.error == (
        "create role r: not allowed to make roles (1 of 4 actions done, 2 not begun; running again goes on)"
    )


def test_a_mistake_in_the_provider_is_not_swallowed() -> None:
    def broken(action: Action) -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        apply(plan_of([Resource(kind="role", name="r")], []), broken)


def test_independent_actions_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)
    resources = [Resource(kind="rule", name=name) for name in "abc"]
    report = apply(plan_of(resources, []), lambda action: together.wait() and None, max_workers=3)
    assert report.success


def test_progress_tells_each_action_as_it_begins_and_ends() -> None:
    events: list[ProgressEvent] = []
    role = Resource(kind="role", name="r")
    apply(
        plan_of([role, Resource(kind="function", name="f", depends_on=[role.key])], []),
        lambda action: None,
        progress=events.append,
    )
    assert [(event.status, event.message, event.done, event.total) for event in events] == [
        ("started", "create role r", 0, 2),
        ("succeeded", "create role r", 1, 2),
        ("started", "create function f", 1, 2),
        ("succeeded", "create function f", 2, 2),
    ]


def test_a_plan_prints_as_a_readable_diff_without_hidden_values() -> None:
    before = Resource(kind="function", name="f", properties={"memory": 128, "env": {"KEY": Hidden("s3cret-old")}})
    after = Resource(kind="function", name="f", properties={"memory": 256, "env": {"KEY": Hidden("s3cret-new")}})
    plan = plan_of([after, Resource(kind="rule", name="new")], [before, Resource(kind="rule", name="old")])
    assert str(plan).splitlines() == [
        "f on test: 1 to create, 1 to update, 1 to delete, 0 unchanged",
        "  ~ update function f",
        "      env.KEY: (hidden) changes",
        "      memory: 128 -> 256",
        "  + create rule new",
        "  - delete rule old",
    ]
    assert "s3cret" not in str(plan) + repr(plan)
    assert plan.actions[0].changed_fields == {"env", "memory"}


def test_an_empty_plan_says_so() -> None:
    same = Resource(kind="rule", name="r", properties={"when": ["a", "b"]})
    equal = Resource(kind="rule", name="r", properties={"when": ("a", "b")})
    plan = plan_of([same], [equal])
    assert plan.is_empty
    assert str(plan) == "f on test: nothing to do, 1 unchanged"


def test_true_is_not_one() -> None:
    one, true = (Resource(kind="rule", name="r", properties={"on": value}) for value in (1, True))
    assert [str(action) for action in diff([one], [true]).actions] == ["~ update rule r\n    on: True -> 1"]


def test_circles_and_doubles_are_refused() -> None:
    a = Resource(kind="role", name="a", depends_on=[("role", "b")])
    b = Resource(kind="role", name="b", depends_on=[("role", "a")])
    with pytest.raises(ValueError, match="in a circle: role a -> role b -> role a|role b -> role a -> role b"):
        diff([a, b], [])
    with pytest.raises(ValueError, match="role a stands twice"):
        diff([a, a], [])


def test_a_plan_that_cannot_be_ordered_is_refused_before_anything_is_done() -> None:
    done: list[Action] = []
    a = Resource(kind="role", name="a", depends_on=[("role", "b")])
    b = Resource(kind="role", name="b", depends_on=[("role", "a")])
    circle = Plan(function_name="f", provider="test", actions=[Action(verb="create", resource=r) for r in (a, b)])
    with pytest.raises(ValueError, match="in a circle"):
        apply(circle, done.append)
    twice = [Action(verb="delete", resource=a), Action(verb="create", resource=a)]
    with pytest.raises(ValueError, match="several actions for role a"):
        apply(Plan(function_name="f", provider="test", actions=twice), done.append)
    assert done == []
