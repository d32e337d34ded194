"""Results of deployments and deletions, from what became of their plans."""

from __future__ import annotations

from taskflows_cloud_core.errors import CloudError
from taskflows_cloud_core.kit.execution import Execution
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import CloudDeploymentResult, DeletionResult


def deployment_result(
    plan: Plan, execution: Execution, *, afterwards: CloudError | None = None
) -> CloudDeploymentResult:
    """The result of a deployment.

    Args:
        plan: What was to be done.
        execution: What became of it.
        afterwards: What went wrong after every action was done; ``None`` when nothing did.
    """
    report = execution.report
    is_there = report.success or report.done or plan.unchanged or any(action.observed for action in plan.actions)
    error, code = _error(execution, afterwards)
    return CloudDeploymentResult(
        success=error is None,
        function_name=plan.function_name,
        provider=plan.provider,
        resource_id=plan.resource_id if is_there else None,
        metadata=plan.metadata,
        error=error,
        error_code=code,
        warnings=plan.warnings,
        plan=plan,
    )


def deletion_result(plan: Plan, execution: Execution, *, afterwards: CloudError | None = None) -> DeletionResult:
    """The result of a deletion; the arguments are those of `deployment_result`."""
    done = [action.key for action in execution.report.done]
    kept = execution.kept
    undone = [f"{action.key}, not deleted yet" for action in plan.actions if action.key not in done]
    error, code = _error(execution, afterwards)
    return DeletionResult(
        success=error is None,
        function_name=plan.function_name,
        provider=plan.provider,
        deleted=[str(key) for key in done if not any(what.startswith(f"{key}, ") for what in kept)],
        left=[*plan.keeps, *kept, *undone],
        error=error,
        error_code=code,
        warnings=plan.warnings,
        plan=plan,
    )


def _error(execution: Execution, afterwards: CloudError | None) -> tuple[str | None, str | None]:
    report = execution.report
    if not report.success:
        return report.error, report.error_code
    if afterwards is not None:
        return str(afterwards), afterwards.code
    return None, None
