"""Changes of a function that do not reach what its schedules start."""

from __future__ import annotations

import attrs

from broken_providers.clock import BrokenClock
from taskflows_cloud_core import hookimpl


class _Remembering(BrokenClock):
    """Keeps what the clock held before a change."""

    def before(self, session, name):
        """What the clock goes on with: what it held at the first deployment."""
        memory = self.memory(session, name)
        if memory.held is None:
            memory.held = super().held(session, name)
        return memory.held

    def kept(self, session, name, *settings):
        """What the clock holds, with some settings as they were first."""
        found, first = super().held(session, name), self.before(session, name)
        if not first:
            self.memory(session, name).held = None
            return found
        old = {key: first[0].settings[key] for key in settings}
        return [attrs.evolve(held, settings=held.settings | old) for held in found]

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        self.before(session, plan.function_name)
        return result

    @hookimpl
    def delete_function(self, session, plan, progress):
        self.memory(session, plan.function_name).held = None
        return super().delete_function(session, plan, progress)


_CODE = ("test_*code*", "test_*rollback*", "test_a_schedule_would_run*")


class StaysOnOldCode(_Remembering):
    FAILS = "test_new_code_reaches_the_schedules"
    MAY_FAIL = _CODE

    def held(self, session, name):
        return self.kept(session, name, "sha256")


class StaysOnOldVariables(_Remembering):
    FAILS = "test_new_variables_reach_the_schedules"
    MAY_FAIL = ("test_an_update_of_the_configuration_reaches_*", "test_a_removed_variable_is_gone")

    def held(self, session, name):
        return self.kept(session, name, "environment")


class StaysOnOldSettings(_Remembering):
    FAILS = "test_an_update_of_the_settings_reaches_the_schedules"

    def held(self, session, name):
        return self.kept(session, name, "memory_mb", "timeout_seconds", "retries")


class KeepsRemovedVariables(_Remembering):
    FAILS = "test_a_removed_variable_is_gone"

    def held(self, session, name):
        found, first = BrokenClock.held(self, session, name), self.before(session, name)
        old = first[0].settings["environment"] if first else {}
        return [
            attrs.evolve(held, settings=held.settings | {"environment": old | held.settings["environment"]})
            for held in found
        ]


class KeepsTheOldDueTimes(_Remembering):
    FAILS = "test_a_new_schedule_takes_the_place_of_the_old"
    MAY_FAIL = (
        "test_a_resume_brings_the_newest_schedule",
        "test_a_schedule_that_is_no_longer_given_is_gone",
        "test_schedules_that_are_taken_away_start_nothing",
    )

    def held(self, session, name):
        found, first = BrokenClock.held(self, session, name), self.before(session, name)
        texts = {held.text for held in found}
        enabled = name in session.functions and not session.functions[name].paused
        return [*found, *(attrs.evolve(one, enabled=enabled) for one in first if one.text not in texts)]


class KeepsTheLastSchedule(_Remembering):
    FAILS = "test_schedules_that_are_taken_away_start_nothing"
    MAY_FAIL = ("test_a_schedule_that_is_no_longer_given_is_gone",)

    def held(self, session, name):
        found = BrokenClock.held(self, session, name)
        return found or (self.before(session, name) if name in session.functions else [])


class OutlivesItsFunction(BrokenClock):
    FAILS = "test_a_deleted_function_starts_nothing"
    MAY_FAIL = ("test_a_deleted_function_has_no_schedules",)

    def held(self, session, name):
        memory = self.memory(session, name)
        memory.held = super().held(session, name) or (memory.held if name not in session.functions else None)
        return memory.held or []

    @hookimpl
    def delete_function(self, session, plan, progress):
        self.held(session, plan.function_name)
        return super().delete_function(session, plan, progress)


class PausesNothing(BrokenClock):
    FAILS = "test_a_paused_schedule_starts_nothing"
    MAY_FAIL = ("test_a_redeployment_in_a_pause_*", "test_a_pause_disables_every_schedule")

    def held(self, session, name):
        return [attrs.evolve(held, enabled=True) for held in super().held(session, name)]


class PausesOneSchedule(BrokenClock):
    FAILS = "test_a_pause_disables_every_schedule"

    def held(self, session, name):
        found = super().held(session, name)
        return [*found[:1], *(attrs.evolve(held, enabled=True) for held in found[1:])]


class _Enabling(BrokenClock):
    """Keeps by itself whether schedules are enabled."""

    def held(self, session, name):
        memory = self.memory(session, name)
        enabled = getattr(memory, "enabled", True)
        return [attrs.evolve(held, enabled=enabled) for held in super().held(session, name)]

    def enable(self, session, name, enabled):
        self.memory(session, name).enabled = enabled

    @hookimpl
    def set_schedules_enabled(self, session, name, enabled):
        count = super().set_schedules_enabled(session, name, enabled)
        self.enable(session, name, enabled)
        return count

    @hookimpl
    def delete_function(self, session, plan, progress):
        self.enable(session, plan.function_name, True)
        return super().delete_function(session, plan, progress)


