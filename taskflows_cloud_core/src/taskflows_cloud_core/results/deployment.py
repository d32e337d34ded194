"""Results of deployments and deletions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import attrs

from taskflows_cloud_core._frozen import to_mapping, to_tuple
from taskflows_cloud_core.errors import OperationError
from taskflows_cloud_core.reconcile import Plan


class DeploymentError(OperationError):
    """A deployment or a deletion that failed; raised by ``raise_for_error()``.

    Args:
        message: The error of the result.
        result: The whole result, with what was done before the failure.
    """

    code = "TFC1505"

    def __init__(self, message: str, *, result: CloudDeploymentResult | DeletionResult) -> None:
        self.result = result
        if result.error_code is not None:
            self.code = result.error_code  # type: ignore[misc]  # this error stands for the one in the result
        super().__init__(message)

    def __reduce__(self) -> tuple[Callable[..., DeploymentError], tuple[Any, ...]]:
        return partial(type(self), result=self.result), self.args


@attrs.frozen(kw_only=True)
class CloudDeploymentResult:
    """What became of a deployment. True when it succeeded.

    Args:
        success: Whether everything that the plan holds was done.
        function_name: The function that was deployed.
        provider: The name of the provider.
        resource_id: The provider's identifier of the function, for instance a path or a URL. Set whenever something
            was created, also when the deployment failed later.
        metadata: Facts about the deployed function, each provider's own.
        error: What went wrong and what to do about it, one sentence or a short list; ``None`` on success.
        error_code: The `CloudError.code` of what went wrong, where that is known.
        warnings: What the user should know although nothing failed.
        plan: The changes that were to be made; ``None`` when the deployment ended before there was a plan.
    """

    success: bool
    function_name: str
    provider: str
    resource_id: str | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)
    error: str | None = None
    error_code: str | None = None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    plan: Plan | None = attrs.field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.success

    def raise_for_error(self) -> CloudDeploymentResult:
        """Return this result, or raise it as an exception.

        Raises:
            DeploymentError: The deployment failed.
        """
        if not self.success:
            raise DeploymentError(self.error or "the deployment failed", result=self)
        return self

    def __str__(self) -> str:
        if self.success:
            changed = "nothing to change" if self.plan is not None and self.plan.is_empty else "deployed"
            lines = [f"{self.function_name} on {self.provider}: {changed} ({self.resource_id})"]
            for name, expression in dict(self.metadata.get("schedules", {})).items():
                lines.append(f"  schedule {name}: {expression}")
        else:
            lines = [f"{self.function_name} on {self.provider}: failed: {self.error}"]
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings)])


@attrs.frozen(kw_only=True)
class DeletionResult:
    """What became of a deletion. True when nothing is left that should be gone.

    Args:
        success: Whether everything that the plan holds was done. Deleting what is not there succeeds.
        function_name: The function that was deleted.
        provider: The name of the provider.
        deleted: What was removed, one text for each resource.
        left: What stays on purpose, one text for each resource, with the reason.
        error: What went wrong and what to do about it; ``None`` on success.
        error_code: The `CloudError.code` of what went wrong, where that is known.
        warnings: What the user should know although nothing failed.
        plan: The deletions that were to be made.
    """

    success: bool
    function_name: str
    provider: str
    deleted: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    left: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    error: str | None = None
    error_code: str | None = None
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    plan: Plan | None = attrs.field(default=None, repr=False)

    def __bool__(self) -> bool:
        return self.success

    def raise_for_error(self) -> DeletionResult:
        """Return this result, or raise it as an exception.

        Raises:
            DeploymentError: The deletion failed.
        """
        if not self.success:
            raise DeploymentError(self.error or "the deletion failed", result=self)
        return self

    def __str__(self) -> str:
        if self.success:
            lines = [f"{self.function_name} on {self.provider}: {len(self.deleted)} resources deleted"]
        else:
            lines = [f"{self.function_name} on {self.provider}: deletion failed: {self.error}"]
        lines += [f"  deleted {what}" for what in self.deleted]
        lines += [f"  left {what}" for what in self.left]
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings)])
