"""What is to be done: actions with the changes that they make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from taskflows_cloud_core._frozen import to_frozenset, to_mapping, to_tuple
from taskflows_cloud_core.packaging.package import Package
from taskflows_cloud_core.reconcile.observation import DeploymentRequest
from taskflows_cloud_core.reconcile.resource import Hidden, Resource, ResourceKey

Verb: TypeAlias = Literal["create", "update", "delete"]
_SIGNS: dict[Verb, str] = {"create": "+", "update": "~", "delete": "-"}


@attrs.frozen(kw_only=True)
class FieldChange:
    """One property that changes.

    Args:
        field: The path of the property, for instance ``"environment.API_KEY"``.
        before: As it was found; ``None`` when it was not there.
        after: As it will be; ``None`` when it goes.
    """

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        if isinstance(self.before, Hidden) and isinstance(self.after, Hidden):
            return f"{self.field}: (hidden) changes"
        return f"{self.field}: {self.before!r} -> {self.after!r}"


@attrs.frozen(kw_only=True)
class Action:
    """One change of one resource.

    Args:
        verb: What to do.
        resource: As it will be; for ``"delete"`` as it was found.
        observed: As it was found; ``None`` for ``"create"``.
        changes: The properties that differ, for ``"update"``; a provider may tell those of a ``"create"`` too.
    """

    verb: Verb
    resource: Resource
    observed: Resource | None = None
    changes: tuple[FieldChange, ...] = attrs.field(default=(), converter=to_tuple)

    @property
    def key(self) -> ResourceKey:
        """Kind and name of the resource."""
        return self.resource.key

    @property
    def changed_fields(self) -> frozenset[str]:
        """The first parts of the paths of the changes: the names of the properties that differ."""
        return frozenset(change.field.partition(".")[0] for change in self.changes)

    def __str__(self) -> str:
        head = f"{_SIGNS[self.verb]} {self.verb} {self.key}"
        if self.verb == "create":
            return "\n".join([head, *(f"    {change.field}: {change.after!r}" for change in self.changes)])
        return "\n".join([head, *(f"    {change}" for change in self.changes)])


@attrs.frozen(kw_only=True)
class Plan:
    """All that a deployment or a deletion will change. Making one changes nothing.

    Args:
        function_name: The function that it is about.
        provider: The name of the provider.
        actions: In an order in which they can be done one by one.
        unchanged: The resources that are already as they should be.
        package: The code that the actions refer to; ``None`` when none of them does.
        resource_id: What the function is or will be called by the provider.
        metadata: What the result of the deployment will hold.
        warnings: What the user should know before going on.
        keeps: What a deletion leaves on purpose, one text each.
        desired: All resources as they will be after a deployment, changed or not; for estimates and exports.
        request: What is deployed; ``None`` for a deletion.
        keep_logs: Whether a deletion leaves the logs.
        is_of_function: Whether it is about one function; a plan of what functions shared is not.
        planned: The resources that the plan acted on when it was made. What an extension takes out of ``actions`` is
            still among them, and is left alone.
    """

    function_name: str
    provider: str
    actions: tuple[Action, ...] = attrs.field(default=(), converter=to_tuple)
    unchanged: tuple[ResourceKey, ...] = attrs.field(default=(), converter=to_tuple)
    package: Package | None = attrs.field(default=None, repr=False)
    resource_id: str | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=to_mapping)
    warnings: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    keeps: tuple[str, ...] = attrs.field(default=(), converter=to_tuple)
    desired: tuple[Resource, ...] = attrs.field(default=(), converter=to_tuple, repr=False)
    request: DeploymentRequest | None = attrs.field(default=None, repr=False)
    keep_logs: bool = attrs.field(default=False, repr=False)
    is_of_function: bool = attrs.field(default=True, repr=False)
    planned: frozenset[ResourceKey] = attrs.field(converter=to_frozenset, repr=False)

    @planned.default
    def _all_actions(self) -> frozenset[ResourceKey]:
        return frozenset(action.key for action in self.actions)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.actions

    def __str__(self) -> str:
        counts = Counter(action.verb for action in self.actions)
        total = ", ".join(f"{counts[verb]} to {verb}" for verb in _SIGNS if counts[verb]) or "nothing to do"
        lines = [f"{self.function_name} on {self.provider}: {total}, {len(self.unchanged)} unchanged"]
        lines += ["  " + str(action).replace("\n", "\n  ") for action in self.actions]
        lines += [f"  keep {what}" for what in self.keeps]
        return "\n".join([*lines, *(f"  warning: {warning}" for warning in self.warnings)])
