"""Plans from what is wanted and what is there, and what extensions did to them."""

from __future__ import annotations

import attrs
import pytest

from taskflows_cloud_core import CloudFunctionConfig, FunctionNotFoundError, NotManagedError, Plan, ProviderInfo
from taskflows_cloud_core.kit import brought_up_to_date, deployment_plan, removal_plan
from taskflows_cloud_core.reconcile import (
    DeploymentRequest,
    DesiredState,
    Handler,
    Hidden,
    Observation,
    Resource,
    ResourceKey,
)

INFO = ProviderInfo(name="example", title="Example", hook_api_version=1, capabilities=["adopt"])
CONFIG = CloudFunctionConfig(function_name="job")
REQUEST = DeploymentRequest(name="job", config=CONFIG)


def resource(kind: str, name: str = "job", **properties: object) -> Resource:
    needs = [("function", "job")] if kind == "timer" else []
    return Resource(kind=kind, name=name, properties=properties, depends_on=needs)


def plan_of(wanted: list[Resource], found: list[Resource], **more: object) -> Plan:
    observation = Observation(exists=True, resources=found, **more)
    return deployment_plan(INFO, REQUEST, observation, DesiredState(resources=wanted, resource_id="example/job"))


def verbs(plan: Plan) -> list[str]:
    return [f"{action.verb} {action.key}" for action in plan.actions]


def test_a_plan_has_what_differs_and_what_does_not() -> None:
    wanted = [resource("function", memory=512), resource("timer", "a", at="Mon"), resource("timer", "b", at="Tue")]
    plan = plan_of(wanted, [resource("function", memory=256), resource("timer", "b", at="Tue"), resource("timer", "c")])
    assert verbs(plan) == ["update function job", "create timer a", "delete timer c"]
    assert plan.unchanged == (ResourceKey("timer", "b"),)
    assert (plan.resource_id, plan.request, plan.desired) == ("example/job", REQUEST, tuple(wanted))


def test_a_creation_shows_what_it_creates_and_no_value_that_is_hidden() -> None:
    made = resource("function", memory=512, empty="", nothing=None, environment={"KEY": Hidden("secret")}, sha="ab")
    plan = plan_of([attrs.evolve(made, unshown=["sha"])], [])
    (action,) = plan.actions
    assert [change.field for change in action.changes] == ["environment.KEY", "memory"]
    assert "secret" not in str(plan)


def test_what_stands_in_the_way_is_named() -> None:
    with pytest.raises(NotManagedError, match="timer a, timer b exists and was not made by") as raised:
        plan_of([resource("timer", "b"), resource("timer", "a")], [], not_ours=[("timer", "a"), ("timer", "b")])
    assert "provider_options={'example': {'adopt': True}}" in str(raised.value)


def test_nothing_of_a_function_that_is_not_there_can_be_kept() -> None:
    nothing, desired = Observation(exists=False), DesiredState(resources=[], resource_id="")
    with pytest.raises(FunctionNotFoundError, match="there is no function 'job' on example; deploy it first"):
        deployment_plan(INFO, REQUEST, nothing, desired)


def test_what_others_use_too_is_left_alone_when_it_is_no_longer_wanted() -> None:
    role = resource("role", "shared")
    assert verbs(plan_of([], [role], used_by={role.key: ["other"]})) == []
    assert verbs(plan_of([], [role])) == ["delete role shared"]


def ignore(_step: object) -> None:
    return None


HANDLERS = {
    "function": Handler(delete=ignore),
    "timer": Handler(delete=ignore),
    "setting": Handler(delete=ignore, goes_with="function"),
    "log": Handler(delete=ignore, holds_logs=True),
    "role": Handler(delete=ignore),
}


def test_a_removal_deletes_all_but_parts_and_what_stays_on_purpose() -> None:
    role = resource("role", "shared")
    found = [resource("function"), resource("timer", "a"), resource("setting"), resource("log", amount="2 runs"), role]
    observation = Observation(
        exists=True,
        resources=found,
        used_by={role.key: ["other"]},
        not_ours=[("timer", "theirs")],
        unread=["alarm (not permitted)"],
    )
    plan = removal_plan(INFO, "job", observation, HANDLERS, keep_logs=True)
    assert verbs(plan) == ["delete timer a", "delete function job"]
    assert plan.keeps == (
        "timer theirs, which taskflows-cloud did not make",
        "role shared, which other use too",
        "log job, because keep_logs was asked for: 2 runs; delete again without it to remove it",
    )
    assert plan.warnings == ("not looked for: alarm (not permitted)",)
    assert "delete log job" in verbs(removal_plan(INFO, "job", observation, HANDLERS, keep_logs=False))


def test_parts_are_deleted_by_themselves_when_the_function_is_gone() -> None:
    observation = Observation(exists=False, resources=[resource("setting")])
    assert verbs(removal_plan(INFO, "job", observation, HANDLERS, keep_logs=False)) == ["delete setting job"]


WANTED = [resource("function", memory=512), resource("timer", "a", at="Mon")]


def test_a_plan_is_kept_as_it_is_when_nothing_has_changed() -> None:
    plan = plan_of(WANTED, [])
    assert brought_up_to_date(plan, plan_of(WANTED, [])) is plan


def test_what_somebody_else_made_in_the_meantime_is_undone() -> None:
    plan = plan_of(WANTED, [])
    now = brought_up_to_date(plan, plan_of(WANTED, [resource("function", memory=1), resource("timer", "x")]))
    assert verbs(now) == ["update function job", "create timer a", "delete timer x"]


def test_what_an_extension_took_out_stays_out() -> None:
    plan = plan_of(WANTED, [resource("timer", "x")])
    reduced = attrs.evolve(plan, actions=[action for action in plan.actions if action.verb != "delete"])
    assert verbs(brought_up_to_date(reduced, plan)) == ["create function job", "create timer a"]
    changed = plan_of(WANTED, [resource("function", memory=1), resource("timer", "x"), resource("timer", "y")])
    assert verbs(brought_up_to_date(reduced, changed)) == ["update function job", "create timer a", "delete timer y"]


def test_what_an_extension_changed_holds() -> None:
    plan = plan_of(WANTED, [])
    tagged = [
        attrs.evolve(action, resource=resource("function", memory=512, owner="finance"))
        if action.resource.kind == "function"
        else action
        for action in plan.actions
    ]
    now = brought_up_to_date(attrs.evolve(plan, actions=tagged), plan_of(WANTED, [resource("function", memory=512)]))
    (update, create) = now.actions
    assert verbs(now) == ["update function job", "create timer a"]
    assert update.resource.properties == {"memory": 512, "owner": "finance"}
    assert [str(change) for change in update.changes] == ["owner: None -> 'finance'"]
    assert create.key == ResourceKey("timer", "a")
