"""Carrying out a plan: observed becomes desired, in order, and a failure stops only what needs what failed."""

from __future__ import annotations

import threading
from contextvars import ContextVar

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflows_cloud_core import OperationError, PermissionDeniedError, ProgressEvent, stopping
from taskflows_cloud_core.reconcile import Action, Plan, Resource, ResourceKey, apply, diff
from tests.core.reconcile.worlds import World, plan_from, plan_of, resource, worlds


def as_json(resources: list[Resource]) -> dict[ResourceKey, str]:
    return {resource.key: repr(sorted(resource.properties.items())) for resource in resources}


@given(desired=worlds(), observed=worlds(), workers=st.integers(1, 4))
def test_apply_makes_observed_equal_desired_and_then_the_plan_is_empty(
    desired: list[Resource], observed: list[Resource], workers: int
) -> None:
    # A kept resource keeps its old dependencies in the cloud until it is updated; compare like with like.
    kept = {resource.key: resource.depends_on for resource in desired}
    observed = [attrs.evolve(one, depends_on=kept.get(one.key, one.depends_on)) for one in observed]
    world = World(observed)
    report = apply(plan_of(desired, observed), world.execute, max_workers=workers)
    assert report.success
    assert diff(desired, world.resources.values()).actions == ()
    assert as_json(list(world.resources.values())) == as_json(desired)


@given(desired=worlds(), observed=worlds(), data=st.data())
def test_the_next_run_does_what_a_failed_one_left(
    desired: list[Resource], observed: list[Resource], data: st.DataObject
) -> None:
    kept = {resource.key: resource.depends_on for resource in desired}
    observed = [attrs.evolve(one, depends_on=kept.get(one.key, one.depends_on)) for one in observed]
    world = World(observed)
    plan = plan_of(desired, observed)
    broken = data.draw(st.sets(st.sampled_from([a.key for a in plan.actions]))) if plan.actions else set()

    def sometimes(action: Action) -> None:
        if action.key in broken:
            raise OperationError("no quota")
        world.execute(action)

    first = apply(plan, sometimes)
    assert first.success == (not broken)
    second = plan_of(desired, world.resources.values())
    assert {action.key for action in second.actions} == {a.key for a in plan.actions} - {a.key for a in first.done}
    assert apply(second, world.execute).success
    assert as_json(list(world.resources.values())) == as_json(desired)


