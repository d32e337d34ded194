"""How actions are carried out on AWS, and what follows when all of a plan are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from taskflows_cloud_aws.deployment.shared_resources import SUBJECT, any_names, has_its_roles, release_roles
from taskflows_cloud_aws.resources import HANDLERS, Context
from taskflows_cloud_aws.resources.context import Made, Work
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import retry_transient
from taskflows_cloud_core import CloudDeploymentResult, DeletionResult, OperationError, Plan
from taskflows_cloud_core.kit import secrets_of_action
from taskflows_cloud_core.reconcile import Handler, Step


def finish_deployment(session: AwsSession, result: CloudDeploymentResult) -> CloudDeploymentResult:
    """Release what the function shared, after a plan was carried out."""
    if not result.success:
        return result
    session.known_functions.add(result.function_name)
    error = _released(session, result.plan) or _lost_roles(session, result.plan)
    return result if error is None else attrs.evolve(result, success=False, error=str(error), error_code=error.code)


def finish_deletion(session: AwsSession, result: DeletionResult) -> DeletionResult:
    """Release what the function shared, after all of its own was deleted."""
    session.known_functions.discard(result.function_name)
    error = _released(session, result.plan) if result.success else None
    return result if error is None else attrs.evolve(result, success=False, error=str(error), error_code=error.code)


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


def _released(session: AwsSession, plan: Plan | None) -> OperationError | None:
    """Delete the shared roles that the function released; an error message comes back."""
    if plan is None or plan.is_empty or plan.function_name == SUBJECT:
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


def _lost_roles(session: AwsSession, plan: Plan | None) -> OperationError | None:
    """Whether a shared role went while the function began to use it: who deletes one may not have looked again."""
    if plan is None or plan.is_empty:
        return None
    names = session.names(plan.function_name)
    try:
        has_roles = guard(
            f"function {plan.function_name}", lambda: has_its_roles(session, names, plan), session.secrets
        )
    except OperationError as error:
        return OperationError(f"everything was done, but whether it holds cannot be read: {error}")
    if has_roles:
        return None
    return OperationError(f"somebody else deleted a role that {plan.function_name!r} shares in the meantime; run again")
