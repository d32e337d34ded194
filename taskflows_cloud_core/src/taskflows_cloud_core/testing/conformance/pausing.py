"""Schedules that are paused."""

from __future__ import annotations

from types import ModuleType

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import Harness, unlike


@changes
class PausingChecks(Harness):
    """``set_schedules_enabled``, for providers with the capability ``"pause"``."""

    def test_pausing_counts_the_schedules(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Pausing and resuming say how many there are."""
        self._deploy_two_schedules(environment, jobs)
        counts = (environment.pause_schedules("job"), environment.resume_schedules("job"))
        assert counts == (2, 2), unlike("pausing and resuming two schedules counts two", counts)

    def test_a_pause_is_seen(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """Paused after the one call, live after the other."""
        self._deploy_two_schedules(environment, jobs)
        environment.pause_schedules("job")
        paused = self.is_paused(environment, "job")
        environment.resume_schedules("job")
        seen = (paused, self.is_paused(environment, "job"))
        assert seen == (True, False), unlike("schedules are paused, then live", seen)

    def test_a_redeployment_does_not_resume(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """A pause lasts until somebody ends it."""
        self._deploy_two_schedules(environment, jobs)
        environment.pause_schedules("job")
        self.deploy(environment, jobs.other, description="Another", schedules=self.schedules(environment, 1))
        assert self.is_paused(environment, "job"), unlike("a redeployment does not end a pause", "it is live")

    def test_a_pause_is_no_change(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        """The plan of what was deployed is empty, paused or not."""
        self._deploy_two_schedules(environment, jobs)
        environment.pause_schedules("job")
        config = self.config(schedules=self.schedules(environment, 2))
        plan = environment.plan_function(jobs.report, config, [])
        assert plan.is_empty, unlike("a pause is nothing that a deployment would change", plan)

    def _deploy_two_schedules(self, environment: CloudEnvironment, jobs: ModuleType) -> None:
        self.need("pause")
        self.deploy(environment, jobs.report, schedules=self.schedules(environment, 2))
