"""Carrying out plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.deployment import pause
from taskflows_cloud_aws.deployment.garbage_collection import SUBJECT, any_names
from taskflows_cloud_aws.deployment.release_shared import has_its_roles, release
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.patience import patiently
from taskflows_cloud_aws.resources import HANDLERS, Context, live, rule, schedule, schedule_group
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.resources.function_reading import get_function
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import CloudDeploymentResult, DeletionResult, OperationError, Plan
from taskflows_cloud_core.progress import Progress, ProgressEvent, one_at_a_time
from taskflows_cloud_core.reconcile import Action, ApplyReport, Hidden, Resource, apply

_TRIGGERING = (rule.KIND, schedule.KIND)


def deploy(session: AwsSession, plan: Plan, progress: Progress) -> CloudDeploymentResult:
    """Carry out a plan of `planning.plan_deployment`."""
    report = _carry_out(session, plan, progress)
    error = report.error
    if report.success:
        session.known_functions.add(plan.function_name)
        error = _released(session, plan) or _overtaken(session, plan)
    return CloudDeploymentResult(
        success=error is None,
        function_name=plan.function_name,
        provider=plan.provider,
        resource_id=plan.resource_id if report.success or _is_there(plan, report) else None,
        metadata=plan.metadata,
        error=error,
        warnings=plan.warnings,
        plan=plan,
    )


def delete(session: AwsSession, plan: Plan, progress: Progress) -> DeletionResult:
    """Carry out a plan of `planning.plan_removal` or of `unused.plan_unused`."""
    kept: list[str] = []
    report = _carry_out(session, plan, progress, kept)
    error = (_released(session, plan) or _come_meanwhile(session, plan)) if report.success else report.error
    session.known_functions.discard(plan.function_name)
    done = [action.key for action in report.done]
    undone = [f"{action.key}, not deleted yet" for action in plan.actions if action.key not in done]
    return DeletionResult(
        success=error is None,
        function_name=plan.function_name,
        provider=plan.provider,
        deleted=[str(key) for key in done if not any(what.startswith(f"{key}, ") for what in kept)],
        left=[*plan.keeps, *kept, *undone],
        error=error,
        warnings=plan.warnings,
        plan=plan,
    )


def _carry_out(session: AwsSession, plan: Plan, progress: Progress, kept: list[str] | None = None) -> ApplyReport:
    if plan.is_empty:
        return ApplyReport()
    context = attrs.evolve(_context(session, plan), kept=[] if kept is None else kept)
    session.secrets.update(_secrets(plan))
    tell = one_at_a_time(progress)

    def execute(action: Action) -> None:
        step = getattr(HANDLERS[action.resource.kind], action.verb)
        own = attrs.evolve(context, tell=lambda text: tell(_waiting(plan, action, text)))
        guard(
            str(action.key),
            lambda: patiently(session.waiting, lambda: step(own, action), tell=own.tell),
            session.secrets,
        )

    try:
        return apply(plan, execute, progress=tell, stopping=session.waiting.stopping)
    finally:
        session.waiting.stopping.clear()


def _context(session: AwsSession, plan: Plan) -> Context:
    for_all = plan.function_name == SUBJECT
    names = any_names(session) if for_all else session.names(plan.function_name)
    return Context(session=session, names=names, package=plan.package, for_all=for_all)


def _waiting(plan: Plan, action: Action, text: str) -> ProgressEvent:
    message = f"{action.verb} {action.key}: {text}"
    return ProgressEvent(function_name=plan.function_name, stage="apply", status="started", message=message)


def _released(session: AwsSession, plan: Plan) -> str | None:
    """Take away what the function shared and gave up; what went wrong comes back."""
    if plan.is_empty or plan.function_name == SUBJECT:
        return None
    context = _context(session, plan)
    try:
        guard(
            f"what {plan.function_name} shared",
            lambda: patiently(session.waiting, lambda: release(context, plan)),
            session.secrets,
        )
    except OperationError as error:
        return f"everything else was done, but what was shared is not taken away yet: {error}; run again"
    return None


def _come_meanwhile(session: AwsSession, plan: Plan) -> str | None:
    """Schedules that somebody else made while the function was deleted; ``None`` when there are none."""
    if plan.is_empty or plan.function_name == SUBJECT:
        return None
    names, known = session.names(plan.function_name), {action.key for action in plan.actions}
    try:
        found = guard(f"function {plan.function_name}", lambda: _triggering(session, names), session.secrets)
    except OperationError as error:
        return f"everything was deleted, but whether something came meanwhile cannot be read: {error}"
    new = ", ".join(str(one.key) for one in found if one.key not in known)
    return f"somebody else deployed {plan.function_name!r} meanwhile; there is {new} now; run again" if new else None


def _overtaken(session: AwsSession, plan: Plan) -> str | None:
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
        return f"everything was done, but whether it is still so cannot be read: {error}"
    if still_so:
        return None
    return f"somebody else deployed or deleted {plan.function_name!r} meanwhile; run again to put this one live"


def _is_as_planned(session: AwsSession, names: Names, plan: Plan) -> bool:
    triggering = _triggering(session, names)
    if {one.name for one in triggering} != set(plan.metadata["schedules"]):
        return False
    if any(action.key.kind in _TRIGGERING and action.verb != "delete" for action in plan.actions):
        _keep_paused(session, names, triggering)
    found = live.read_live(session, names)
    return found is not None and found.properties["code_sha256"] == plan.metadata["package_sha256"]


def _triggering(session: AwsSession, names: Names) -> list[Resource]:
    rules = [one.resource for one in rule.read_rules(session, names).values() if one.resource and not one.foreign]
    group = schedule_group.read_schedule_group(session, names)
    if group.resource is None or group.foreign:
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


def _secrets(plan: Plan) -> Iterator[str]:
    for action in plan.actions:
        for resource in (action.resource, action.observed):
            environment = resource.properties.get("environment", {}) if resource is not None else {}
            yield from (str(hidden.value) for hidden in environment.values() if isinstance(hidden, Hidden))


def _is_there(plan: Plan, report: ApplyReport) -> bool:
    """Whether anything of the function exists, although the deployment failed."""
    existed = any(key.kind == FUNCTION for key in plan.unchanged)
    existed |= any(action.key.kind == FUNCTION and action.observed is not None for action in plan.actions)
    return existed or bool(report.done)
