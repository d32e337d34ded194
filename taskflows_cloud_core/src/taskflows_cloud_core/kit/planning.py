"""Plans from what is wanted and what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from taskflows_cloud_core.errors import FunctionNotFoundError, NotManagedError
from taskflows_cloud_core.provider_info import ProviderInfo
from taskflows_cloud_core.reconcile import (
    Action,
    DeploymentRequest,
    DesiredState,
    Handler,
    Observation,
    Plan,
    Resource,
    ResourceKey,
    diff,
    field_changes,
)


def deployment_plan(
    info: ProviderInfo, request: DeploymentRequest, observation: Observation, desired: DesiredState
) -> Plan:
    """What turns what is there into what is wanted.

    Args:
        info: The provider.
        request: What the user wants.
        observation: What is there.
        desired: What the provider makes of both.

    Returns:
        The plan.

    Raises:
        FunctionNotFoundError: A part of the function is to stay as it is, and there is no such function.
        NotManagedError: Something of another owner stands where a resource is wanted.
    """
    require_existing(info, request, observation)
    _require_free(info, request, observation, desired)
    difference = diff(desired.resources, _changeable(observation, desired.resources))
    return Plan(
        function_name=request.name,
        provider=info.name,
        actions=map(explained, difference.actions),
        unchanged=difference.unchanged,
        package=request.package,
        resource_id=desired.resource_id,
        metadata=desired.metadata,
        warnings=[*observation.warnings, *desired.warnings],
        desired=desired.resources,
        request=request,
    )


def require_existing(info: ProviderInfo, request: DeploymentRequest, observation: Observation) -> None:
    """Refuse to keep the code or the configuration of a function that is not there.

    Raises:
        FunctionNotFoundError: There is no such function.
    """
    if request.keeps_something and not observation.exists:
        raise FunctionNotFoundError(f"there is no function {request.name!r} on {info.name}; deploy it first")


def _require_free(
    info: ProviderInfo, request: DeploymentRequest, observation: Observation, desired: DesiredState
) -> None:
    taken = sorted(resource.key for resource in desired.resources if resource.key in observation.not_ours)
    if taken:
        adopting = f", or adopt it with provider_options={{{info.name!r}: {{'adopt': True}}}}"
        raise NotManagedError(
            f"{', '.join(map(str, taken))} exists and was not made by taskflows-cloud for {request.name!r}; choose "
            f"another function name{adopting if 'adopt' in info.capabilities else ''}"
        )


def _changeable(observation: Observation, desired: Iterable[Resource]) -> list[Resource]:
    """What was found, without what others use too and this function no longer wants."""
    wanted = {resource.key for resource in desired}
    return [one for one in observation.resources if one.key in wanted or one.key not in observation.used_by]


def explained(action: Action) -> Action:
    """Let a creation show the properties that it creates, as an update shows those that it changes."""
    if action.verb != "create":
        return action
    resource = action.resource
    # Mappings are shown by their fields, so that nothing in a nested one is too much to read.
    nothing: dict[str, dict[str, object]] = {
        name: {} for name, value in resource.properties.items() if isinstance(value, Mapping)
    }
    shown = [
        change
        for change in field_changes(nothing, resource.properties)
        if change.field not in resource.unshown and _tells_something(change.after)
    ]
    return attrs.evolve(action, changes=shown)


def _tells_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", (), [], {})


def removal_plan(
    info: ProviderInfo,
    name: str,
    observation: Observation,
    handlers: Mapping[str, Handler],
    *,
    keep_logs: bool,
) -> Plan:
    """What takes away all that was made for a function.

    Args:
        info: The provider.
        name: The function's name.
        observation: What is there, read with ``ReadScope(removing=True)``.
        handlers: Of the kinds of resources.
        keep_logs: Whether what holds logs stays.

    Returns:
        The plan; what stays on purpose is named in ``keeps``.
    """
    keeps = [f"{key}, which taskflows-cloud did not make" for key in sorted(observation.not_ours)]
    keeps += [f"{key}, which {', '.join(users)} use too" for key, users in sorted(observation.used_by.items())]
    doomed = []
    for resource in observation.resources:
        handler = handlers[resource.kind]
        if keep_logs and handler.holds_logs:
            keeps.append(_kept_logs(resource))
        elif resource.key not in observation.used_by:
            doomed.append(resource)
    kinds = {resource.kind for resource in doomed}
    gone = [resource for resource in doomed if handlers[resource.kind].goes_with not in kinds]
    return Plan(
        function_name=name,
        provider=info.name,
        actions=diff([], gone).actions,
        warnings=[*observation.warnings, *(f"not looked for: {what}" for what in observation.unread)],
        keeps=keeps,
        keep_logs=keep_logs,
    )


def _kept_logs(resource: Resource) -> str:
    amount = resource.properties.get("amount")
    reason = "because keep_logs was asked for" + (f": {amount}" if amount else "")
    return f"{resource.key}, {reason}; delete again without it to remove it"


def brought_up_to_date(plan: Plan, fresh: Plan) -> Plan:
    """A plan again, after somebody may have changed what it is about.

    Args:
        plan: As it is to be carried out. What an extension took out of it stays out, and what an extension changed
            about a resource holds.
        fresh: The same plan made anew.

    Returns:
        ``plan`` itself when nothing has changed; else ``fresh`` with what extensions did to ``plan``.
    """
    withheld = plan.planned - {action.key for action in plan.actions}
    own = {action.key: action for action in plan.actions}
    changed = _changed_by_extensions(plan)
    actions: list[Action] = []
    for action in [*_made_equal(fresh, changed), *fresh.actions]:
        if action.key in withheld:
            continue
        wanted = changed.get(action.key) if action.verb != "delete" else None
        now = action if wanted is None else _towards(wanted, action.observed)
        before = own.get(action.key)
        # What is wanted may depend on what is there of other resources, so it is compared too.
        is_same = before is not None and all(
            getattr(before, name) == getattr(now, name) for name in ("verb", "observed", "resource")
        )
        actions.append(before if is_same and before is not None else now)
    if actions == list(plan.actions):
        return plan
    return attrs.evolve(plan, actions=actions, unchanged=fresh.unchanged, desired=fresh.desired)


def _made_equal(fresh: Plan, changed: Mapping[ResourceKey, Resource]) -> list[Action]:
    """What is as the provider wants it by now, and not as an extension does."""
    there = {resource.key: resource for resource in fresh.desired}
    return [_towards(changed[key], there[key]) for key in fresh.unchanged if key in changed]


def _changed_by_extensions(plan: Plan) -> dict[ResourceKey, Resource]:
    wanted = {resource.key: resource for resource in plan.desired}
    return {
        action.key: action.resource
        for action in plan.actions
        if action.verb != "delete" and action.key in wanted and wanted[action.key] != action.resource
    }


def _towards(resource: Resource, observed: Resource | None) -> Action:
    if observed is None:
        return explained(Action(verb="create", resource=resource))
    changes = field_changes(observed.properties, resource.properties)
    return Action(verb="update", resource=resource, observed=observed, changes=changes)


def schedule_text(expression: str, timezone: str) -> str:
    """A schedule as people read it: its zone is named when it is not UTC."""
    return expression if timezone == "UTC" else f"{expression} {timezone}"
