"""The resources that a deployment wants. Pure: everything is derived from names, never from another's output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws import limits, ownership
from taskflows_cloud_aws.execution_policy import execution_statements
from taskflows_cloud_aws.file_tag import tag_of_files
from taskflows_cloud_aws.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.observing import Observed
from taskflows_cloud_aws.options import AwsOptions
from taskflows_cloud_aws.resources import (
    concurrency,
    function,
    invoke_config,
    live,
    log_group,
    permission,
    role,
    rule,
    schedule,
    schedule_group,
)
from taskflows_cloud_core import CloudFunctionConfig, Package, Trigger
from taskflows_cloud_core.reconcile import Resource


@attrs.frozen(kw_only=True)
class Wish:
    """What a user asks for; ``None`` keeps what is there.

    Args:
        names: Of the function.
        options: Of the environment.
        config: The configuration.
        package: The code.
        triggers: The schedules.
    """

    names: Names
    options: AwsOptions
    config: CloudFunctionConfig | None
    package: Package | None
    triggers: Sequence[Trigger] | None


def given_role(options: AwsOptions, own: AwsFunctionOptions) -> str | None:
    """The execution role that the user gave; ``None`` when one is to be made."""
    return own.execution_role_arn or options.execution_role_arn


def desired_resources(wish: Wish, observed: Observed) -> list[Resource]:
    """Everything that should be there, given what is.

    Args:
        wish: What the user asks for.
        observed: What there is; what is not asked about stays like that.

    Returns:
        The resources.
    """
    triggering = _triggering(wish, observed)
    wanted = _function(wish, observed)
    resources = [wanted, live.desired_live(wish.names, wanted), *_around_the_function(wish, observed), *triggering]
    if any(resource.kind == rule.KIND for resource in triggering):
        resources.append(permission.desired_permission(wish.names, observed.of_kind(permission.KIND)))
    if any(resource.kind == schedule.KIND for resource in triggering):
        resources += _around_schedules(wish, observed, triggering)
    return resources


def _user_tags(wish: Wish, observed: Observed) -> Mapping[str, str]:
    found = observed.only(function.KIND)
    if wish.config is not None:
        return wish.config.tags
    return ownership.user_tags(found.properties["tags"]) if found is not None else {}


def _function(wish: Wish, observed: Observed) -> Resource:
    found = observed.only(function.KIND)
    before: Mapping[str, Any] = found.properties if found is not None else {}
    if wish.config is None:
        configuration = {name: before[name] for name in before if name not in _CODE}
        configuration["tags"] = {key: value for key, value in before["tags"].items() if key != ownership.FILES}
    else:
        configuration = _configuration(wish, wish.config, observed)
    if wish.package is None:
        code = {name: before[name] for name in _CODE}
    else:
        architecture = _architecture(wish, before)
        code = function.code_properties(wish.package, architecture)
    configuration["tags"] = {**configuration["tags"], **_files_tag(wish, before)}
    return function.desired_function(wish.names, code, configuration, found)


def _architecture(wish: Wish, before: Mapping[str, Any]) -> str:
    if wish.config is None:
        return str(before["architecture"])
    return wish.config.architecture or limits.DEFAULT_ARCHITECTURE


def _configuration(wish: Wish, config: CloudFunctionConfig, observed: Observed) -> dict[str, Any]:
    own = function_options(config)
    return {
        **function.configuration_properties(wish.names, config, paused=observed.is_paused),
        **function.aws_properties(own),
        "role": given_role(wish.options, own) or wish.names.role_arn,
    }


def _files_tag(wish: Wish, before: Mapping[str, Any]) -> Mapping[str, str]:
    if wish.package is not None:
        return tag_of_files(wish.package.include_files)
    return {key: value for key, value in before["tags"].items() if key == ownership.FILES}


_CODE = ("architecture", "code_sha256", "handler", "runtime")


def _around_the_function(wish: Wish, observed: Observed) -> list[Resource]:
    """Role, log group, retries and concurrency."""
    names, config = wish.names, wish.config
    if config is None:
        return observed.of_kind(role.EXECUTION, log_group.KIND, invoke_config.KIND, concurrency.KIND)
    own = function_options(config)
    retries = invoke_config.DEFAULT_RETRIES if config.retries is None else config.retries
    resources = [
        log_group.desired_log_group(names, config.log_retention_days, config.tags),
        invoke_config.invoke_config(names, retries, own.max_event_age_seconds, observed.only(invoke_config.KIND)),
    ]
    if given_role(wish.options, own) is None:
        resources.append(role.desired_execution_role(names, execution_statements(names, own), config.tags))
    if config.max_concurrency is not None:
        resources.append(concurrency.concurrency(names, config.max_concurrency))
    return resources


def _triggering(wish: Wish, observed: Observed) -> list[Resource]:
    """Rules and schedules."""
    if wish.triggers is None or wish.config is None:
        return [_kept(wish, observed, found) for found in observed.of_kind(rule.KIND, schedule.KIND)]
    own = function_options(wish.config)
    settings: dict[str, Any] = {
        "enabled": not observed.is_paused,
        "delivery_retries": own.delivery_retries,
        "max_event_age_seconds": own.max_event_age_seconds,
    }
    resources = []
    for trigger in wish.triggers:
        if trigger.expression.service == "scheduler":
            role_arn = _given_scheduler_role(wish) or wish.names.scheduler_role_arn
            resources.append(schedule.desired_schedule(wish.names, trigger, role_arn, **settings))
        else:
            resources.append(rule.desired_rule(wish.names, trigger, wish.config.tags, **settings))
    return resources


def _kept(wish: Wish, observed: Observed, found: Resource) -> Resource:
    """A rule or schedule that stays, with the tags and the state that the function has."""
    properties = {**found.properties, "state": "DISABLED" if observed.is_paused else "ENABLED"}
    if "tags" in properties:
        properties["tags"] = ownership.owned_by(wish.names.function, _user_tags(wish, observed))
    return attrs.evolve(found, properties=properties)


def _given_scheduler_role(wish: Wish) -> str | None:
    own = function_options(wish.config).scheduler_role_arn if wish.config is not None else None
    return own or wish.options.scheduler_role_arn


def _around_schedules(wish: Wish, observed: Observed, triggering: Sequence[Resource]) -> list[Resource]:
    """The group of the schedules, and their role unless it was given."""
    tags = _user_tags(wish, observed)
    resources = [schedule_group.desired_schedule_group(wish.names, tags)]
    if any(resource.properties.get("role") == wish.names.scheduler_role_arn for resource in triggering):
        resources.append(role.desired_scheduler_role(wish.names, tags))
    return resources


def expression_text(resource: Resource) -> str:
    """The expression of a rule or schedule, with its zone when that is not UTC."""
    zone = resource.properties.get("timezone", "UTC")
    text: str = resource.properties["expression"]
    return text if zone == "UTC" else f"{text} {zone}"
