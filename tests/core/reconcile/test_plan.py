"""What a plan says."""

from __future__ import annotations

from taskflows_cloud_core.reconcile import Hidden, Resource
from tests.core.reconcile.worlds import plan_of


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
