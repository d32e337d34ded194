"""Carrying out plans on AWS: handlers, and what follows when every action is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs

from taskflows_cloud_aws.deployment import pause
from taskflows_cloud_aws.deployment.shared_resources import SUBJECT, any_names, has_its_roles, release_roles
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import HANDLERS, Context, live, rule, schedule, schedule_group
from taskflows_cloud_aws.resources.context import Made, Work
from taskflows_cloud_aws.resources.function_reading import get_function
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import retry_transient
from taskflows_cloud_core import CloudDeploymentResult, DeletionResult, OperationError, Plan
from taskflows_cloud_core.kit import carry_out, deletion_result, deployment_result, secrets_of_action
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.reconcile import Handler, Resource, Step

_TRIGGERING = (rule.KIND, schedule.KIND)


def deploy(session: AwsSession, plan: Plan, progress: Progress) -> CloudDeploymentResult:
    """Carry out the plan of a deployment, then release what the function shared and look again."""
    execution = carry_out(plan, resource_handlers(session), progress=progress)
    afterwards = None
    if execution.report.success:
        session.known_functions.add(plan.function_name)
        afterwards = _released(session, plan) or _overtaken(session, plan)
    return deployment_result(plan, execution, afterwards=afterwards)


def delete(session: AwsSession, plan: Plan, progress: Progress) -> DeletionResult:
    """Carry out the plan of a deletion, or of `plan_unused`."""
    execution = carry_out(plan, resource_handlers(session), progress=progress)
    afterwards = None
    if execution.report.success:
        afterwards = _released(session, plan) or _come_meanwhile(session, plan)
    session.known_functions.discard(plan.function_name)
    return deletion_result(plan, execution, afterwards=afterwards)


def resource_handlers(session: AwsSession) -> Mapping[str, Handler]:
    """The handlers of all kinds, for one plan: AWS's errors become ours, and what will pass is waited for."""
    made = Made()

    def guarded(work: Work) -> Callable[[Step], None]:
        def do(step: Step) -> None:
            context = attrs.evolve(
                context_of(session, step.function_name),
                package=step.package,
                made=made,
                keep=step.keep,
                report=step.report,
            )
            session.secrets.update(secrets_of_action(step.action))
            guard(
                str(step.action.key),
                lambda: retry_transient(session.retry, lambda: work(context, step.action), report=step.report),
                session.secrets,
            )

        return do

    return {
        kind: Handler(
            create=guarded(one.create),
            update=guarded(one.update),
            delete=guarded(one.delete),
            goes_with=one.goes_with,
            holds_logs=one.holds_logs,
        )
        for kind, one in HANDLERS.items()
    }


def context_of(session: AwsSession, function_name: str) -> Context:
    """What handlers need to know of a function, or of what all functions share."""
    for_all = function_name == SUBJECT
    names = any_names(session) if for_all else session.names(function_name)
    return Context(session=session, names=names, for_all=for_all)


def _released(session: AwsSession, plan: Plan) -> OperationError | None:
    """Delete the shared roles that the function released; an error message comes back."""
    if plan.is_empty or plan.function_name == SUBJECT:
        return None
    context = context_of(session, plan.function_name)
    try:
        guard(
            f"roles that {plan.function_name} shared",
            lambda: retry_transient(session.retry, lambda: release_roles(context, plan)),
            session.secrets,
        )
    except OperationError as error:
        return OperationError(
            f"everything else was done, but the shared roles are not released yet: {error}; run again"
        )
    return None


def _come_meanwhile(session: AwsSession, plan: Plan) -> OperationError | None:
    """Schedules that somebody else made while the function was deleted; ``None`` when there are none."""
    if plan.is_empty or plan.function_name == SUBJECT:
        return None
    names, known = session.names(plan.function_name), {action.key for action in plan.actions}
    try:
        found = guard(f"function {plan.function_name}", lambda: _triggering(session, names), session.secrets)
    except OperationError as error:
        return OperationError(
            f"everything was deleted, but whether something was created in the meantime cannot be read: {error}"
        )
    new = ", ".join(str(one.key) for one in found if one.key not in known)
    if not new:
        return None
    return OperationError(
        f"somebody else deployed {plan.function_name!r} in the meantime; there is {new} now; run again"
    )


def _overtaken(session: AwsSession, plan: Plan) -> OperationError | None:
    """Whether somebody else deployed while this plan was carried out; ``None`` when nobody did."""
    if plan.is_empty:
        return None
    names = session.names(plan.function_name)
    try:
        still_so = guard(
            f"function {plan.function_name}",
            # A role goes when none uses it. Who deletes one looks once more afterwards, but may not have come to that.
            lambda: has_its_roles(session, names, plan) and _is_as_planned(session, names, plan),
            session.secrets,
        )
    except OperationError as error:
        return OperationError(f"everything was done, but whether it holds cannot be read: {error}")
    if still_so:
        return None
    return OperationError(
        f"somebody else deployed or deleted {plan.function_name!r} in the meantime; run again to put this one live"
    )


def _is_as_planned(session: AwsSession, names: Names, plan: Plan) -> bool:
    triggering = _triggering(session, names)
    if {one.name for one in triggering} != set(plan.metadata["schedules"]):
        return False
    if any(action.key.kind in _TRIGGERING and action.verb != "delete" for action in plan.actions):
        _keep_paused(session, names, triggering)
    found = live.read_live(session, names)
    return found is not None and found.properties["code_sha256"] == plan.metadata["package_sha256"]


def _triggering(session: AwsSession, names: Names) -> list[Resource]:
    rules = [one.resource for one in rule.read_rules(session, names).values() if one.resource and one.owned]
    group = schedule_group.read_schedule_group(session, names)
    if group.resource is None or not group.owned:
        return rules
    return rules + schedule.read_schedules(session, names)[0]


def _keep_paused(session: AwsSession, names: Names, triggering: Sequence[Resource]) -> None:
    """Undo what a deployment did to schedules that somebody paused or resumed while it was under way."""
    answer = get_function(session, names.function)
    if answer is None:
        return
    is_paused = ownership.PAUSED in answer.get("Tags", {})
    if any(one.properties["state"] != ("DISABLED" if is_paused else "ENABLED") for one in triggering):
        pause.set_schedules_enabled(session, names.function, enabled=not is_paused)
