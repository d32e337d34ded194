"""Every change of a function reaches what its schedules start next."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.schedules import Calendar
from taskflows_cloud_core.testing.conformance.by_clock import ByClock
from taskflows_cloud_core.testing.conformance.effects import changes
from taskflows_cloud_core.testing.conformance.harness import unlike
from taskflows_cloud_core.testing.conformance.readings import Fire


@changes
class ReachingScheduleChecks(ByClock):
    """Deployments, updates, pauses and rollbacks, for a harness with the fixture ``fire``."""

    def test_new_code_reaches_the_schedules(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """A second deployment."""
        calendar = self._deploy(environment, jobs)
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        self._assert_code(environment, fire, calendar, "second", "after a second deployment")

    def test_an_update_of_the_code_reaches_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``update_function_code``."""
        calendar = self._deploy(environment, jobs)
        environment.update_function_code("job", jobs.rescheduled, []).raise_for_error()
        self._assert_code(environment, fire, calendar, "second", "after update_function_code")

    def test_new_variables_reach_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """A deployment with another value."""
        calendar = self._deploy(environment, jobs, **self._mode("fast"))
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **self._mode("slow"))
        seen = self.value_of(fire, environment, self.due(calendar), "mode")
        assert seen == "slow", unlike("scheduled runs have the newest value, MODE=slow", seen)

    def test_an_update_of_the_configuration_reaches_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``update_function_configuration`` alone."""
        calendar = self._deploy(environment, jobs, **self._mode("fast"))
        config = self.config(schedules=[calendar], **self._mode("slow"))
        environment.update_function_configuration("job", config).raise_for_error()
        seen = self.value_of(fire, environment, self.due(calendar), "mode")
        assert seen == "slow", unlike("scheduled runs have the value of the update, MODE=slow", seen)

    def test_a_removed_variable_is_gone(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """A variable that a deployment no longer gives."""
        calendar = self._deploy(environment, jobs, **self._mode("fast"))
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        seen = self.value_of(fire, environment, self.due(calendar), "mode")
        assert seen is None, unlike("scheduled runs have no MODE when it is no longer given", seen)

    def test_a_new_schedule_takes_the_place_of_the_old(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """The old due time starts nothing, the new one does."""
        old, new = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=[old])
        self.deploy(environment, jobs.scheduled, schedules=[new])
        moments = {self.due(old): 0, self.due(new): 1}
        seen = [len(fire(environment, "job", moment)) for moment in sorted(moments)]
        assert seen == [moments[moment] for moment in sorted(moments)], unlike(f"{new} alone fires, not {old}", seen)

    def test_schedules_that_are_taken_away_start_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """A deployment without schedules."""
        calendar = self._deploy(environment, jobs)
        self.deploy(environment, jobs.scheduled)
        fired = fire(environment, "job", self.due(calendar))
        assert not fired, unlike("a function without schedules starts nothing", fired)

    def test_a_paused_schedule_starts_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``pause_schedules``."""
        self.need("pause")
        calendar = self._deploy(environment, jobs)
        environment.pause_schedules("job")
        fired = fire(environment, "job", self.due(calendar))
        assert not fired, unlike("a paused function starts nothing", fired)

    def test_a_redeployment_in_a_pause_starts_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """A pause lasts until somebody ends it."""
        self.need("pause")
        calendar = self._deploy(environment, jobs)
        environment.pause_schedules("job")
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        fired = fire(environment, "job", self.due(calendar))
        assert not fired, unlike("a function that was deployed again in its pause starts nothing", fired)

    def test_a_resumed_schedule_starts_runs(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """``resume_schedules``."""
        self.need("pause")
        calendar = self._deploy(environment, jobs)
        environment.pause_schedules("job")
        environment.resume_schedules("job")
        fired = fire(environment, "job", self.due(calendar))
        assert len(fired) == 1, unlike("a resumed function starts its run", fired)

    def test_a_resume_brings_the_newest_schedule(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Not the one that was paused, when another was deployed in between."""
        self.need("pause")
        old, new = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=[old])
        environment.pause_schedules("job")
        self.deploy(environment, jobs.scheduled, schedules=[new])
        environment.resume_schedules("job")
        moments = {self.due(old): 0, self.due(new): 1}
        seen = [len(fire(environment, "job", moment)) for moment in sorted(moments)]
        assert seen == [moments[one] for one in sorted(moments)], unlike(f"after a resume {new} alone fires", seen)

    def test_a_resume_brings_the_newest_code(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """Not that of the time of the pause."""
        self.need("pause")
        calendar = self._deploy(environment, jobs)
        environment.pause_schedules("job")
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        environment.resume_schedules("job")
        self._assert_code(environment, fire, calendar, "second", "after a deployment in a pause and a resume")

    def test_an_update_leaves_schedules_enabled(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``update_function_configuration`` of something else."""
        calendar = self._deploy(environment, jobs)
        settings = self.honoured({"description": "Another"})
        environment.update_function_configuration("job", self.config(schedules=[calendar], **settings))
        fired = fire(environment, "job", self.due(calendar))
        assert len(fired) == 1, unlike("an update leaves schedules enabled", fired)

    def test_a_rollback_reaches_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``rollback_function``."""
        self.need("rollback")
        calendar = self._deploy(environment, jobs)
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        environment.rollback_function("job")
        self._assert_code(environment, fire, calendar, "first", "after a rollback")

    def test_a_deployment_after_a_rollback_reaches_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Forward again."""
        self.need("rollback")
        calendar = self._deploy(environment, jobs)
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        environment.rollback_function("job")
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        self._assert_code(environment, fire, calendar, "second", "after a deployment that follows a rollback")

    def _deploy(self, environment: CloudEnvironment, jobs: ModuleType, **settings: Any) -> Calendar:
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **settings)
        return calendar

    def _mode(self, value: str) -> dict[str, Any]:
        return self.honoured_or_skip(environment_variables={"MODE": value})

    def _assert_code(
        self, environment: CloudEnvironment, fire: Fire, calendar: Calendar, wanted: str, when: str
    ) -> None:
        seen = self.value_of(fire, environment, self.due(calendar), "code")
        assert seen == wanted, unlike(f"{when} scheduled runs run the {wanted} code", seen)
