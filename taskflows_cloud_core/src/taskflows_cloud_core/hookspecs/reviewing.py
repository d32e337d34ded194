"""What a plan costs, and the same in another tool's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskflows_cloud_core.hookspecs.markers import hookspec
from taskflows_cloud_core.reconcile import Plan
from taskflows_cloud_core.results import CostEstimate


class ReviewingSpec:
    """The hooks that look at a plan."""

    @hookspec(firstresult=True)
    def estimate_cost(self, session: Any, plan: Plan, runs_per_month: float) -> CostEstimate:
        """Estimate what the resources of a plan cost. Called when a user asks, after ``plan_deployment``.

        Args:
            session: What ``connect`` returned.
            plan: The plan of the deployment.
            runs_per_month: How often the schedules fire in thirty days.

        Returns:
            The estimate with its assumptions.

        Example:
            .. code-block:: python

                from taskflows_cloud_core import CostEstimate, hookimpl

                @hookimpl
                def estimate_cost(plan, runs_per_month):
                    runs = runs_per_month * 0.000002
                    return CostEstimate(
                        currency="USD",
                        monthly=runs,
                        parts={"runs": runs},
                        assumptions=["0.000002 USD a run, price list of 2026-01-01"],
                    )

        .. versionadded:: 0.1
        """
        raise NotImplementedError

    @hookspec(firstresult=True)
    def export_plan(self, session: Any, plan: Plan, format: str) -> Mapping[str, str]:  # noqa: A002 - the word users know
        """Print the desired resources of a plan in another tool's language. Called when a user asks for it.

        Args:
            session: What ``connect`` returned.
            plan: The plan of the deployment.
            format: One of ``ProviderInfo.export_formats``, or another word of the user's.

        Returns:
            File name to content. No environment value is in it.

        Raises:
            OperationUnsupported: The format is not one of the provider's.

        Example:
            .. code-block:: python

                import json
                from taskflows_cloud_core import OperationUnsupported, hookimpl

                @hookimpl
                def export_plan(plan, format):
                    if format != "json":
                        raise OperationUnsupported("Example Cloud exports 'json' only")
                    return {"plan.json": json.dumps([str(a.key) for a in plan.actions])}

        .. versionadded:: 0.1
        """
        raise NotImplementedError
