"""What is wanted, minus what is there. Reads, and never changes anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.deployment import desired as wishes
from taskflows_cloud_aws.deployment import given_role_checks, request_checks
from taskflows_cloud_aws.deployment.desired import Wish
from taskflows_cloud_aws.deployment.observe import Look, Observed, observe
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import (
    alarm,
    code_signing,
    concurrency,
    function,
    invoke_config,
    live,
    log_group,
    permission,
    provisioned,
    role,
    rule,
    schedule,
    schedule_group,
)
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.function_options import function_options
from taskflows_cloud_core import CloudFunctionConfig, FunctionNotFoundError, NotManagedError, Package, Plan, Trigger
from taskflows_cloud_core.reconcile import Action, Resource, ResourceKey, diff, field_changes

# They live inside the function and go with it.
_PARTS_OF_THE_FUNCTION = (
    code_signing.KIND,
    concurrency.KIND,
    invoke_config.KIND,
    live.KIND,
    permission.KIND,
    provisioned.KIND,
)

_SAID_BY_CREATING = ("last_update", "state")


def plan_deployment(
    session: AwsSession,
    name: str,
    config: CloudFunctionConfig | None,
    package: Package | None,
    triggers: Sequence[Trigger] | None,
) -> Plan:
    """Find what a deployment changes.

    Raises:
        FunctionNotFoundError: Something is to be kept, and there is no such function.
        NotManagedError: A resource of a wanted name exists that is not ours.
    """
    names = session.names(name)
    wish = Wish(names=names, options=session.options, config=config, package=package, triggers=triggers)
    request_checks.require(wish, is_aws=session.foreign_endpoint is None)
    given_role_checks.require(session, wish)
    observed = observe(session, names, wishes.look_for(wish))
    if observed.only(function.KIND) is None and (config is None or package is None):
        raise FunctionNotFoundError(f"there is no function {name!r} in {names.region}; deploy it first")
    desired = wishes.desired_resources(wish, observed)
    _require_free(desired, observed.foreign, names)
    desired = [resource for resource in desired if resource.key not in observed.foreign]
    difference = diff(desired, _ours_to_change(desired, observed))
    return Plan(
        function_name=name,
        provider="aws",
        actions=[_explained(action) for action in difference.actions],
        unchanged=difference.unchanged,
        package=package,
        resource_id=names.function_arn,
        metadata=deployment_metadata(names, desired, package),
        warnings=[*_warnings(session, names, observed, desired), *_warnings_of_wish(wish, desired)],
        desired=desired,
    )


def plan_removal(session: AwsSession, name: str, *, keep_logs: bool) -> Plan:
    """Find all that was made for a function; nothing is, for what can be no function's name.

    Raises:
        NotManagedError: The function is not ours.
    """
    if not limits.FUNCTION_NAME.fullmatch(name):
        return Plan(function_name=name, provider="aws")
    names = session.names(name)
    look = Look(removing=True, keeps=frozenset(), keeps_layers=False, wanted_kinds=_removable_kinds(session))
    observed = observe(session, names, look)
    doomed, keeps = _doomed(names, observed, keep_logs=keep_logs)
    return Plan(
        function_name=name,
        provider="aws",
        actions=diff([], doomed).actions,
        resource_id=names.function_arn,
        warnings=[*_endpoint_warning(session), *(f"not looked for: {what}" for what in observed.unread)],
        keeps=keeps,
    )


def _removable_kinds(session: AwsSession) -> frozenset[str]:
    """Who was given a role for everything need not be able to read roles."""
    return frozenset() if session.options.execution_role_arn is not None else frozenset({role.EXECUTION})


def _doomed(names: Names, observed: Observed, *, keep_logs: bool) -> tuple[list[Resource], list[str]]:
    doomed = [resource for resource in observed.resources if resource.kind not in _PARTS_OF_THE_FUNCTION]
    keeps = []
    if keep_logs and observed.only(log_group.KIND) is not None:
        doomed = [resource for resource in doomed if resource.kind != log_group.KIND]
        keeps.append(f"log group {names.log_group}, as asked")
    if observed.foreign_schedules:
        doomed = [resource for resource in doomed if resource.kind != schedule_group.KIND]
        others = ", ".join(observed.foreign_schedules)
        keeps.append(f"schedule group {names.schedule_group}, which holds schedules of others: {others}")
    keeps += [f"{key}, which taskflows-cloud did not make" for key in sorted(observed.foreign)]
    keeps += [f"{key}, which {', '.join(users)} use too" for key, users in sorted(observed.shared_with.items())]
    return doomed, keeps


def _require_free(desired: Sequence[Resource], foreign: frozenset[ResourceKey], names: Names) -> None:
    taken = sorted(resource.key for resource in desired if resource.key in foreign and resource.kind != log_group.KIND)
    if taken:
        raise NotManagedError(
            f"{', '.join(map(str, taken))} exists and was not made by taskflows-cloud for {names.function!r}; choose "
            f"another function name, or adopt it with provider_options={{'aws': {{'adopt': True}}}}"
        )


def _ours_to_change(desired: Sequence[Resource], observed: Observed) -> list[Resource]:
    """What was found, without a group that nobody wants any more but that holds schedules of others."""
    wanted = {resource.key for resource in desired}
    kept = {schedule_group.KIND} if observed.foreign_schedules else set()
    found = observed.only(function.KIND)
    # A function that failed is made anew, and all that lives inside with it.
    lost = _PARTS_OF_THE_FUNCTION if found is not None and found.properties["state"] == "Failed" else ()
    changeable = [one for one in observed.resources if one.kind not in lost]
    return [one for one in changeable if one.key in wanted or one.kind not in kept]


def _explained(action: Action) -> Action:
    """Let a creation show what it creates, as a change shows what it changes."""
    if action.verb != "create":
        return action
    changes = field_changes({}, action.resource.properties)
    return attrs.evolve(action, changes=[change for change in changes if change.field not in _SAID_BY_CREATING])


def _warnings(session: AwsSession, names: Names, observed: Observed, desired: Sequence[Resource]) -> list[str]:
    warnings = _endpoint_warning(session)
    if ResourceKey(log_group.KIND, names.log_group) in observed.foreign:
        warnings.append(
            f"the log group {names.log_group} exists and was not made by taskflows-cloud; it is used as it is, and "
            f"stays when the function is deleted (provider_options={{'aws': {{'adopt': True}}}} takes it over)"
        )
    if observed.is_paused and any(resource.kind in (rule.KIND, schedule.KIND) for resource in desired):
        warnings.append("the schedules are paused and stay so; resume_schedules lets them run again")
    return warnings


def _warnings_of_wish(wish: Wish, desired: Sequence[Resource]) -> Iterator[str]:
    if wish.config is not None and wish.config.runtime in limits.DEPRECATED_RUNTIMES:
        since = limits.DEPRECATED_RUNTIMES[wish.config.runtime]
        yield f"AWS has stopped mending {wish.config.runtime} on {since}; choose a newer Python"
    if wish.config is None or not function_options(wish.config).alarms.missed_runs:
        return
    if not any(resource.name == wish.names.alarm(alarm.MISSED) for resource in desired):
        yield "alarms.missed_runs watches nothing, because there are no schedules"


def _endpoint_warning(session: AwsSession) -> list[str]:
    endpoint = session.foreign_endpoint
    return [f"requests go to {endpoint}, not to AWS"] if endpoint else []


def deployment_metadata(names: Names, desired: Sequence[Resource], package: Package | None) -> dict[str, Any]:
    """What the result of a deployment tells about the function."""
    by_kind: dict[str, Mapping[str, Any]] = {resource.kind: resource.properties for resource in desired}
    properties = by_kind[function.KIND]
    rules = [resource for resource in desired if resource.kind == rule.KIND]
    schedules = [resource for resource in desired if resource.kind == schedule.KIND]
    metadata = {
        "function_name": names.function,
        "region": names.region,
        "runtime": properties["runtime"],
        "architecture": properties["architecture"],
        "memory_mb": properties["memory_mb"],
        "timeout": properties["timeout_seconds"],
        "role": properties["role"],
        "package_sha256": properties["code_sha256"],
        "schedules": {resource.name: wishes.expression_text(resource) for resource in [*rules, *schedules]},
        "schedule_rules": [
            *(names.rule_arn(resource.name) for resource in rules),
            *(names.schedule_arn(resource.name) for resource in schedules),
        ],
    }
    if package is not None:
        metadata["package_size_mb"] = package.size_mb
    return metadata
