"""Schedules and packages."""

from __future__ import annotations

import attrs

from broken_providers.base import Broken, repacked
from taskflows_cloud_core import Periodic, ScheduleExpression, Translation, hookimpl


class RunsOnSaturdayToo(Broken):
    FAILS = "test_an_exact_translation_fires_with_the_schedule[Mon,Wed,Fri 09:30]"

    @hookimpl
    def translate_schedule(self, schedule):
        translation = super().translate_schedule(schedule)
        if str(schedule) != "Mon,Wed,Fri 09:30":
            return translation
        said = attrs.evolve(translation.expressions[0], expression="Mon,Wed,Fri,Sat *-*-* 09:30:00")
        return attrs.evolve(translation, expressions=[said])


class IsNearEnough(Broken):
    FAILS = "test_nothing_is_approximate_unasked"

    @hookimpl
    def translate_schedule(self, schedule):
        translation = super().translate_schedule(schedule)
        if not (isinstance(schedule, Periodic) and schedule.period == 5400):
            return translation
        near = ScheduleExpression(expression="every 3600 s")
        return Translation(schedule=schedule, expressions=[near], exact=False, reason="hours only")


class RefusesWithoutAReason(Broken):
    FAILS = "test_a_refusal_says_why"

    @hookimpl
    def translate_schedule(self, schedule):
        if isinstance(schedule, Periodic) and schedule.period == 5400:
            return Translation(schedule=schedule, exact=False)
        return super().translate_schedule(schedule)


class InventsAZone(Broken):
    FAILS = "test_every_expression_has_a_zone_that_exists"

    @hookimpl
    def translate_schedule(self, schedule):
        translation = super().translate_schedule(schedule)
        if not (isinstance(schedule, Periodic) and schedule.period == 300):
            return translation
        said = attrs.evolve(translation.expressions[0], timezone="Mars/Olympus")
        return attrs.evolve(translation, expressions=[said])


class CrashesOnAnUnreadableText(Broken):
    FAILS = "test_an_unreadable_text_is_an_error_of_the_schedule"

    @hookimpl
    def translate_schedule(self, schedule, config):
        try:
            return super().translate_schedule(schedule)
        except ValueError as error:
            if config is not None:
                raise
            raise KeyError(str(schedule)) from error


class PacksOnlyTheFunction(Broken):
    FAILS = "test_a_package_holds_the_users_modules"

    @hookimpl
    def package_function(self, session, function, config):
        whole = super().package_function(session, function, config)
        part = repacked(whole, lambda name: not name.startswith("conformance_helper"))
        session.remember(part, function)
        return part


class SaysAnotherSize(Broken):
    FAILS = "test_a_package_has_the_digest_that_it_says"

    @hookimpl
    def package_function(self, session, function, config):
        package = super().package_function(session, function, config)
        return attrs.evolve(package, size=package.size + 1)


class LeavesIncludedFilesBehind(Broken):
    FAILS = "test_a_package_holds_the_files_to_include"

    @hookimpl
    def package_function(self, session, function, config):
        return super().package_function(session, function, attrs.evolve(config, include_files=[]))


class PacksTheVariables(Broken):
    FAILS = "test_a_package_holds_no_environment_value"

    @hookimpl
    def package_function(self, session, function, config):
        package = super().package_function(session, function, config)
        token = config.environment_variables.get("TOKEN")
        return package if token is None else attrs.evolve(repacked(package, bool, token), sha256=package.sha256)


class PromisesSeconds(Broken):
    FAILS = "test_seconds_are_said_only_where_declared"

    @hookimpl
    def translate_schedule(self, schedule):
        if ":30 " in f"{schedule} " and str(schedule).count(":") == 2:
            return Translation.refused(schedule, "no seconds here")
        return super().translate_schedule(schedule)
