"""Carrying out plans: deployments and removals."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_core.local.deployment.execute import Executor
from taskflows_cloud_core.local.deployment.planning import PROVIDER, DeploymentPlan
from taskflows_cloud_core.local.scheduler import retention
from taskflows_cloud_core.local.session import Session
from taskflows_cloud_core.local.store import functions
from taskflows_cloud_core.local.system import packages
from taskflows_cloud_core.local.system.locks import function_lock
from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.reconcile import ApplyReport, Plan, apply
from taskflows_cloud_core.results import CloudDeploymentResult, DeletionResult


def deploy(session: Session, plan: Plan, progress: Progress) -> CloudDeploymentResult:
    """Carry out a plan of a deployment. It may be killed at any moment and run again."""
    report = ApplyReport()
    if not plan.is_empty:
        with function_lock(plan.function_name, session.paths):
            executor = Executor(session, plan.function_name, plan.package)
            report = apply(plan, executor.execute, progress=progress)
            if report.success:
                _drop_schedules_of_others(session, plan)
                retention.tidy_function(session, plan.function_name)
                retention.prune_runs(session)
    return CloudDeploymentResult(
        success=report.success,
        function_name=plan.function_name,
        provider=PROVIDER,
        resource_id=plan.resource_id if report.success or report.done else None,
        metadata={**plan.metadata, **_live_version(session, plan.function_name)},
        error=report.error,
        warnings=plan.warnings,
        plan=plan,
    )


def _drop_schedules_of_others(session: Session, plan: Plan) -> None:
    """Remove schedules that another process made after this plan: the last deployment is the one that counts."""
    if not isinstance(plan, DeploymentPlan) or plan.schedules is None:
        return
    with session.database.writing() as connection:
        for timer in functions.timers_of(connection, plan.function_name):
            if timer.name not in plan.schedules:
                functions.remove_timer(connection, plan.function_name, timer.name)


def _live_version(session: Session, name: str) -> dict[str, Any]:
    with session.database.reading() as connection:
        function = functions.find_function(connection, name)
    return {} if function is None else {"version": str(function.live.number)}


def remove(session: Session, plan: Plan, progress: Progress) -> DeletionResult:
    """Carry out a plan of a removal. Runs that are under way are ended."""
    report = ApplyReport()
    # A deployment that was killed early may have left nothing but an unfinished folder.
    if not plan.is_empty or packages.has_folder(plan.function_name, session.paths):
        with function_lock(plan.function_name, session.paths):
            report = apply(plan, Executor(session, plan.function_name, None).execute, progress=progress)
            if report.success:
                packages.remove_all(plan.function_name, session.paths)
    return DeletionResult(
        success=report.success,
        function_name=plan.function_name,
        provider=PROVIDER,
        deleted=[str(action.key) for action in report.done],
        left=plan.keeps,
        error=report.error,
        warnings=plan.warnings,
        plan=plan,
    )
