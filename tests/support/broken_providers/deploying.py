"""Plans, deployments and deletions, also interrupted ones and those of two people."""

from __future__ import annotations

import attrs

from broken_providers.base import MEMORY, Broken
from taskflows_cloud_core import CloudFunctionConfig, OperationError, hookimpl
from taskflows_cloud_core.reconcile import Action, ResourceKey


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
            if action.verb == "update" and "sha256" in action.changed_fields and "description" in action.changed_fields:
                session.put(name, action.resource)
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


class BelievesItsPlan(Broken):
    FAILS = "test_a_success_holds_although_somebody_else_deployed"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        # Without the request nobody can make it anew.
        return super().deploy_function(session, attrs.evolve(plan, request=None), progress)


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


class ResumesWithADeployment(Broken):
    FAILS = "test_a_redeployment_does_not_resume"
    MAY_FAIL = ("test_a_redeployment_in_a_pause_starts_nothing",)

    @hookimpl
    def deploy_function(self, session, plan, progress):
        result = super().deploy_function(session, plan, progress)
        session.functions[plan.function_name].paused = False
        return result


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
        MEMORY.pop(key, None)
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


class NamesAnotherFunction(Broken):
    FAILS = "test_a_deployment_says_what_was_made"

    @hookimpl
    def deploy_function(self, session, plan, progress):
        return attrs.evolve(super().deploy_function(session, plan, progress), function_name=plan.function_name.upper())


class KeepsTheLastSchedules(Broken):
    FAILS = "test_schedules_can_be_taken_away"
    MAY_FAIL = ("test_schedules_that_are_taken_away_start_nothing", "test_a_schedule_that_is_no_longer_given_is_gone")

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
        MEMORY.pop(key, None)
        return result

    @hookimpl
    def plan_removal(self, session, name, keep_logs):
        plan = super().plan_removal(session, name, keep_logs)
        return attrs.evolve(plan, actions=[]) if (session.name, name, "begun") in MEMORY else plan


class HasDefaultsThatItDoesNotDeclare(Broken):
    FAILS = "test_a_setting_that_is_not_given_is_the_default"

    @hookimpl
    def plan_deployment(self, session, name, config, package, triggers):
        if config is not None and "timeout_seconds" not in config.given:
            config = attrs.evolve(config, timeout_seconds=3)
        return super().plan_deployment(session, name, config, package, triggers)


class LosesWarnings(Broken):
    FAILS = "test_a_setting_that_is_not_honoured_is_refused_or_warned_about[retries]"

    @hookimpl
    def provider_info(self):
        return attrs.evolve(super().provider_info(), unsupported={"retries": "warn"})

    @hookimpl
    def deploy_function(self, session, plan, progress):
        return attrs.evolve(super().deploy_function(session, plan, progress), warnings=())
