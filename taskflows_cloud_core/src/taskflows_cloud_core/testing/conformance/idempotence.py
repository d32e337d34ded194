"""The same again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@changes
class IdempotenceChecks(Harness):
    """Deploying and deleting what is as it should be."""

    def test_a_second_plan_is_empty(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """What was deployed needs nothing."""
        settings = self._all_settings(environment)
        self.deploy(environment, jobs.report, **settings)
        plan = environment.plan_function(jobs.report, self.config(**settings), [])
        assert plan.is_empty, unlike("the plan of what was just deployed is empty", plan)

    def test_a_second_deployment_changes_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """Carrying out an empty plan leaves the place as it was."""
        settings = self._all_settings(environment)
        self.deploy(environment, jobs.report, **settings)
        before = look()
        result = environment.deploy_function(jobs.report, self.config(**settings), [])
        assert result.success, unlike("deploying again succeeds", result)
        assert look() == before, unlike(f"deploying again changes nothing; before it was {before}", look())

    def test_the_order_of_schedules_is_no_change(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Schedules are a set."""
        schedules = self.schedules(environment, 2)
        self.deploy(environment, jobs.report, schedules=schedules)
        plan = environment.plan_function(jobs.report, self.config(schedules=schedules[::-1]), [])
        assert plan.is_empty, unlike("the same schedules in another order need no change", plan)

    def test_another_environment_sees_the_same(
        self, environment: CloudEnvironment, another: CloudEnvironment, jobs: ModuleType
    ) -> None:
        """State lives with the cloud, not in the session that deployed."""
        self.deploy(environment, jobs.report)
        plan = another.plan_function(jobs.report, self.config(), [])
        assert plan.is_empty, unlike("another session of the same place has nothing to do either", plan)

    def test_deleting_what_is_not_there_succeeds(self, environment: CloudEnvironment) -> None:
        """The wanted state is there already."""
        deletion = environment.delete_function("never-deployed")
        seen = (deletion.success, deletion.deleted, deletion.error)
        assert seen == (True, (), None), unlike("deleting what is not there succeeds and deletes nothing", seen)

    def _all_settings(self, environment: CloudEnvironment) -> dict[str, Any]:
        wanted = {
            "memory_mb": 512,
            "timeout_seconds": 77,
            "description": "A report",
            "tags": {"team": "data"},
            "environment_variables": {"MODE": "fast"},
            "schedules": self.schedules(environment, 2),
        }
        return self.honoured(wanted)
