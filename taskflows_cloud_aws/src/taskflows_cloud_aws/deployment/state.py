"""What there is of a function on AWS, and what there should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.deployment import given_role_checks, request_checks
from taskflows_cloud_aws.deployment.desired import AwsRequest, desired_resources, expression_text, wanted_of
from taskflows_cloud_aws.deployment.observe import Wanted, is_paused, read_function
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import HANDLERS, alarm, function, log_group, role, rule, schedule
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.function_options import function_options
from taskflows_cloud_core import Package
from taskflows_cloud_core.reconcile import (
    DeploymentRequest,
    DesiredState,
    Observation,
    ReadScope,
    Resource,
    ResourceKey,
)


def observe(session: AwsSession, name: str, scope: ReadScope) -> Observation:
    """Read a function for a deployment, a deletion, or to describe it.

    Raises:
        ConfigurationError: AWS would refuse the request, also for what only this account tells.
        NotManagedError: The function exists and is not ours.
    """
    if not limits.FUNCTION_NAME.fullmatch(name):
        return Observation(exists=False)
    names = session.names(name)
    request = _request_of(session, names, scope.request) if scope.request is not None else None
    if request is not None:
        request_checks.require(request, is_aws=session.foreign_endpoint is None)
        given_role_checks.require(session, request)
    wanted = _wanted(session, request, removing=scope.removing)
    found = read_function(session, names, attrs.evolve(wanted, kinds=scope.kinds))
    if request is not None:
        found = _without_lost_parts(found)
    return attrs.evolve(found, warnings=_endpoint_warning(session))


def _request_of(session: AwsSession, names: Names, request: DeploymentRequest) -> AwsRequest:
    return AwsRequest(
        names=names,
        options=session.options,
        config=request.config,
        package=request.package,
        triggers=request.triggers,
    )


def _wanted(session: AwsSession, request: AwsRequest | None, *, removing: bool) -> Wanted:
    if request is not None:
        return wanted_of(request)
    if removing:
        # Credentials of an environment with a given role need no permission to read roles.
        has_role = session.options.execution_role_arn is not None
        kinds = frozenset() if has_role else frozenset({role.EXECUTION})
        return Wanted(removing=True, keeps=frozenset(), keeps_layers=False, wanted_kinds=kinds)
    return Wanted()


def _without_lost_parts(observation: Observation) -> Observation:
    """A failed function is created anew, with everything inside it."""
    found = observation.only(function.KIND)
    if found is None or found.properties["state"] != "Failed":
        return observation
    kept = [one for one in observation.resources if HANDLERS[one.kind].goes_with is None]
    return attrs.evolve(observation, resources=kept)


def desired(session: AwsSession, request: DeploymentRequest, observation: Observation) -> DesiredState:
    """Everything that should be there of a function."""
    names = session.names(request.name)
    wanted = _request_of(session, names, request)
    # The log group of others is used as it is.
    theirs = {key for key in observation.not_ours if key.kind == log_group.KIND}
    resources = [resource for resource in desired_resources(wanted, observation) if resource.key not in theirs]
    return DesiredState(
        resources=resources,
        resource_id=names.function_arn,
        metadata=_metadata(names, resources, request.package),
        warnings=[*_warnings(names, observation, resources), *_warnings_of_request(wanted, resources)],
    )


def _warnings(names: Names, observation: Observation, resources: Sequence[Resource]) -> list[str]:
    warnings = []
    if ResourceKey(log_group.KIND, names.log_group) in observation.not_ours:
        warnings.append(
            f"the log group {names.log_group} exists and was not made by taskflows-cloud; it is used as it is, and "
            f"stays when the function is deleted (provider_options={{'aws': {{'adopt': True}}}} takes it over)"
        )
    if is_paused(observation) and any(resource.kind in (rule.KIND, schedule.KIND) for resource in resources):
        warnings.append("the schedules are paused and stay so; resume_schedules lets them run again")
    return warnings


def _warnings_of_request(request: AwsRequest, resources: Sequence[Resource]) -> Iterator[str]:
    if request.config is not None and request.config.runtime and request.config.runtime in limits.DEPRECATED_RUNTIMES:
        since = limits.DEPRECATED_RUNTIMES[request.config.runtime]
        yield f"AWS ended support for {request.config.runtime} on {since}; choose a newer Python"
    if request.config is None or not function_options(request.config).alarms.missed_runs:
        return
    if not any(resource.name == request.names.alarm(alarm.MISSED) for resource in resources):
        yield "alarms.missed_runs watches nothing, because there are no schedules"


def _endpoint_warning(session: AwsSession) -> list[str]:
    endpoint = session.foreign_endpoint
    return [f"requests go to {endpoint}, not to AWS"] if endpoint else []


def _metadata(names: Names, resources: Sequence[Resource], package: Package | None) -> dict[str, Any]:
    """The metadata of a deployment's result."""
    by_kind: dict[str, Mapping[str, Any]] = {resource.kind: resource.properties for resource in resources}
    properties = by_kind[function.KIND]
    rules = [resource for resource in resources if resource.kind == rule.KIND]
    schedules = [resource for resource in resources if resource.kind == schedule.KIND]
    metadata = {
        "function_name": names.function,
        "region": names.region,
        "runtime": properties["runtime"],
        "architecture": properties["architecture"],
        "memory_mb": properties["memory_mb"],
        "timeout": properties["timeout_seconds"],
        "role": properties["role"],
        "package_sha256": properties["code_sha256"],
        "schedules": {resource.name: expression_text(resource) for resource in [*rules, *schedules]},
        "schedule_rules": [
            *(names.rule_arn(resource.name) for resource in rules),
            *(names.schedule_arn(resource.name) for resource in schedules),
        ],
    }
    if package is not None:
        metadata["package_size_mb"] = package.size_mb
    return metadata
