"""What is exported: the resources of a plan, found by kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_core import ConfigurationError, Package, Plan, Problem
from taskflows_cloud_core.kit import properties_of_kind, resources_of_kind
from taskflows_cloud_core.reconcile import Resource

_KINDS = frozenset(
    {
        "alarm",
        "concurrency",
        "function",
        "invoke-config",
        "layer",
        "live",
        "log-group",
        "permission",
        "provisioned-concurrency",
        "queue",
        "role",
        "rule",
        "schedule",
        "schedule-group",
        "scheduler-role",
        "topic",
        "upload",
    }
)

OPERATORS = {"at least": "GreaterThanOrEqualToThreshold", "less than": "LessThanThreshold"}
"""CloudWatch's words for those of an alarm."""


@attrs.frozen(kw_only=True)
class Subject:
    """One function with all that belongs to it.

    Args:
        names: Of the function.
        resources: As they are wanted.
        package: The code; ``None`` when the plan leaves it as it is.
        existing: Kinds and names of what is there already.
    """

    names: Names
    resources: tuple[Resource, ...]
    package: Package | None
    existing: frozenset[tuple[str, str]]

    def of_kind(self, kind: str) -> list[Resource]:
        """The resources of a kind, sorted by name."""
        return resources_of_kind(self.resources, kind)

    def only(self, kind: str) -> Mapping[str, Any]:
        """The properties of the resource of a kind; empty when there is none."""
        return properties_of_kind(self.resources, kind)

    @property
    def function(self) -> Mapping[str, Any]:
        """The properties of the function."""
        return self.only("function")

    @property
    def variables(self) -> list[str]:
        """The names of the environment variables."""
        return sorted(self.function["environment"])

    def role_arn(self, role: Resource) -> str:
        """The ARN of a role that belongs to the function."""
        return f"arn:{self.names.partition}:iam::{self.names.account}:role/{role.name}"

    def is_own(self, role: Resource) -> bool:
        """Whether a role is this function's alone."""
        return role.name in (self.names.role, self.names.scheduler_role)

    def layer_arn(self, layer: Resource) -> str:
        """The ARN of a layer, without a version."""
        names = self.names
        return f"arn:{names.partition}:lambda:{names.region}:{names.account}:layer:{layer.name}"

    def tags(self, resource: Resource) -> dict[str, str]:
        """The user's tags of a resource. Ours stay behind: what another tool owns is not ours to change."""
        return ownership.MARKS.user_marks(resource.properties.get("tags", {}))


def subject_of(names: Names, plan: Plan) -> Subject:
    """Take a plan apart.

    Raises:
        ConfigurationError: The plan deploys nothing.
        NotImplementedError: It holds a kind of resource that no exporter knows.
    """
    if not any(resource.kind == "function" for resource in plan.desired):
        problem = Problem(field="plan", message="deploys nothing; export one of plan_function")
        raise ConfigurationError([problem], subject=f"function {plan.function_name!r}")
    unknown = {resource.kind for resource in plan.desired} - _KINDS
    if unknown:
        raise NotImplementedError(f"no exporter knows {', '.join(sorted(unknown))}")
    changed = [action.key for action in plan.actions if action.verb == "update"]
    return Subject(
        names=names,
        resources=plan.desired,
        package=plan.package,
        existing=frozenset((key.kind, key.name) for key in (*plan.unchanged, *changed)),
    )