# A model of `apply`: which actions are done, by going through them one by one.


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Creations and deletions in any order, each dependent on some that were drawn before it."""
    names = draw(st.permutations([f"n{number}" for number in range(draw(st.integers(0, 12)))]))
    actions = []
    for place, name in enumerate(names):
        needed = draw(st.sets(st.sampled_from([*names[:place], "elsewhere"]), max_size=3))
        verb = draw(st.sampled_from(["create", "create", "update", "delete"]))
        actions.append(Action(verb=verb, resource=resource(name, *needed)))
    return Plan(function_name="f", provider="test", actions=draw(st.permutations(actions)))


def needs(action: Action, plan: Plan) -> set[ResourceKey]:
    """What must be done before an action, as the documentation of `apply` has it."""
    if action.verb == "delete":
        users = {other.key for other in plan.actions if other.verb == "delete" and action.key in depends_on(other)}
        return users | {other.key for other in plan.actions if other.verb != "delete"}
    return {other.key for other in plan.actions if other.verb != "delete" and other.key in depends_on(action)}


def depends_on(action: Action) -> frozenset[ResourceKey]:
    return action.resource.depends_on


def expected_statuses(plan: Plan, broken: set[ResourceKey]) -> dict[ResourceKey, str]:
    before = {action.key: needs(action, plan) for action in plan.actions}
    statuses: dict[ResourceKey, str] = {}
    while len(statuses) < len(before):
        for key in [key for key in before if key not in statuses and before[key] <= statuses.keys()]:
            if any(statuses[needed] != "done" for needed in before[key]):
                statuses[key] = "skipped"
            else:
                statuses[key] = "failed" if key in broken else "done"
    return statuses


@given(plan=plans(), workers=st.integers(1, 5), data=st.data())
def test_every_action_is_done_once_and_after_what_it_needs_or_it_is_skipped(
    plan: Plan, workers: int, data: st.DataObject
) -> None:
    broken = data.draw(st.sets(st.sampled_from([a.key for a in plan.actions]))) if plan.actions else set()
    begun: list[ResourceKey] = []
    done: set[ResourceKey] = set()
    lock = threading.Lock()

    def execute(action: Action) -> None:
        with lock:
            begun.append(action.key)
            assert needs(action, plan) <= done
        if action.key in broken:
            raise OperationError("no quota")
        with lock:
            done.add(action.key)

    events: list[ProgressEvent] = []
    report = apply(plan, execute, progress=events.append, max_workers=workers)

    statuses = expected_statuses(plan, broken)
    assert sorted((outcome.action.key, outcome.status) for outcome in report.outcomes) == sorted(statuses.items())
    assert sorted(begun) == sorted(key for key, status in statuses.items() if status != "skipped")
    assert {action.key for action in report.done} == done
    assert report.success == (not broken)
    assert (report.error is None) == (report.error_code is None) == report.success
    assert [event.status for event in events].count("started") == len(begun)
    assert [event.done for event in events if event.status == "succeeded"] == list(range(1, len(done) + 1))


def statuses_of(plan: Plan, *broken: str) -> dict[str, str]:
    def execute(action: Action) -> None:
        if action.key.name in broken:
            raise OperationError("no quota")

    return {outcome.action.key.name: outcome.status for outcome in apply(plan, execute).outcomes}


def test_a_failure_skips_what_depends_on_it_and_nothing_else_that_waits() -> None:
    chain = [resource("a"), resource("b", "a"), resource("c", "b")]
    other = [resource("x"), resource("y", "x"), resource("z", "y", "x")]
    both = resource("both", "c", "z")
    assert statuses_of(plan_from(create=[*chain, *other, both]), "b") == {
        "a": "done",
        "b": "failed",
        "c": "skipped",
        "x": "done",
        "y": "done",
        "z": "done",
        "both": "skipped",
    }


def test_a_failed_deletion_keeps_what_it_depends_on_and_nothing_else() -> None:
    plan = plan_from(create=[resource("new")], delete=[resource("a"), resource("b", "a"), resource("x"), resource("y")])
    assert statuses_of(plan, "b") == {"new": "done", "a": "skipped", "b": "failed", "x": "done", "y": "done"}


def test_nothing_is_deleted_after_a_failed_creation() -> None:
    plan = plan_from(create=[resource("new"), resource("more")], delete=[resource("a"), resource("b", "a")])
    assert statuses_of(plan, "new") == {"new": "failed", "more": "done", "a": "skipped", "b": "skipped"}


def test_the_report_says_what_failed_how_much_is_done_and_of_which_kind_the_first_error_was() -> None:
    def execute(action: Action) -> None:
        if action.key.name == "a":
            raise PermissionDeniedError("not allowed to make a")
        if action.key.name == "c":
            raise OperationError("no quota")

    plan = plan_from(create=[resource("a"), resource("b", "a"), resource("c"), resource("d")])
    report = apply(plan, execute, max_workers=1)
    assert report.error == (
        "create rule a: not allowed to make a; create rule c: no quota"
        " (1 of 4 actions done, 1 not begun; running again goes on)"
    )
    assert report.error_code == "TFC1504"
    errors = {outcome.action.key.name: type(outcome.error) for outcome in report.outcomes}
    assert errors == {"a": PermissionDeniedError, "b": type(None), "c": OperationError, "d": type(None)}


def test_a_mistake_in_the_provider_is_not_swallowed() -> None:
    def broken(action: Action) -> None:
        raise KeyError("a bug")

    # Others wait for the action that fails; they end too.
    with pytest.raises(KeyError, match="a bug"):
        apply(plan_from(create=[resource("a"), *(resource(name, "a") for name in "bcdef")]), broken)


def test_an_early_end_says_what_is_done() -> None:
    events: list[ProgressEvent] = []

    def broken(action: Action) -> None:
        if action.key.name == "c":
            raise KeyError("a bug")

    with pytest.raises(KeyError):
        apply(
            plan_from(create=[resource("a"), resource("b", "a"), resource("c", "b"), resource("d", "c")]),
            broken,
            progress=events.append,
        )
    assert str(events[-1]) == (
        "f: apply 2/4: interrupted; done: create rule a, create rule b. Running again is safe and goes on from here"
    )


def test_independent_actions_run_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)
    report = apply(plan_from(create=map(resource, "abc")), lambda action: together.wait() and None, max_workers=3)
    assert report.success


def test_what_becomes_ready_together_runs_side_by_side() -> None:
    together = threading.Barrier(3, timeout=10)

    def execute(action: Action) -> None:
        if action.key.name != "first":
            together.wait()

    resources = [resource("first"), *(resource(name, "first") for name in "abc")]
    assert apply(plan_from(create=resources), execute, max_workers=3).success


def test_progress_tells_each_action_as_it_begins_and_ends() -> None:
    events: list[ProgressEvent] = []
    apply(plan_from(create=[resource("a"), resource("b", "a")]), lambda action: None, progress=events.append)
    assert [(event.status, event.message, event.done, event.total) for event in events] == [
        ("started", "create rule a", 0, 2),
        ("succeeded", "create rule a", 1, 2),
        ("started", "create rule b", 1, 2),
        ("succeeded", "create rule b", 2, 2),
    ]


def test_calls_of_progress_never_overlap() -> None:
    busy = threading.Lock()

    def listen(event: ProgressEvent) -> None:
        assert busy.acquire(blocking=False)
        threading.Event().wait(0.001)
        busy.release()

    assert apply(plan_from(create=[resource(f"n{n}") for n in range(30)]), lambda action: None, progress=listen).success


def test_actions_run_in_the_context_of_the_caller() -> None:
    place = ContextVar("place", default="nowhere")
    token = place.set("here")
    seen: list[str] = []
    apply(plan_from(create=map(resource, "abc")), lambda action: seen.append(place.get()))
    place.reset(token)
    assert seen == ["here"] * 3


def test_what_waits_ends_when_another_action_of_its_plan_breaks() -> None:
    stopped: list[bool] = []

    def execute(action: Action) -> None:
        if action.key.name == "bug":
            raise KeyError("a bug")
        stopped.append(stopping.current().wait(60))

    with pytest.raises(KeyError):
        apply(plan_from(create=[resource("waits"), resource("bug")]), execute, max_workers=2)
    assert stopped == [True]


def test_a_plan_that_breaks_leaves_the_others_of_its_caller_alone() -> None:
    def broken(action: Action) -> None:
        raise KeyError("a bug")

    def execute(action: Action) -> None:
        with pytest.raises(KeyError):
            apply(plan_from(create=[resource("inner")]), broken)
        assert not stopping.current().is_set()

    with stopping.stoppable() as around:
        assert apply(plan_from(create=map(resource, "abc")), execute).success
        assert not around.is_set()


def test_nothing_more_begins_when_a_call_around_it_stops() -> None:
    begun: list[str] = []
    events: list[ProgressEvent] = []
    with stopping.stoppable() as around:

        def execute(action: Action) -> None:
            begun.append(action.key.name)
            around.set()

        chain = [resource("a"), resource("b", "a"), resource("c", "b")]
        with pytest.raises(KeyboardInterrupt):
            apply(plan_from(create=chain), execute, progress=events.append)
    assert begun == ["a"]
    assert "interrupted; done: create rule a." in events[-1].message


def refusal(plan: Plan) -> str:
    """The error of a plan that cannot be carried out; none of its actions was begun."""
    begun: list[Action] = []
    with pytest.raises(ValueError, match="resource") as caught:
        apply(plan, begun.append)
    assert begun == []
    return str(caught.value)


def test_a_circle_among_creations_is_refused_before_anything_is_done() -> None:
    circle = [resource("a", "b"), resource("b", "a")]
    said = refusal(plan_from(create=[resource("free"), *circle, resource("later", "a")], delete=[resource("old")]))
    assert said.startswith("resources depend on each other in a circle: rule ")
    assert "free" not in said
    assert "later" not in said


def test_a_circle_among_deletions_is_refused_before_anything_is_done() -> None:
    circle = [resource("a", "b"), resource("b", "a")]
    said = refusal(plan_from(create=[resource("free")], delete=[resource("old"), *circle]))
    assert said.startswith("resources depend on each other in a circle: rule ")
    assert "old" not in said


def test_what_depends_on_itself_is_refused() -> None:
    assert "in a circle: rule a -> rule a" in refusal(plan_from(create=[resource("a", "a")]))
    assert "in a circle: rule a -> rule a" in refusal(plan_from(delete=[resource("a", "a")]))


def test_a_creation_and_a_deletion_that_name_each_other_are_no_circle() -> None:
    plan = plan_from(create=[resource("new", "old")], delete=[resource("old", "new")])
    assert [action.key.name for action in apply(plan, lambda action: None).done] == ["new", "old"]


def test_two_actions_about_one_resource_are_refused() -> None:
    said = refusal(plan_from(create=[resource("a"), resource("b")], delete=[resource("a")]))
    assert said == "the plan has several actions for rule a; a resource takes one action"


def test_an_empty_plan_is_a_success() -> None:
    report = apply(plan_from(), lambda action: None)
    assert (report.success, report.outcomes, report.error, report.error_code) == (True, (), None, None)
