"""Carrying out plans on a place."""

from __future__ import annotations

from functools import partial

import attrs

from taskflows_cloud_core.progress import Progress
from taskflows_cloud_core.reconcile import Plan, apply, diff
from taskflows_cloud_core.results import CloudDeploymentResult, DeletionResult
from taskflows_cloud_core.testing.memory.place import MemoryDeployment, Place
from taskflows_cloud_core.testing.memory.planning import MemoryPlan


def deploy(place: Place, plan: Plan, progress: Progress) -> CloudDeploymentResult:
    """Carry out a plan of a deployment; what somebody else did since it was made is set right."""
    name = plan.function_name
    with place.deploying:
        report = apply(_up_to_date(place, plan), partial(place.execute, name), progress=progress)
        done = MemoryDeployment(function_name=name, at=place.now, plan=plan, success=report.success)
        place.deployments.append(done)
    return CloudDeploymentResult(
        success=report.success,
        function_name=name,
        provider=plan.provider,
        resource_id=plan.resource_id if report.success or report.done else None,
        metadata=plan.metadata,
        error=report.error,
        warnings=plan.warnings,
        plan=plan,
    )


def _up_to_date(place: Place, plan: Plan) -> Plan:
    if not isinstance(plan, MemoryPlan):
        return plan
    return attrs.evolve(plan, actions=diff(plan.desired, place.resources_of(plan.function_name)).actions)


def remove(place: Place, plan: Plan, progress: Progress) -> DeletionResult:
    """Carry out a plan of a removal."""
    with place.deploying:
        report = apply(plan, partial(place.execute, plan.function_name), progress=progress)
    return DeletionResult(
        success=report.success,
        function_name=plan.function_name,
        provider=plan.provider,
        deleted=[str(action.key) for action in report.done],
        left=plan.keeps,
        error=report.error,
        warnings=plan.warnings,
        plan=plan,
    )
