"""Plans carried out through handlers, verified, and made into results."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import OperationError, PermissionDeniedError, Plan
from taskflows_cloud_core.errors import InvalidProviderError
from taskflows_cloud_core.kit import Execution, carry_out, deletion_result, deployment_result, verify
from taskflows_cloud_core.progress import ProgressEvent, silent
from taskflows_cloud_core.reconcile import Action, Handler, Hidden, Observation, Resource, Step

SECRET = 'pa"ss wörd'
FUNCTION = Resource(kind="function", name="job", properties={"environment": {"KEY": Hidden(SECRET)}})
CREATE = Action(verb="create", resource=FUNCTION)
DELETE = Action(verb="delete", resource=FUNCTION, observed=FUNCTION)


def plan_of(*actions: Action) -> Plan:
    return Plan(function_name="job", provider="example", actions=actions, resource_id="example/job")


def ignore(_step: Step) -> None:
    return None


def test_each_verb_reaches_its_handler_with_the_step() -> None:
    steps: list[tuple[str, Step]] = []
    handler = Handler(
        create=lambda step: steps.append(("create", step)), delete=lambda step: steps.append(("delete", step))
    )
    for action in (CREATE, DELETE):
        assert carry_out(plan_of(action), {"function": handler}, progress=silent).report.success
    assert [verb for verb, _ in steps] == ["create", "delete"]
    assert [(step.function_name, step.resource, step.observed) for _, step in steps] == [
        ("job", FUNCTION, None),
        ("job", FUNCTION, FUNCTION),
    ]


def test_no_message_shows_a_secret_in_any_spelling() -> None:
    def refuse(step: Step) -> None:
        step.report(f"sending {SECRET}")
        raise PermissionDeniedError('the server said: {"value": "pa\\"ss w\\u00f6rd"} and pa%22ss%20w%C3%B6rd')

    events: list[ProgressEvent] = []
    execution = carry_out(plan_of(CREATE), {"function": Handler(create=refuse, delete=ignore)}, progress=events.append)
    result = deployment_result(plan_of(CREATE), execution)
    assert (result.success, result.error_code, result.resource_id) == (False, PermissionDeniedError.code, None)
    assert result.error is not None
    assert result.error.count("(hidden)") == 2
    shown = [*map(str, events), result.error, repr(result)]
    assert not [text for text in shown if any(part in text for part in ('pa"ss', 'pa\\"ss', "pa%22ss"))]


def test_a_kind_without_a_handler_is_a_fault_of_the_provider() -> None:
    with pytest.raises(InvalidProviderError, match="'example' plans resources of the kinds function, for which"):
        carry_out(plan_of(CREATE), {}, progress=silent)


def test_a_deletion_that_left_something_says_why() -> None:
    handler = Handler(delete=lambda step: step.keep("which other uses now"))
    result = deletion_result(plan_of(DELETE), carry_out(plan_of(DELETE), {"function": handler}, progress=silent))
    assert (result.success, result.deleted) == (True, ())
    assert result.left == ("function job, which other uses now",)


def test_a_deletion_that_failed_names_what_is_left() -> None:
    def refuse(_step: Step) -> None:
        raise OperationError("not today")

    result = deletion_result(
        plan_of(DELETE), carry_out(plan_of(DELETE), {"function": Handler(delete=refuse)}, progress=silent)
    )
    assert not result.success
    assert result.left == ("function job, not deleted yet",)


def test_what_fails_before_an_action_fails_the_action() -> None:
    done: list[Step] = []

    def lost() -> None:
        raise OperationError("somebody else has taken over")

    execution = carry_out(
        plan_of(CREATE), {"function": Handler(create=done.append, delete=ignore)}, progress=silent, before_each=lost
    )
    assert (done, execution.report.success) == ([], False)


def test_an_empty_plan_succeeds() -> None:
    assert deployment_result(plan_of(), Execution()).success
    assert deletion_result(plan_of(), Execution()).deleted == ()


def seen(*resources: Resource) -> Observation:
    return Observation(exists=bool(resources), resources=resources)


def test_verifying_waits_for_a_cloud_that_shows_things_late() -> None:
    answers = [seen(), seen(Resource(kind="function", name="job")), seen(FUNCTION)]
    asked: list[frozenset[str]] = []

    def observe(kinds: frozenset[str]) -> Observation:
        asked.append(kinds)
        return answers.pop(0)

    assert verify(plan_of(CREATE), observe) is None
    assert asked == [frozenset({"function"})] * 3


def test_verifying_gives_up_and_names_what_is_not_so() -> None:
    error = verify(plan_of(DELETE), lambda _kinds: seen(FUNCTION), deadline_seconds=0.3)
    assert error is not None
    assert "function job is not as it was deployed" in str(error)


def test_what_the_plan_does_not_act_on_is_not_looked_for() -> None:
    assert verify(plan_of(), lambda _kinds: pytest.fail("nothing was done")) is None
