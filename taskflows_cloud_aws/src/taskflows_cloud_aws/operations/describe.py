"""What is deployed: all functions in one line each, and one function in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskflows_cloud_aws.deployment.desired import expression_text
from taskflows_cloud_aws.deployment.observe import is_paused, read_function
from taskflows_cloud_aws.naming import console, ownership
from taskflows_cloud_aws.naming.names import Names, layers_in
from taskflows_cloud_aws.naming.ownership import files_of_tag
from taskflows_cloud_aws.resources import (
    concurrency,
    function,
    function_access,
    function_reading,
    invoke_config,
    log_group,
    role,
    rule,
    schedule,
)
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import CloudFunctionConfig, DeployedFunction, FunctionDescription
from taskflows_cloud_core.reconcile import Observation, Resource

# Every package of ours has this handler, so that only such functions need be looked at closely.
_HANDLER = "index.handler"
_GROUP_PREFIX = "taskflows-cloud-"


def list_functions(session: AwsSession) -> list[DeployedFunction]:
    """List our functions, sorted by name."""
    candidates = sorted(
        listed["FunctionName"]
        for page in session.lambda_.get_paginator("list_functions").paginate()
        for listed in page["Functions"]
        if listed.get("Handler") == _HANDLER and listed.get("Runtime", "").startswith("python")
    )
    answers = session.side_by_side(lambda name: function_reading.get_function(session, name), candidates)
    ours: dict[str, Any] = {
        name: answer
        for name, answer in zip(candidates, answers, strict=True)
        if answer is not None and ownership.MARKS.is_owned(name, answer.get("Tags", {}))
    }
    session.known_functions.update(ours)
    if not ours:
        return []
    expressions = _expressions(session, ours)
    return [_line(session.names(name), answer, expressions[name]) for name, answer in ours.items()]


def _line(names: Names, answer: Any, expressions: list[str]) -> DeployedFunction:
    properties = function.observed_function(names, answer).properties
    return DeployedFunction(
        name=names.function,
        resource_id=names.function_arn,
        provider="aws",
        schedules=sorted(expressions),
        tags=ownership.MARKS.user_marks(properties["tags"]),
        updated_at=function.updated_at(answer),
        runtime=properties["runtime"],
        memory_mb=properties["memory_mb"],
    )


def _expressions(session: AwsSession, ours: Mapping[str, Any]) -> dict[str, list[str]]:
    """The expressions of many functions, from two listings instead of several calls for each function."""
    found: dict[str, list[str]] = {name: [] for name in ours}
    by_prefix = {session.names(name).rule_prefix: name for name in ours}
    for prefix, expression in _rule_expressions(session):
        if prefix in by_prefix:
            found[by_prefix[prefix]].append(expression)
    by_group = {session.names(name).schedule_group: name for name in ours}
    for group, expression in _schedule_expressions(session, by_group):
        found[by_group[group]].append(expression)
    return found


def _rule_expressions(session: AwsSession) -> Iterator[tuple[str, str]]:
    for page in session.events.get_paginator("list_rules").paginate():
        for found in page["Rules"]:
            name = found.get("Name", "")
            yield name[: name.rfind("-") + 1], found.get("ScheduleExpression", "")


def _schedule_expressions(session: AwsSession, groups: Mapping[str, str]) -> list[tuple[str, str]]:
    scheduler = session.scheduler
    pages = scheduler.get_paginator("list_schedules").paginate()
    places = [
        (found["GroupName"], found["Name"])
        for page in pages
        for found in page["Schedules"]
        if found.get("GroupName", "").startswith(_GROUP_PREFIX) and found["GroupName"] in groups
    ]

    def read(place: tuple[str, str]) -> tuple[str, str]:
        answer = scheduler.get_schedule(GroupName=place[0], Name=place[1])
        zone = answer.get("ScheduleExpressionTimezone", "UTC")
        expression = answer["ScheduleExpression"]
        return place[0], expression if zone == "UTC" else f"{expression} {zone}"

    return session.side_by_side(read, places)


def describe(session: AwsSession, name: str) -> FunctionDescription:
    """Tell all about one function.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    names = session.names(name)
    observed = read_function(session, names)
    found = observed.only(function.KIND)
    if found is None:
        raise function_access.not_found(session, name)
    session.known_functions.add(name)
    triggering = observed.of_kind(rule.KIND, schedule.KIND)
    line = DeployedFunction(
        name=name,
        resource_id=names.function_arn,
        provider="aws",
        schedules=sorted(expression_text(resource) for resource in triggering),
        tags=ownership.MARKS.user_marks(found.properties["tags"]),
        updated_at=observed.updated_at,
        runtime=found.properties["runtime"],
        memory_mb=found.properties["memory_mb"],
    )
    return FunctionDescription(
        function=line,
        config=_config(name, found.properties, observed),
        environment_names=sorted(found.properties["environment"]),
        unreadable=["include_files"] if files_of_tag(found.properties["tags"]) is None else [],
        metadata=_metadata(names, found, observed),
    )


def _config(name: str, properties: Mapping[str, Any], observed: Observation) -> CloudFunctionConfig:
    limit, logs, invoked = (observed.only(kind) for kind in (concurrency.KIND, log_group.KIND, invoke_config.KIND))
    return CloudFunctionConfig(
        function_name=name,
        runtime=properties["runtime"],
        memory_mb=properties["memory_mb"],
        timeout_seconds=properties["timeout_seconds"],
        ephemeral_storage_mb=properties["ephemeral_storage_mb"],
        description=properties["description"],
        tags=ownership.MARKS.user_marks(properties["tags"]),
        architecture=properties["architecture"],
        max_concurrency=limit.properties["runs_at_once"] if limit else None,
        retries=invoked.properties["retries"] if invoked else None,
        log_retention_days=logs.properties["retention_days"] if logs else None,
        include_files=files_of_tag(properties["tags"]) or (),
        provider_options=_provider_options(properties),
    )


def _provider_options(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Where the dependencies are, so that new code has them in the same place; nothing where their size decides."""
    if ownership.IN_ARCHIVE in properties["tags"]:
        return {"aws": {"dependency_layer": False}}
    if layers_in(properties.get("layers", [])):
        return {"aws": {"dependency_layer": True}}
    return {}


def _metadata(names: Names, found: Resource, observed: Observation) -> dict[str, Any]:
    triggering = observed.of_kind(rule.KIND, schedule.KIND)
    return {
        "function_name": names.function,
        "region": names.region,
        "account": names.account,
        "role": found.properties["role"],
        "package_sha256": found.properties["code_sha256"],
        "schedules": {resource.name: expression_text(resource) for resource in triggering},
        "paused": is_paused(observed),
        "log_group": names.log_group,
        "log_url": console.log_url(names),
        "roles_made": [resource.name for resource in observed.of_kind(role.EXECUTION, role.SCHEDULER)],
    }