class NeverResumes(_Enabling):
    FAILS = "test_a_resumed_schedule_starts_runs"
    MAY_FAIL = ("test_a_pause_disables_every_schedule", "test_a_resume_brings_*")

    @hookimpl
    def set_schedules_enabled(self, session, name, enabled):
        count = super().set_schedules_enabled(session, name, enabled)
        self.enable(session, name, False)
        return count


class ResumesByTheClockWithADeployment(_Enabling):
    FAILS = "test_a_redeployment_in_a_pause_starts_nothing"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        self.enable(session, plan.function_name, True)
        return result


class DisablesWithAnUpdate(_Enabling):
    FAILS = "test_an_update_leaves_schedules_enabled"
    MAY_FAIL = ("test_an_update_of_the_configuration_*", "test_an_update_of_the_settings_*")

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        if plan.package is None:
            self.enable(session, plan.function_name, False)
        return result


class _AtThePause(BrokenClock):
    """Keeps what the clock held when its function was paused."""

    @hookimpl
    def set_schedules_enabled(self, session, name, enabled):
        if not enabled:
            self.memory(session, name).held = BrokenClock.held(self, session, name)
        return super().set_schedules_enabled(session, name, enabled)

    @hookimpl
    def delete_function(self, session, plan, progress):
        self.memory(session, plan.function_name).held = None
        return super().delete_function(session, plan, progress)


class ResumesTheOldSchedule(_AtThePause):
    FAILS = "test_a_resume_brings_the_newest_schedule"
    MAY_FAIL = ("test_a_resume_brings_the_newest_code",)

    def held(self, session, name):
        found, old = super().held(session, name), self.memory(session, name).held
        return found if old is None else [attrs.evolve(one, enabled=found[0].enabled) for one in old if found]


class ResumesTheOldCode(_AtThePause):
    FAILS = "test_a_resume_brings_the_newest_code"

    def held(self, session, name):
        found, old = super().held(session, name), self.memory(session, name).held
        code = {"sha256": old[0].settings["sha256"]} if old else {}
        return [attrs.evolve(held, settings=held.settings | code) for held in found]


class RollsBackWithoutSchedules(BrokenClock):
    FAILS = "test_a_rollback_reaches_the_schedules"
    MAY_FAIL = ("test_a_schedule_would_run_the_code_of_a_rollback",)

    def held(self, session, name):
        found = super().held(session, name)
        newest = {"sha256": session.functions[name].versions[-1].package_sha256} if found else {}
        return [attrs.evolve(held, settings=held.settings | newest) for held in found]


class _AtTheLastWholeDeployment(BrokenClock):
    """Keeps settings of the last plan of some shape."""

    def counts(self, plan):
        raise NotImplementedError

    def settings(self):
        raise NotImplementedError

    def held(self, session, name):
        found, old = super().held(session, name), self.memory(session, name).held
        kept = {key: old[key] for key in self.settings()} if old else {}
        return [attrs.evolve(held, settings=held.settings | kept) for held in found]

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        found = BrokenClock.held(self, session, plan.function_name)
        if self.counts(plan):
            self.memory(session, plan.function_name).held = found[0].settings if found else None
        return result

    @hookimpl
    def rollback_function(self, session, name, version):
        done = super().rollback_function(session, name, version)
        found = BrokenClock.held(self, session, name)
        self.memory(session, name).held = found[0].settings if found else None
        return done


class ReachesNoScheduleWithAConfiguration(_AtTheLastWholeDeployment):
    FAILS = "test_an_update_of_the_configuration_reaches_the_schedules"
    MAY_FAIL = ("test_an_update_of_the_settings_reaches_the_schedules",)

    def counts(self, plan):
        return plan.package is not None

    def settings(self):
        return "environment", "memory_mb", "timeout_seconds", "retries"


class ReachesNoScheduleWithAnUpdateOfTheCode(_AtTheLastWholeDeployment):
    FAILS = "test_an_update_of_the_code_reaches_the_schedules"
    MAY_FAIL = ("test_a_schedule_would_run_the_newest_code",)

    def counts(self, plan):
        return plan.request is None or plan.request.config is not None

    def settings(self):
        return ("sha256",)


class StaysRolledBack(BrokenClock):
    FAILS = "test_a_deployment_after_a_rollback_reaches_the_schedules"

    def held(self, session, name):
        found, code = super().held(session, name), self.memory(session, name).held
        kept = {"sha256": code} if code else {}
        return [attrs.evolve(held, settings=held.settings | kept) for held in found]

    @hookimpl
    def rollback_function(self, session, name, version):
        done = super().rollback_function(session, name, version)
        self.memory(session, name).held = done.package_sha256
        return done

    @hookimpl
    def delete_function(self, session, plan, progress):
        self.memory(session, plan.function_name).held = None
        return super().delete_function(session, plan, progress)
