"""Runs that a schedule starts: when, with what, and what is reported of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from taskflows_cloud_core.environment import CloudEnvironment
from taskflows_cloud_core.testing.conformance.by_clock import ByClock, occurrence_text, schedule_text_of
from taskflows_cloud_core.testing.conformance.effects import changes, runs
from taskflows_cloud_core.testing.conformance.harness import unlike
from taskflows_cloud_core.testing.conformance.readings import Fire

_RETRIES = 2


@runs
class ScheduledRunChecks(ByClock):
    """What schedules start, for a harness with the fixture ``fire``."""

    def test_a_due_time_starts_one_run(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """Once for each due time, and it returns."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        fired = fire(environment, "job", self.due(calendar))
        seen = [(run.attempts, run.error) for run in fired]
        assert seen == [(1, None)], unlike("a due time starts one run, which returns", fired)

    def test_nothing_starts_when_nothing_is_due(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Neither before nor after the due time."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        due, minute = self.due(calendar), timedelta(minutes=1)
        fired = [*fire(environment, "job", due - minute), *fire(environment, "job", due + minute)]
        assert not fired, unlike(f"nothing starts a minute before or after {due}", fired)

    def test_a_schedule_fires_in_its_zone(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """At the hour of its own time zone, and not at that hour in UTC."""
        self.need("timezones")
        calendar = self.zoned_calendar(environment)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        due = self.due(calendar)
        in_utc = due.astimezone(UTC).replace(hour=8, minute=0)
        seen = [len(fire(environment, "job", moment)) for moment in sorted((due, in_utc))]
        wanted = [int(moment == due) for moment in sorted((due, in_utc))]
        assert seen == wanted, unlike(f"{calendar} fires at {due} and not at {in_utc}", seen)

    def test_every_schedule_starts_runs(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """Each schedule of a function at its own due time."""
        calendars = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=calendars)
        moments = sorted(self.due(one) for one in calendars)
        seen = [len(fire(environment, "job", moment)) for moment in moments]
        assert seen == [1, 1], unlike(f"each of {[str(one) for one in calendars]} starts a run", seen)

    def test_a_due_time_starts_no_neighbour(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """A function whose name begins alike has its own due times."""
        first, second = self.calendars(environment, 2)
        self.deploy(environment, jobs.scheduled, schedules=[first])
        self.deploy(environment, jobs.scheduled, "job-2", schedules=[second])
        fired = fire(environment, "job-2", self.due(first))
        assert not fired, unlike("a due time of 'job' starts no run of 'job-2'", fired)

    def test_the_platform_knows_the_occurrence(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Which due time a run is for is said by the platform, beside the function."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        due = self.due(calendar)
        seen, wanted = self.fire_one(fire, environment, due).occurrence, occurrence_text(calendar, due)
        assert seen == wanted, unlike(f"the platform says that the run is for {wanted}", seen)

    def test_the_occurrence_arrives(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """``context.occurrence`` has the schedule in its canonical spelling, and the due time."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        due = self.due(calendar)
        seen, wanted = self.value_of(fire, environment, due, "occurrence"), occurrence_text(calendar, due)
        assert seen == wanted, unlike(f"context.occurrence is {wanted}", seen)

    def test_the_event_is_that_of_a_scheduled_run(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """It has ``schedule`` and ``scheduled_time``."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        due = self.due(calendar)
        event = self.value_of(fire, environment, due, "event")
        wanted = {"schedule": schedule_text_of(calendar), "scheduled_time": due.isoformat()}
        seen = {key: event.get(key) for key in wanted} if isinstance(event, dict) else event
        assert seen == wanted, unlike(f"a scheduled run is called with {wanted}", event)

    def test_a_scheduled_run_has_the_variables(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """The environment variables of the configuration."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **self._honoured_mode("fast"))
        seen = self.value_of(fire, environment, self.due(calendar), "mode")
        assert seen == "fast", unlike("a scheduled run has the variable MODE=fast", seen)

    def test_a_scheduled_run_has_the_included_files(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``include_files`` lie beside the code."""
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured_or_skip(include_files=["table.csv"])
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **settings)
        seen = self.value_of(fire, environment, self.due(calendar), "table")
        assert seen == "a,b\n1,2\n", unlike("a scheduled run finds table.csv beside its module", seen)

    def test_a_failed_run_is_repeated(self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire) -> None:
        """As often as ``retries`` says."""
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured_or_skip(retries=_RETRIES)
        self.deploy(environment, jobs.fails_for_occurrence, schedules=[calendar], **settings)
        seen = self.fire_one(fire, environment, self.due(calendar)).attempts
        assert seen == 1 + _RETRIES, unlike(f"with retries={_RETRIES} a failing run has {1 + _RETRIES} attempts", seen)

    def test_without_retries_a_run_has_one_attempt(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``retries=0`` repeats nothing."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.fails_for_occurrence, schedules=[calendar], **self.honoured_or_skip(retries=0))
        seen = self.fire_one(fire, environment, self.due(calendar)).attempts
        assert seen == 1, unlike("with retries=0 a failing run has one attempt", seen)

    def test_a_run_that_returned_is_not_repeated(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``retries`` is about failures."""
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured_or_skip(retries=_RETRIES)
        self.deploy(environment, jobs.scheduled, schedules=[calendar], **settings)
        seen = self.fire_one(fire, environment, self.due(calendar)).attempts
        assert seen == 1, unlike("a run that returned has one attempt", seen)

    def test_every_attempt_has_the_same_occurrence(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """So that a function can tell a repetition from another run."""
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured_or_skip(retries=_RETRIES)
        self.deploy(environment, jobs.fails_for_occurrence, schedules=[calendar], **settings)
        due = self.due(calendar)
        lines = self.fire_one(fire, environment, due).lines
        seen = [text.partition("attempt for ")[2].strip() for text in lines if "attempt for " in text]
        assert set(seen) == {occurrence_text(calendar, due)}, unlike(
            f"every attempt is for {occurrence_text(calendar, due)}", seen
        )

    def test_a_failed_scheduled_run_shows_its_traceback(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """In its error or in its log: type, message and the line of the user's code."""
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured({"retries": 0})
        self.deploy(environment, jobs.fails_for_occurrence, schedules=[calendar], **settings)
        run = self.fire_one(fire, environment, self.due(calendar))
        text = "\n".join([run.error or "", *run.lines])
        missing = [part for part in ("ValueError", "broken on purpose", "fails_for_occurrence") if part not in text]
        assert not missing, unlike("a scheduled run that fails shows its traceback; it lacks", missing)

    def test_lines_of_a_scheduled_run_are_in_the_log(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """``get_logs`` reads them as those of every other run."""
        self.need("logs")
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        self.fire_one(fire, environment, self.due(calendar))
        text = "scheduled run begins"
        events = self.wait_for(
            lambda: environment.get_function_logs("job"),
            lambda events: any(text in event.message for event in events),
        )
        seen = [event.message for event in events]
        assert sum(text in line for line in seen) == 1, unlike(f"the log has {text!r} once", seen)

    def test_a_failed_scheduled_run_is_counted(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Metrics have the runs of schedules as they have every other."""
        self.need("metrics")
        (calendar,) = self.calendars(environment, 1)
        settings = self.honoured({"retries": 0})
        self.deploy(environment, jobs.fails_for_occurrence, schedules=[calendar], **settings)
        due, week = self.due(calendar), timedelta(days=7)
        self.fire_one(fire, environment, due)
        metrics = self.wait_for(
            lambda: environment.get_metrics("job", start_time=datetime.now(UTC) - week, end_time=due + week),
            lambda metrics: bool(metrics.errors),
        )
        seen = (metrics.invocations, metrics.errors)
        assert seen == (1, 1), unlike("a scheduled run that failed is one run and one error", seen)

    def test_a_scheduled_run_ends_at_its_timeout(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """A run that takes longer is ended, and that is its error."""
        (calendar,) = self.calendars(environment, 1)
        settings = {**self.honoured({"retries": 0}), **self.honoured_or_skip(timeout_seconds=self.shortest_timeout)}
        self.deploy(environment, jobs.takes_too_long, schedules=[calendar], **settings)
        run = self.fire_one(fire, environment, self.due(calendar))
        assert run.error, unlike(f"a run ends after timeout_seconds={self.shortest_timeout}", run)

    def test_a_scheduled_run_ends_at_its_memory_limit(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """A run that needs more is ended, and that is its error."""
        (calendar,) = self.calendars(environment, 1)
        settings = {**self.honoured({"retries": 0}), **self.honoured_or_skip(memory_mb=self.smallest_memory)}
        self.deploy(environment, jobs.needs_too_much_memory, schedules=[calendar], **settings)
        run = self.fire_one(fire, environment, self.due(calendar))
        assert run.error, unlike(f"a run ends when it needs more than memory_mb={self.smallest_memory}", run)

    @changes
    def test_a_deleted_function_starts_nothing(
        self, environment: CloudEnvironment, jobs: ModuleType, fire: Fire
    ) -> None:
        """Its schedules went with it."""
        (calendar,) = self.calendars(environment, 1)
        self.deploy(environment, jobs.scheduled, schedules=[calendar])
        environment.delete_function("job").raise_for_error()
        fired = fire(environment, "job", self.due(calendar))
        assert not fired, unlike("a deleted function starts nothing", fired)

    def _honoured_mode(self, value: str) -> dict[str, Any]:
        return self.honoured_or_skip(environment_variables={"MODE": value})
