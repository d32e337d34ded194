"""Schedules that start the wrong thing, at the wrong time, too often, or with the wrong occurrence."""

from __future__ import annotations

from datetime import timedelta

import attrs

from broken_providers.clock import RUN_CHECKS, BrokenClock
from taskflows_cloud_core.packaging.runtime.occurrence import Occurrence
from taskflows_cloud_core.testing.memory.running import Ending


class DeploysNoZone(BrokenClock):
    FAILS = "test_a_schedule_fires_in_its_zone"
    MAY_FAIL = ("test_a_schedule_is_deployed_with_its_zone",)

    def held(self, session, name):
        return [attrs.evolve(held, timezone="UTC") for held in super().held(session, name)]


class FiresTwice(BrokenClock):
    FAILS = "test_a_due_time_starts_one_run"
    MAY_FAIL = (
        "test_a_*starts*",
        "test_an_update_leaves*",
        "test_every_*",
        "test_a_resume*",
        "test_*counted",
        "test_*in_the_log",
        "test_a_schedule_fires*",
        "test_a_new_schedule*",
    )

    def due(self, held, moment):
        return 2 * super().due(held, moment)


class FiresAMinuteLater(BrokenClock):
    FAILS = "test_nothing_starts_when_nothing_is_due"
    MAY_FAIL = RUN_CHECKS

    def due(self, held, moment):
        return super().due(held, moment - timedelta(minutes=1))


class FiresEarlyToo(BrokenClock):
    FAILS = "test_nothing_starts_when_nothing_is_due"

    def due(self, held, moment):
        return super().due(held, moment) or super().due(held, moment + timedelta(minutes=1))


class FiresOneScheduleOnly(BrokenClock):
    FAILS = "test_every_schedule_starts_runs"
    MAY_FAIL = ("test_schedules_are_deployed_as_they_were_given", "test_a_pause_disables_every_schedule")

    def held(self, session, name):
        return super().held(session, name)[:1]


class StartsNeighbours(BrokenClock):
    FAILS = "test_a_due_time_starts_no_neighbour"

    def held(self, session, name):
        near = [other for other in session.functions if name.startswith(other) and other != name]
        return [
            *super().held(session, name),
            *(one for other in near for one in super(StartsNeighbours, self).held(session, other)),
        ]


class CannotStartScheduledRuns(BrokenClock):
    FAILS = "test_a_due_time_starts_one_run"
    MAY_FAIL = RUN_CHECKS

    def start(self, session, name, held, event, occurrence):
        return Ending(ok=False, error="no room", lines=(), duration_ms=0.0)


class LosesDueTimes(BrokenClock):
    FAILS = "test_a_due_time_starts_one_run"
    MAY_FAIL = RUN_CHECKS

    def due(self, held, moment):
        return 0


class SaysNoOccurrence(BrokenClock):
    FAILS = "test_the_occurrence_arrives"
    MAY_FAIL = ("test_the_platform_knows_the_occurrence", "test_the_event_*", "test_every_attempt_*")

    def occurrence(self, held, moment, attempt):
        return None


class SaysTheWrongDueTime(BrokenClock):
    FAILS = "test_the_occurrence_arrives"
    MAY_FAIL = ("test_the_platform_knows_the_occurrence", "test_the_event_*", "test_every_attempt_*")

    def occurrence(self, held, moment, attempt):
        return Occurrence(held.text, (moment + timedelta(seconds=3)).isoformat())


class SaysTheExpression(BrokenClock):
    FAILS = "test_the_platform_knows_the_occurrence"
    MAY_FAIL = ("test_the_occurrence_arrives", "test_the_event_*", "test_every_attempt_*")

    def occurrence(self, held, moment, attempt):
        return Occurrence(f"cron({held.text})", moment.isoformat())


class RepeatsAsAnotherOccurrence(BrokenClock):
    FAILS = "test_every_attempt_has_the_same_occurrence"
    MAY_FAIL = ("test_the_platform_knows_the_occurrence",)

    def occurrence(self, held, moment, attempt):
        return Occurrence(held.text, (moment + timedelta(minutes=attempt - 1)).isoformat())


class CallsWithNothing(BrokenClock):
    FAILS = "test_the_event_is_that_of_a_scheduled_run"

    def event(self, occurrence):
        return {}


class CallsWithItsOwnEvent(BrokenClock):
    FAILS = "test_the_event_is_that_of_a_scheduled_run"

    def event(self, occurrence):
        return {"taskflows-cloud": super().event(occurrence)}


class IgnoresRetries(BrokenClock):
    FAILS = "test_a_failed_run_is_repeated"

    def repeats(self, held, ending, attempt):
        return False


class RepeatsOnceTooOften(BrokenClock):
    FAILS = "test_without_retries_a_run_has_one_attempt"
    MAY_FAIL = ("test_a_failed_run_is_repeated", "test_a_failed_scheduled_run_is_counted")

    def repeats(self, held, ending, attempt):
        return not ending.ok and attempt <= 1 + (held.settings["retries"] or 0)


class RepeatsWhatReturned(BrokenClock):
    FAILS = "test_a_run_that_returned_is_not_repeated"

    def repeats(self, held, ending, attempt):
        return attempt <= (held.settings["retries"] or 0)


class LosesTheTraceback(BrokenClock):
    FAILS = "test_a_failed_scheduled_run_shows_its_traceback"

    def start(self, *given):
        ending = super().start(*given)
        return ending if ending.ok else attrs.evolve(ending, error="exit code 1")


class LosesLinesOfScheduledRuns(BrokenClock):
    FAILS = "test_lines_of_a_scheduled_run_are_in_the_log"

    def log(self, session, name, lines):
        """Nothing is kept."""


class WritesLinesTwice(BrokenClock):
    FAILS = "test_lines_of_a_scheduled_run_are_in_the_log"

    def log(self, session, name, lines):
        super().log(session, name, [*lines, *lines])


class CountsNoScheduledRuns(BrokenClock):
    FAILS = "test_a_failed_scheduled_run_is_counted"

    def count(self, session, done):
        """Nothing is kept."""


class GivesNoVariablesToScheduledRuns(BrokenClock):
    FAILS = "test_a_scheduled_run_has_the_variables"
    MAY_FAIL = ("test_new_variables_*", "test_an_update_of_the_configuration_reaches_*")

    def held(self, session, name):
        found = super().held(session, name)
        return [attrs.evolve(held, settings={**held.settings, "environment": {}}) for held in found]


class RunsWithoutLimits(BrokenClock):
    FAILS = "test_a_schedule_has_the_settings_of_its_function"
    MAY_FAIL = ("test_an_update_of_the_settings_reaches_the_schedules",)

    def held(self, session, name):
        changed = {"timeout_seconds": 3600}
        return [attrs.evolve(held, settings=held.settings | changed) for held in super().held(session, name)]


class RunsWithTheUsualMemory(BrokenClock):
    FAILS = "test_a_schedule_has_the_settings_of_its_function"
    MAY_FAIL = ("test_an_update_of_the_settings_reaches_the_schedules",)

    def held(self, session, name):
        changed = {"memory_mb": 128}
        return [attrs.evolve(held, settings=held.settings | changed) for held in super().held(session, name)]
