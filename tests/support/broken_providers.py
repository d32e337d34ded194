"""Providers that break one promise each, made from the one in memory by one change.

Each names, in ``FAILS``, the check of the conformance suite that is meant for it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import attrs

from taskflows_cloud_core import (
    CloudFunctionConfig,
    FunctionNotFoundError,
    LogPage,
    OperationError,
    OperationUnsupported,
    Periodic,
    Plan,
    Problem,
    ProgressEvent,
    ScheduleExpression,
    Translation,
    hookimpl,
)
from taskflows_cloud_core.reconcile import Action, Hidden, ResourceKey
from taskflows_cloud_core.testing import MemoryProvider

NAME = "broken"
# What some of them remember, by place, function and subject.
MEMORY: dict[tuple[str, str, str], Any] = {}


class Broken(MemoryProvider):
    """What all of them share: the name under which they are offered, and nothing else."""

    FAILS: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(name=NAME)


def values(plan):
    """The environment values that a plan holds."""
    return [hidden.value for one in plan.desired for hidden in one.properties.get("environment", {}).values()]


def verbs(plan):
    return {action.verb for action in plan.actions}


def repacked(package, keep, extra=None):
    """The same package with fewer files, or with one more; equal input makes an equal archive."""
    path = Path(tempfile.mkdtemp()) / "package.zip"
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            if keep(info.filename):
                new.writestr(info, old.read(info))
        if extra is not None:
            new.writestr(zipfile.ZipInfo("extra.txt"), extra)
    data = path.read_bytes()
    contents = [file for file in package.contents if keep(file.path)]
    digest = hashlib.sha256(data).hexdigest()
    return attrs.evolve(package, path=path, sha256=digest, size=len(data), contents=contents)


def without(provider: MemoryProvider, *capabilities: str) -> Any:
    info = MemoryProvider.provider_info(provider)
    return attrs.evolve(info, capabilities=info.capabilities - set(capabilities))


class WithoutTitle(Broken):
    FAILS = "test_it_has_a_title_for_people"

    @hookimpl
    def provider_info(self):
        return attrs.evolve(super().provider_info(), title=" ")


class ListsUnsorted(Broken):
    FAILS = "test_a_list_is_sorted_by_name"

    @hookimpl
    def list_functions(self, session):
        return super().list_functions(session)[::-1]


class ForgetsTheTimeout(Broken):
    FAILS = "test_a_description_reads_back_what_was_deployed"

    @hookimpl
    def describe_function(self, session, name):
        found = super().describe_function(session, name)
        return attrs.evolve(found, config=attrs.evolve(found.config, timeout_seconds=60))


class NamesVariablesInAnyOrder(Broken):
    FAILS = "test_a_description_names_the_variables"

    @hookimpl
    def describe_function(self, session, name):
        found = super().describe_function(session, name)
        return attrs.evolve(found, environment_names=found.environment_names[::-1])


class ChangesWithTheOrderOfSchedules(Broken):
    FAILS = "test_the_order_of_schedules_is_no_change"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        plan = super().plan_deployment(session, name, config, package, triggers)
        order = [trigger.name for trigger in triggers or ()]
        before = MEMORY.get((session.name, name, "order"))
        if package is not None and plan.is_empty and before and before != order and sorted(before) == sorted(order):
            return attrs.evolve(plan, actions=[Action(verb="update", resource=plan.desired[0])])
        MEMORY[session.name, name, "order"] = order
        return plan


class MakesTheFunctionWhilePlanning(Broken):
    FAILS = "test_planning_a_change_changes_nothing"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        plan = super().plan_deployment(session, name, config, package, triggers)
        for action in plan.actions:
            if action.verb == "update" and "sha256" in action.changed_fields and "memory_mb" in action.changed_fields:
                session.execute(name, action)
        return plan


class DeletesWhilePlanning(Broken):
    FAILS = "test_planning_a_removal_changes_nothing"

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs=keep_logs)
        if name in session.functions:
            session.functions[name].updated_at = None
        return plan


class OverlooksTags(Broken):
    FAILS = "test_a_change_is_planned[tags]"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        there = session.functions.get(name)
        if config is not None and there is not None:
            config = attrs.evolve(config, tags=there.resources[ResourceKey("function", name)].properties["tags"])
        return super().plan_deployment(session, name, config, package, triggers)


class TellsNoProgress(Broken):
    FAILS = "test_every_action_is_told_as_it_ends"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        return super().deploy_function(session, plan, lambda event: event.status == "started" and progress(event))


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


class HidesWhatFailed(Broken):
    FAILS = "test_a_failure_is_told_in_the_result"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        result = super().invoke_function(session, name, payload, wait)
        return result if result.ok else attrs.evolve(result, error="it failed")


class WaitsInAnyCase(Broken):
    FAILS = "test_not_waiting_only_starts"

    @hookimpl
    def invoke_function(self, session, name, payload):
        return super().invoke_function(session, name, payload, wait=True)


class LosesALineBetweenPages(Broken):
    FAILS = "test_pages_join_without_gap_or_double"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        return page if query.limit != 7 or token is None else attrs.evolve(page, events=page.events[:-1])


class GivesLongPages(Broken):
    FAILS = "test_pages_are_no_longer_than_asked"

    @hookimpl
    def get_logs(self, session, name, query, token):
        longer = attrs.evolve(query, limit=20) if query.limit == 7 else query
        return super().get_logs(session, name, longer, token)


class CountsFromTheBeginning(Broken):
    FAILS = "test_a_limit_leaves_the_newest"

    @hookimpl
    def get_logs(self, session, name, query, token):
        if query.limit != 5:
            return super().get_logs(session, name, query, token)
        return LogPage(events=session.logs.get(name, [])[4::-1])


class TakesTheEndForWanted(Broken):
    FAILS = "test_a_bound_of_time_is_kept[end_time]"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, end_time=None), token)


class MixesRuns(Broken):
    FAILS = "test_one_run_can_be_read_alone"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, request_id=None), token)


class MixesFailedRuns(Broken):
    FAILS = "test_failed_runs_can_be_read_alone"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return super().get_logs(session, name, attrs.evolve(query, failed_only=False), token)


class NumbersEveryEventTheSame(Broken):
    FAILS = "test_events_can_be_told_apart"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        return attrs.evolve(page, events=[attrs.evolve(event, event_id="1") for event in page.events])


class FindsLogsOfNobody(Broken):
    FAILS = "test_a_missing_function_is_an_error_of_its_own[get_logs]"

    @hookimpl
    def get_logs(self, session, name, query, token):
        return LogPage() if name == "ghost" else super().get_logs(session, name, query, token)


class RaisesAnyError(Broken):
    FAILS = "test_a_missing_function_is_an_error_of_its_own[invoke_function]"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        try:
            return super().invoke_function(session, name, payload, wait)
        except FunctionNotFoundError as error:
            raise OperationError(str(error)) from error


class OverlooksALongName(Broken):
    FAILS = "test_all_problems_are_told_at_once"

    @hookimpl
    def check_function(self, config):
        return super().check_function(config) if len(config.function_name) < 1000 else []


class NeedsTheCode(Broken):
    FAILS = "test_the_checks_need_no_code"

    @hookimpl
    def check_function(self, function, config):
        if function is None and config.timeout_seconds == 77:
            return [Problem(field="function", message="is needed")]
        return super().check_function(config)


class BelievesItsPlan(Broken):
    FAILS = "test_a_success_holds_although_somebody_else_deployed"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        stale = Plan(**{field.name: getattr(plan, field.name) for field in attrs.fields(Plan)})
        return super().deploy_function(session, stale, progress)


class LeavesALogGroup(Broken):
    FAILS = "test_a_name_starts_afresh_after_a_deletion"

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs)
        if keep_logs or name not in session.functions:
            return plan
        return attrs.evolve(plan, actions=[action for action in plan.actions if action.resource.kind != "log"])


class DeletesNeighbours(Broken):
    FAILS = "test_names_that_begin_alike_are_apart"

    @hookimpl
    def delete_function(self, session, plan, progress):
        result = super().delete_function(session, plan, progress)
        for name in [name for name in session.functions if name.startswith(plan.function_name)]:
            del session.functions[name]
        return result


class TakesEveryLength(Broken):
    FAILS = "test_a_longer_name_is_refused"

    @hookimpl
    def check_function(self, config):
        return [] if config.function_name == "n" * 65 else super().check_function(config)


class KeepsLettersOnly(Broken):
    FAILS = "test_a_line_of_the_log_goes_through"

    @hookimpl
    def get_logs(self, session, name, query, token):
        page = super().get_logs(session, name, query, token)
        plain = [attrs.evolve(one, message=one.message.encode("ascii", "replace").decode()) for one in page.events]
        return attrs.evolve(page, events=plain)


class ShowsValuesInAPlan(Broken):
    FAILS = "test_a_plan_shows_no_value"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        plan = super().plan_deployment(session, name, config, package, triggers)
        if config is None or "TOKEN" not in config.environment_variables or "update" not in verbs(plan):
            return plan
        change = attrs.evolve(plan.actions[0].changes[0], before=config.environment_variables["TOKEN"], after=None)
        return attrs.evolve(plan, actions=[attrs.evolve(plan.actions[0], changes=[change]), *plan.actions[1:]])


class ShowsValuesInADescription(Broken):
    FAILS = "test_a_description_shows_no_value"

    @hookimpl
    def describe_function(self, session, name):
        found = super().describe_function(session, name)
        hidden = session.get(name).resources[ResourceKey("function", name)].properties["environment"]
        shown = {variable: value.value for variable, value in hidden.items() if isinstance(value, Hidden)}
        return attrs.evolve(found, metadata={**found.metadata, "environment": shown})


class ListsOldVersionsFirst(Broken):
    FAILS = "test_versions_are_listed_newest_first"

    @hookimpl
    def list_versions(self, session, name):
        return super().list_versions(session, name)[::-1]


class RollsBackToAnything(Broken):
    FAILS = "test_a_version_that_is_not_there_is_refused[no-such-version]"

    @hookimpl
    def rollback_function(self, session, name, version):
        if version == "no-such-version":
            return session.get(name).versions[-1]
        return super().rollback_function(session, name, version)


class CountsOneSchedule(Broken):
    FAILS = "test_pausing_counts_the_schedules"

    @hookimpl
    def set_schedules_enabled(self, session, name, enabled):
        return min(1, super().set_schedules_enabled(session, name, enabled))


class ResumesWithADeployment(Broken):
    FAILS = "test_a_redeployment_does_not_resume"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        session.functions[plan.function_name].paused = False
        return result


class PromisesSeconds(Broken):
    FAILS = "test_seconds_are_said_only_where_declared"

    @hookimpl
    def translate_schedule(self, schedule):
        if ":30 " in f"{schedule} " and str(schedule).count(":") == 2:
            return Translation.refused(schedule, "no seconds here")
        return super().translate_schedule(schedule)


class HidesThatItPauses(Broken):
    FAILS = "test_what_is_not_declared_is_unsupported[pause]"

    @hookimpl
    def provider_info(self):
        return without(self, "pause")


class PromisesPermissions(Broken):
    FAILS = "test_what_is_declared_answers[permissions]"

    @hookimpl
    def required_permissions(self):
        raise OperationUnsupported("there is no language for it")


class MiscountsFailures(Broken):
    FAILS = "test_metrics_count_runs_and_failures"

    @hookimpl
    def get_metrics(self, session, name, start_time, end_time):
        return attrs.evolve(super().get_metrics(session, name, start_time, end_time), errors=0)


class ForgetsWhatItKeeps(Broken):
    FAILS = "test_logs_are_kept_when_asked_for"

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        return attrs.evolve(super().plan_removal(session, name, keep_logs), keeps=[])


class LosesWhatWasInterrupted(Broken):
    FAILS = "test_an_interrupted_removal_goes_on"

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs)
        lost = MEMORY.get((session.name, name, "lost"))
        return attrs.evolve(plan, actions=[]) if lost else plan

    @hookimpl
    def delete_function(self, session, plan, progress):
        try:
            return super().delete_function(session, plan, progress)
        except BaseException:
            MEMORY[session.name, plan.function_name, "lost"] = True
            raise


class LeavesItsLock(Broken):
    FAILS = "test_an_interrupted_deployment_goes_on"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        key = (session.name, plan.function_name, "lock")
        if key in MEMORY:
            raise OperationError(f"{plan.function_name!r} is being deployed")
        MEMORY[key] = True
        result = super().deploy_function(session, plan, progress)
        del MEMORY[key]
        return result

    @hookimpl
    def delete_function(self, session, plan, progress):
        MEMORY.pop((session.name, plan.function_name, "lock"), None)
        return super().delete_function(session, plan, progress)


class ResetsTheConfigurationWithNewCode(Broken):
    FAILS = "test_an_update_of_the_code_keeps_the_rest"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        if config is None:
            config = CloudFunctionConfig(function_name=name)
        return super().plan_deployment(session, name, config, package, triggers)


class DropsSchedulesWithANewConfiguration(Broken):
    FAILS = "test_an_update_of_the_configuration_keeps_the_rest"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        if package is None and triggers is None:
            triggers = ()
        return super().plan_deployment(session, name, config, package, triggers)


class ShowsValuesInAnError(Broken):
    FAILS = "test_an_error_shows_no_value"

    @hookimpl
    def check_function(self, config):
        if "Someday 99:00" not in map(str, config.schedules):
            return super().check_function(config)
        shown = ", ".join(config.environment_variables.values())
        return [*super().check_function(config), Problem(field="environment_variables", message=f"is {shown}")]


class ShowsValuesInProgress(Broken):
    FAILS = "test_progress_shows_no_value"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        told = ProgressEvent(
            function_name=plan.function_name, stage="apply", status="started", message=str(values(plan))
        )
        progress(told)
        return super().deploy_function(session, plan, progress)


class ShowsValuesInAResult(Broken):
    FAILS = "test_a_result_shows_no_value"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        return attrs.evolve(result, metadata={**result.metadata, "environment": values(plan)})


class ExportsValues(Broken):
    FAILS = "test_an_export_shows_no_value"

    @hookimpl
    def export_plan(self, plan, format):  # noqa: A002 - the hook's word
        return {**super().export_plan(plan, format), "environment.txt": f"values {values(plan)}"}


class NamesAnotherFunction(Broken):
    FAILS = "test_a_deployment_says_what_was_made"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        return attrs.evolve(super().deploy_function(session, plan, progress), function_name=plan.function_name.upper())


class KeepsTheLastSchedules(Broken):
    FAILS = "test_schedules_can_be_taken_away"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        return super().plan_deployment(session, name, config, package, triggers or None)


class TouchesWhatIsRight(Broken):
    FAILS = "test_a_second_deployment_changes_nothing"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        if plan.is_empty:
            session.functions[plan.function_name].updated_at = None
        return result


class TellsAnotherPlan(Broken):
    FAILS = "test_a_deployment_does_what_was_planned"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        return attrs.evolve(result, plan=attrs.evolve(plan, actions=plan.actions[::-1]))


class LeavesWhatHasRun(Broken):
    FAILS = "test_deleting_leaves_nothing"

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs)
        there = session.functions.get(name)
        has_run = any(run.function_name == name for run in session.runs)
        return attrs.evolve(plan, actions=[]) if there and len(there.versions) > 1 and has_run else plan


class ForgetsWhatItBegan(Broken):
    FAILS = "test_what_an_interrupted_deployment_made_can_be_deleted"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        key = (session.name, plan.function_name, "begun")
        MEMORY[key] = True
        result = super().deploy_function(session, plan, progress)
        del MEMORY[key]
        return result

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs)
        return attrs.evolve(plan, actions=[]) if (session.name, name, "begun") in MEMORY else plan


class ReadsPayloadsAsAscii(Broken):
    FAILS = "test_a_payload_goes_through"

    @hookimpl
    def invoke_function(self, session, name, payload, wait):
        if isinstance(payload, dict):
            payload = json.loads(json.dumps(payload, ensure_ascii=False).encode("ascii", "replace"))
        return super().invoke_function(session, name, payload, wait)


ALL = {kind.__name__: kind for kind in Broken.__subclasses__()}
