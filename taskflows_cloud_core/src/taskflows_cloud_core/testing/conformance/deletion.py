"""Deletion, and what comes after it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@changes
class DeletionChecks(Harness):
    """``delete_function``."""

    def test_deleting_leaves_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, look: Callable[[], Any]
    ) -> None:
        """The place is as it was before the deployment, also after several versions and a run."""
        before = look()
        self.deploy(environment, jobs.report, schedules=self.schedules(environment, 2))
        self.deploy(environment, jobs.other, schedules=self.schedules(environment, 1))
        if "invoke" in self.info.capabilities:
            environment.invoke_function("job")
        environment.delete_function("job").raise_for_error()
        assert look() == before, unlike("nothing is left of a deleted function", look())

    def test_a_deletion_says_what_it_deleted(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The result has one text for each resource."""
        self.deploy(environment, jobs.report)
        planned = environment.plan_removal("job").actions
        deletion = environment.delete_function("job")
        seen = (deletion.success, len(deletion.deleted))
        assert seen == (True, len(planned)), unlike(f"deleted has a text for each of {len(planned)} actions", deletion)

    def test_a_deleted_function_is_planned_anew(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """After a deletion the plan is that of something new."""
        config = self.config(schedules=self.schedules(environment, 1))
        first = [(action.verb, action.key) for action in environment.plan_function(jobs.report, config, []).actions]
        environment.deploy_function(jobs.report, config, []).raise_for_error()
        environment.delete_function("job").raise_for_error()
        again = [(action.verb, action.key) for action in environment.plan_function(jobs.report, config, []).actions]
        assert again == first, unlike(f"after a deletion the plan is the first one again, {first}", again)

    def test_a_name_starts_afresh_after_a_deletion(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The log of the deleted function is not the log of its successor."""
        self.need("invoke", "logs")
        self.deploy(environment, jobs.report)
        environment.invoke_function("job", {})
        environment.delete_function("job").raise_for_error()
        self.deploy(environment, jobs.report)
        events = environment.get_function_logs("job")
        assert events == [], unlike("a function that never ran has no log, whatever had its name before", events)

    def test_a_pause_ends_with_the_function(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A successor of the same name is not paused."""
        self.need("pause")
        schedules = self.schedules(environment, 1)
        self.deploy(environment, jobs.report, schedules=schedules)
        environment.pause_schedules("job")
        environment.delete_function("job").raise_for_error()
        self.deploy(environment, jobs.report, schedules=schedules)
        assert not self.is_paused(environment, "job"), unlike("a new function is not paused", "it is paused")
