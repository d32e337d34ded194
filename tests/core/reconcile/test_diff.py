"""What turns one set of resources into another."""

from __future__ import annotations

import pytest
from hypothesis import given

from taskflows_cloud_core.reconcile import Resource, diff, field_changes
from tests.core.reconcile.worlds import resource, worlds


@given(desired=worlds(), observed=worlds())
def test_the_actions_are_the_same_in_every_run_whatever_the_order_of_the_inputs(
    desired: list[Resource], observed: list[Resource]
) -> None:
    assert diff(desired, observed) == diff(desired[::-1], observed[::-1])


@given(desired=worlds(), observed=worlds())
def test_deletions_come_last(desired: list[Resource], observed: list[Resource]) -> None:
    verbs = [action.verb for action in diff(desired, observed).actions]
    assert "delete" not in verbs[: len(verbs) - verbs.count("delete")]


@given(desired=worlds(), observed=worlds())
def test_each_action_comes_after_what_it_needs(desired: list[Resource], observed: list[Resource]) -> None:
    actions = diff(desired, observed).actions
    place = {action.key: number for number, action in enumerate(actions)}
    for action in actions:
        alike = {other.key for other in actions if (other.verb == "delete") == (action.verb == "delete")}
        for needed in action.resource.depends_on & alike:
            assert (place[needed] < place[action.key]) == (action.verb != "delete")


def test_true_is_not_one() -> None:
    one, true = (Resource(kind="rule", name="r", properties={"on": value}) for value in (1, True))
    assert [str(action) for action in diff([one], [true]).actions] == ["~ update rule r\n    on: True -> 1"]


def test_fields_are_compared_level_by_level() -> None:
    before = {"env": {"A": 1, "B": 2}, "size": 128, "gone": None}
    after = {"env": {"A": 1, "B": 3, "C": None}, "size": 128}
    assert [str(change) for change in field_changes(before, after)] == [
        "env.B: 2 -> 3",
        "env.C: None -> None",
        "gone: None -> None",
    ]


def test_a_circle_among_what_is_wanted_is_refused() -> None:
    with pytest.raises(ValueError, match="in a circle: rule a -> rule b -> rule a|rule b -> rule a -> rule b"):
        diff([resource("a", "b"), resource("b", "a")], [])


def test_a_circle_among_what_goes_is_refused() -> None:
    with pytest.raises(ValueError, match="in a circle: rule a -> rule b -> rule a|rule b -> rule a -> rule b"):
        diff([], [resource("a", "b"), resource("b", "a")])


def test_a_circle_among_what_is_there_and_stays_hurts_nobody() -> None:
    assert diff([resource("a"), resource("b")], [resource("a", "b"), resource("b", "a")]).actions == ()


def test_a_key_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="rule a stands twice"):
        diff([resource("a"), resource("a")], [])
    with pytest.raises(ValueError, match="rule a stands twice"):
        diff([], [resource("a"), resource("a")])
