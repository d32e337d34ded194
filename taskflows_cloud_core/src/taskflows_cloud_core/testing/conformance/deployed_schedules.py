"""Schedules as the place holds them, and what they would run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.results import CloudDeploymentResult
from taskflows_cloud_core.schedules import Calendar, ScheduleExpression, next_runs
from taskflows_cloud_core.testing.conformance.by_clock import ByClock
from taskflows_cloud_core.testing.conformance.effects import changes, reads
from taskflows_cloud_core.testing.conformance.harness import unlike
from taskflows_cloud_core.testing.conformance.readings import DeployedSchedule, ReadSchedules

_DUE_TIMES = 20
_SETTINGS = ("memory_mb", "timeout_seconds", "retries")


@changes
class DeployedScheduleChecks(ByClock):
    """What is deployed for the clock, for a harness with the fixture ``deployed_schedules``."""

    @reads
    def test_schedules_are_deployed_as_they_were_given(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """Each expression in the place has the due times of its schedule, and is enabled."""
        calendars = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=calendars)
        self._assert_due_times(deployed_schedules(environment, "job"), calendars)

    @reads
    def test_a_schedule_is_deployed_with_its_zone(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """The expression and its zone together have the due times of the schedule."""
        self.need("timezones")
        calendar = self.zoned_calendar(environment)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        self._assert_due_times(deployed_schedules(environment, "job"), [calendar])

    @reads
    def test_a_schedule_has_the_settings_of_its_function(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """Memory, timeout and retries of what it would run."""
        (calendar,) = self.calendars(environment, 1)
        wanted = self._settings(memory_mb=512, timeout_seconds=77, retries=2)
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **wanted)
        self._assert_settings(deployed_schedules(environment, "job"), wanted)

    def test_an_update_of_the_settings_reaches_the_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """Memory, timeout and retries after ``update_function_configuration``, and it stays enabled."""
        (calendar,) = self.calendars(environment, 1)
        before = self._settings(memory_mb=512, timeout_seconds=77, retries=2)
        wanted = self._settings(memory_mb=1024, timeout_seconds=88, retries=1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **before)
        config = self.config(schedules=[calendar], **wanted)
        environment.update_function_configuration("job", config).raise_for_error()
        self._assert_settings(deployed_schedules(environment, "job"), wanted)

    def test_a_schedule_would_run_the_newest_code(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """After a second deployment, and after an update of the code."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        second = _digest(self.deploy(environment, jobs.rescheduled, schedules=[calendar]))
        seen = [_codes(deployed_schedules(environment, "job"))]
        third = _digest(environment.update_function_code("job", jobs.scheduled, []).raise_for_error())
        seen.append(_codes(deployed_schedules(environment, "job")))
        wanted = [{second}, {third}]
        assert seen == wanted, unlike(f"schedules would run the newest code, {wanted}", seen)

    def test_a_schedule_would_run_the_code_of_a_rollback(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """The version that ``rollback_function`` made live."""
        self.need("rollback")
        (calendar,) = self.calendars(environment, 1)
        first = _digest(self.deploy(environment, jobs.scheduled, schedules=[calendar]))
        self.deploy(environment, jobs.rescheduled, schedules=[calendar])
        environment.rollback_function("job")
        seen = _codes(deployed_schedules(environment, "job"))
        assert seen == {first}, unlike(f"after a rollback schedules would run {first}", seen)

    def test_a_pause_disables_every_schedule(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """All of them, and a resume enables all of them."""
        self.need("pause")
        self.deploy(environment, jobs.scheduled, schedules=self.calendars(environment, 2))
        environment.pause_schedules("job")
        seen = [[one.enabled for one in deployed_schedules(environment, "job")]]
        environment.resume_schedules("job")
        seen.append([one.enabled for one in deployed_schedules(environment, "job")])
        # A place may hold no schedule of a function that is paused.
        assert not any(seen[0]) and seen[1] == [True, True], unlike("two are disabled, then two enabled", seen)

    def test_a_schedule_that_is_no_longer_given_is_gone(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """Also the last one."""
        first, second = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=[first, second])
        self.deploy(environment, jobs.scheduled, schedules=[second])
        self._assert_due_times(deployed_schedules(environment, "job"), [second])
        self.deploy(environment, jobs.scheduled)
        self._assert_due_times(deployed_schedules(environment, "job"), [])

    def test_a_deleted_function_has_no_schedules(
        self, environment: CloudEnvironment, jobs: ModuleType, deployed_schedules: ReadSchedules
    ) -> None:
        """None of its name is left."""
        self.deploy(environment, jobs.scheduled, schedules=self.calendars(environment, 2))
        environment.delete_function("job").raise_for_error()
        left = list(deployed_schedules(environment, "job"))
        assert not left, unlike("no schedule of a deleted function is left", left)

    def _settings(self, **settings: int) -> dict[str, Any]:
        return self.honoured(settings)

    def _assert_settings(self, found: Sequence[DeployedSchedule], wanted: dict[str, Any]) -> None:
        assert found, unlike("the function has a schedule", "none")
        for one in found:
            seen = {name: getattr(one, name) for name in _SETTINGS if name in wanted and getattr(one, name) is not None}
            expected = {name: wanted[name] for name in seen}
            assert seen == expected and one.enabled, unlike(f"the schedule is enabled, and runs with {expected}", one)

    def _assert_due_times(self, found: Sequence[DeployedSchedule], calendars: Sequence[Calendar]) -> None:
        now = datetime.now(UTC)
        wanted = sorted(next_runs(calendar.spec, _DUE_TIMES, now) for calendar in calendars)
        lines = [ScheduleExpression(expression=one.expression, timezone=one.timezone) for one in found]
        seen = sorted(self.due_times(line, _DUE_TIMES, now) for line in lines)
        assert seen == wanted, unlike(f"the place has schedules with the due times of {calendars}", list(found))
        assert all(one.enabled for one in found), unlike("every schedule is enabled", list(found))


def _digest(result: CloudDeploymentResult) -> str | None:
    return None if result.plan is None or result.plan.package is None else result.plan.package.sha256


def _codes(found: Sequence[DeployedSchedule]) -> set[str | None]:
    return {one.code for one in found}
