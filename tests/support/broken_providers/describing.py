"""What a provider says: of itself, of its functions, of what is missing, and what it shows that it must not."""

from __future__ import annotations

import attrs

from broken_providers.base import Broken, values, verbs, without
from taskflows_cloud_core import OperationUnsupported, Problem, ProgressEvent, hookimpl
from taskflows_cloud_core.reconcile import Hidden, ResourceKey


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
    MAY_FAIL = ("test_a_setting_is_refused_or_warned_about_or_holds?timeout_seconds?",)

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


class OverlooksALongName(Broken):
    FAILS = "test_all_problems_are_told_at_once"

    @hookimpl
    def check_function(self, config):
        return super().check_function(config) if len(config.function_name) < 1000 else []


class NeedsTheCode(Broken):
    FAILS = "test_the_checks_need_no_code"

    @hookimpl
    def check_function(self, function, config):
        if function is None and config.description == "Without code":
            return [Problem(field="function", message="is needed")]
        return super().check_function(config)


class TakesEveryLength(Broken):
    FAILS = "test_a_longer_name_is_refused"

    @hookimpl
    def check_function(self, config):
        return [] if config.function_name == "n" * 65 else super().check_function(config)


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


class ForgetsTheConcurrency(Broken):
    FAILS = "test_a_setting_is_refused_or_warned_about_or_holds[max_concurrency]"

    @hookimpl
    def describe_function(self, session, name):
        found = super().describe_function(session, name)
        return attrs.evolve(found, config=attrs.evolve(found.config, max_concurrency=None))


class LosesTheRetention(Broken):
    FAILS = "test_a_setting_is_refused_or_warned_about_or_holds[log_retention_days]"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        if config is not None:
            config = attrs.evolve(config, log_retention_days=None)
        return super().plan_deployment(session, name, config, package, triggers)
