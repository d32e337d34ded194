"""Plans: complete, true, and without any effect."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.progress import ProgressEvent
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike

_CHANGES = {
    "memory_mb": 512,
    "timeout_seconds": 77,
    "description": "Another",
    "tags": {"team": "other"},
    "environment_variables": {"MODE": "slow"},
}


@changes
class PlanningChecks(Harness):
    """``plan_deployment`` and ``plan_removal``, and that a deployment does what its plan says."""

    def test_planning_something_new_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """The plan of a first deployment reads only."""
        before = look()
        environment.plan_function(jobs.report, self.config(schedules=self.schedules(environment, 1)), [])
        assert look() == before, unlike("plan_deployment of something new changes nothing", look())

    def test_planning_a_change_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """The plan of an update reads only."""
        self.deploy(environment, jobs.report)
        before = look()
        environment.plan_function(jobs.other, self.config(description="Another"), [])
        assert look() == before, unlike("plan_deployment of a change changes nothing", look())

    def test_planning_a_removal_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """The plan of a deletion reads only."""
        self.deploy(environment, jobs.report)
        before = look()
        environment.plan_removal("job")
        assert look() == before, unlike("plan_removal changes nothing", look())

    def test_something_new_is_planned(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A first plan creates and takes nothing away."""
        plan = environment.plan_function(jobs.report, self.config(), [])
        verbs = {action.verb for action in plan.actions}
        assert "create" in verbs and "delete" not in verbs, unlike("the first plan creates, and deletes nothing", plan)

    @pytest.mark.parametrize("field", sorted(_CHANGES))
    def test_a_change_is_planned(self, environment: CloudEnvironment, jobs: ModuleType, field: str) -> None:
        """Every field of the configuration that differs makes a plan that is not empty."""
        if field in self.info.unsupported:
            pytest.skip(f"the provider {self.provider!r} does not honour {field}")
        before = self.honoured(
            {"description": "One", "tags": {"team": "data"}, "environment_variables": {"MODE": "fast"}}
        )
        self.deploy(environment, jobs.report, **before)
        plan = environment.plan_function(jobs.report, self.config(**{**before, field: _CHANGES[field]}), [])
        assert not plan.is_empty, unlike(f"another {field} makes a plan that is not empty", plan)

    def test_other_code_is_planned(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """New code makes a plan that is not empty."""
        self.deploy(environment, jobs.report)
        plan = environment.plan_function(jobs.other, self.config(), [])
        assert not plan.is_empty, unlike("other code makes a plan that is not empty", plan)

    def test_a_removal_is_planned_as_deletions(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A plan of a removal deletes."""
        self.deploy(environment, jobs.report)
        plan = environment.plan_removal("job")
        verbs = {action.verb for action in plan.actions}
        assert verbs == {"delete"}, unlike("the plan of a removal has deletions and nothing else", plan)

    def test_a_deployment_does_what_was_planned(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The plan in the result is the dry run's."""
        config = self.config(schedules=self.schedules(environment, 2))
        dry = environment.plan_function(jobs.report, config, [])
        result = environment.deploy_function(jobs.report, config, []).raise_for_error()
        planned = [(action.verb, action.key) for action in dry.actions]
        done = [(action.verb, action.key) for action in result.plan.actions] if result.plan else None
        assert done == planned, unlike(f"the plan of the result is that of the dry run, {planned}", done)

    def test_every_action_is_told_as_it_ends(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Progress has one success for each action of the plan."""
        events: list[ProgressEvent] = []
        result = environment.deploy_function(jobs.report, self.config(), [], progress=events.append).raise_for_error()
        wanted = len(result.plan.actions) if result.plan else 0
        told = [str(event) for event in events if event.stage == "apply" and event.status == "succeeded"]
        assert len(told) == wanted, unlike(f"progress tells the end of each of the {wanted} actions", told)
