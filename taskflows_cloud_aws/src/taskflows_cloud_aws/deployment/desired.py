"""The desired resources of a deployment. Pure: derived from names alone, never from the output of another resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.deployment.observe import Wanted, is_paused
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names, layer_in, layers_in
from taskflows_cloud_aws.naming.ownership import tag_of_files
from taskflows_cloud_aws.packaging.package import wants_layer
from taskflows_cloud_aws.permissions.execution_policy import can_share, execution_statements, shared_statements
from taskflows_cloud_aws.resources import (
    alarm,
    concurrency,
    function,
    invoke_config,
    layer,
    live,
    log_group,
    permission,
    provisioned,
    queue,
    role,
    rule,
    schedule,
    schedule_group,
    topic,
)
from taskflows_cloud_aws.schedules.missed_run_alarm import window_of
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import CloudFunctionConfig, Package, Trigger
from taskflows_cloud_core.reconcile import Observation, Resource

_CODE = ("architecture", "code_sha256", "handler", "runtime")
_KEPT_WITHOUT_A_CONFIGURATION = (
    role.EXECUTION,
    log_group.KIND,
    invoke_config.KIND,
    concurrency.KIND,
    provisioned.KIND,
    queue.KIND,
    topic.KIND,
)


@attrs.frozen(kw_only=True)
class AwsRequest:
    """What the user asks for; ``None`` keeps what is there.

    Args:
        names: The names of the function's resources.
        options: The environment's options.
        config: The configuration.
        package: The code.
        triggers: The schedules.
    """

    names: Names
    options: AwsOptions
    config: CloudFunctionConfig | None
    package: Package | None
    triggers: Sequence[Trigger] | None


def desired_resources(request: AwsRequest, observed: Observation) -> list[Resource]:
    """Compute the resources of a deployment.

    Args:
        request: What the user asks for.
        observed: What is there; what the request leaves out stays as it is.

    Returns:
        The desired resources.
    """
    triggering = _triggering(request, observed)
    wanted = _function(request, observed)
    resources = [wanted, live.desired_live(request.names, wanted), *_layers(wanted)]
    resources += [*_around_the_function(request, observed), *_alarms(request, observed), *triggering]
    if any(resource.kind == rule.KIND for resource in triggering):
        resources.append(permission.desired_permission(request.names, observed.of_kind(permission.KIND)))
    if any(resource.kind == schedule.KIND for resource in triggering):
        resources += _around_schedules(request, observed, triggering)
    return resources


def wanted_of(request: AwsRequest) -> Wanted:
    """Find out what has to be read to plan a request."""
    if request.config is None:
        wanted = frozenset(wanted_layers(request))
        return Wanted(wanted_kinds=frozenset(), wanted_layers=wanted, keeps_layers=request.package is None)
    own = function_options(request.config)
    scheduled = any(trigger.expression.service == "scheduler" for trigger in request.triggers or ())
    shares_scheduler_role = scheduled and request.options.shared_roles and _given_scheduler_role(request) is None
    shared = {role.EXECUTION: shares_role(request.options, own), role.SCHEDULER: shares_scheduler_role}
    return Wanted(
        adopt=own.adopt,
        wanted_kinds=frozenset(_wanted_kinds(request, own)),
        wanted_layers=frozenset(wanted_layers(request)),
        wanted_emails=own.alarm_emails,
        shared=frozenset(kind for kind, is_shared in shared.items() if is_shared),
        keeps=frozenset({role.SCHEDULER}) if request.triggers is None else frozenset(),
        keeps_layers=request.package is None,
    )


def _wanted_kinds(request: AwsRequest, own: AwsFunctionOptions) -> Iterator[str]:
    wanted = {
        role.EXECUTION: given_role(request.options, own) is None,
        alarm.KIND: not own.alarms.is_empty,
        topic.KIND: own.wants_topic,
        queue.KIND: own.dead_letter_queue,
        layer.KIND: bool(wanted_layers(request)),
        provisioned.KIND: own.provisioned_concurrency is not None,
    }
    yield from (kind for kind, is_wanted in wanted.items() if is_wanted)


def _function(request: AwsRequest, observed: Observation) -> Resource:
    found = observed.only(function.KIND)
    before: Mapping[str, Any] = found.properties if found is not None else {}
    if request.config is None:
        configuration = {name: before[name] for name in before if name not in _CODE}
        configuration["tags"] = {key: value for key, value in before["tags"].items() if key != ownership.FILES}
    else:
        configuration = _configuration(request, request.config, observed)
    if request.package is None:
        code = {name: before[name] for name in _CODE}
    else:
        architecture = _architecture(request, before)
        code = function.code_properties(request.package, architecture)
    _set_layers(request, configuration, before)
    configuration["tags"] = {
        **configuration["tags"],
        **_files_tag(request, before),
    }
    return function.desired_function(request.names, code, configuration)


def _architecture(request: AwsRequest, before: Mapping[str, Any]) -> str:
    if request.config is None:
        return str(before["architecture"])
    return request.config.architecture or limits.DEFAULT_ARCHITECTURE


def _configuration(request: AwsRequest, config: CloudFunctionConfig, observed: Observation) -> dict[str, Any]:
    own = function_options(config)
    properties = {
        **function.configuration_properties(request.names, config, paused=is_paused(observed)),
        **function.aws_properties(request.names, own),
        "role": _role_arn(request, own),
    }
    if wants_layer(request.options, own) is False:
        properties["tags"][ownership.IN_ARCHIVE] = "true"
    return properties


def _role_arn(request: AwsRequest, own: AwsFunctionOptions) -> str:
    if shares_role(request.options, own):
        return request.names.shared_role_arn
    return given_role(request.options, own) or request.names.role_arn


def _set_layers(request: AwsRequest, configuration: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put the layer of the dependencies before those that the user names, which can then override its files."""
    named = [arn for arn in configuration.pop("layers", []) if layer_in(arn) is None]
    if request.package is None:
        own = [arn for arn in before.get("layers", []) if layer_in(arn) is not None]
    else:
        own = [request.names.layer_arn(name) for name in wanted_layers(request)]
    if own or named:
        configuration["layers"] = [*own, *named]


def _files_tag(request: AwsRequest, before: Mapping[str, Any]) -> Mapping[str, str]:
    if request.package is not None:
        return tag_of_files(request.package.include_files)
    return {key: value for key, value in before["tags"].items() if key == ownership.FILES}


def given_role(options: AwsOptions, own: AwsFunctionOptions) -> str | None:
    """The execution role that the user gave; ``None`` when one is to be created."""
    return own.execution_role_arn or options.execution_role_arn


def shares_role(options: AwsOptions, own: AwsFunctionOptions) -> bool:
    """Whether a function runs as the role that functions of the region share."""
    return options.shared_roles and given_role(options, own) is None and can_share(own)


def wanted_layers(request: AwsRequest) -> set[str]:
    """The name of the layer with the dependencies, if there is one."""
    layer_of_package = request.package.layer if request.package is not None else None
    return {request.names.layer(layer_of_package.sha256)} if layer_of_package is not None else set()


def _layers(wanted: Resource) -> list[Resource]:
    return [layer.desired_layer(name) for name in sorted(layers_in(wanted.properties.get("layers", [])))]


def _around_the_function(request: AwsRequest, observed: Observation) -> list[Resource]:
    """The execution role, log group, retries, concurrency, queue and topic."""
    names, config = request.names, request.config
    if config is None:
        return observed.of_kind(*_KEPT_WITHOUT_A_CONFIGURATION)
    own = function_options(config)
    resources = [
        log_group.desired_log_group(names, config.log_retention_days, config.tags),
        *_execution_role(request, own, config.tags),
        *_invoke_config(request, own, config, observed),
    ]
    if config.max_concurrency is not None:
        resources.append(concurrency.concurrency(names, config.max_concurrency))
    if own.provisioned_concurrency is not None:
        resources.append(provisioned.provisioned(names, own.provisioned_concurrency))
    if own.dead_letter_queue:
        resources.append(queue.desired_queue(names, config.tags))
    if own.wants_topic:
        resources.append(topic.desired_topic(names, own.alarm_emails, config.tags))
    return resources


def _execution_role(request: AwsRequest, own: AwsFunctionOptions, tags: Mapping[str, str]) -> list[Resource]:
    names = request.names
    if shares_role(request.options, own):
        return [role.desired_shared_role(names, shared_statements(names))]
    if given_role(request.options, own) is not None:
        return []
    return [role.desired_execution_role(names, execution_statements(names, own), tags)]


def _invoke_config(
    request: AwsRequest, own: AwsFunctionOptions, config: CloudFunctionConfig, observed: Observation
) -> list[Resource]:
    retries = invoke_config.DEFAULT_RETRIES if config.retries is None else config.retries
    found = observed.only(invoke_config.KIND)
    if found is None and (retries, own.max_event_age_seconds) == limits.ASYNC_DEFAULTS:
        # These are the defaults already, and setting them would cost a rate-limited call.
        return []
    return [invoke_config.invoke_config(request.names, retries, own.max_event_age_seconds, found)]


def _triggering(request: AwsRequest, observed: Observation) -> list[Resource]:
    """The rules and schedules."""
    if request.triggers is None or request.config is None:
        return [_kept(request, observed, found) for found in observed.of_kind(rule.KIND, schedule.KIND)]
    own = function_options(request.config)
    settings: dict[str, Any] = {
        "enabled": not is_paused(observed),
        "delivery_retries": own.delivery_retries,
        "max_event_age_seconds": own.max_event_age_seconds,
    }
    resources = []
    for trigger in request.triggers:
        if trigger.expression.service == "scheduler":
            role_arn = _given_scheduler_role(request) or _made_scheduler_role(request)
            resources.append(schedule.desired_schedule(request.names, trigger, role_arn, **settings))
        else:
            resources.append(rule.desired_rule(request.names, trigger, request.config.tags, **settings))
    return resources


def _kept(request: AwsRequest, observed: Observation, found: Resource) -> Resource:
    """A rule or schedule that stays, with the tags and the state of the function."""
    properties = {**found.properties, "state": "DISABLED" if is_paused(observed) else "ENABLED"}
    if "tags" in properties:
        properties["tags"] = ownership.MARKS.owned_by(request.names.function, _user_tags(request, observed))
    return attrs.evolve(found, properties=properties)


def _user_tags(request: AwsRequest, observed: Observation) -> Mapping[str, str]:
    found = observed.only(function.KIND)
    if request.config is not None:
        return request.config.tags
    return ownership.MARKS.user_marks(found.properties["tags"]) if found is not None else {}


def _around_schedules(request: AwsRequest, observed: Observation, triggering: Sequence[Resource]) -> list[Resource]:
    """The schedule group, and the role of the schedules unless it was given."""
    tags = _user_tags(request, observed)
    resources = [schedule_group.desired_schedule_group(request.names, tags)]
    roles = {resource.properties.get("role") for resource in triggering}
    if request.names.scheduler_role_arn in roles:
        resources.append(role.desired_scheduler_role(request.names, tags))
    if request.names.shared_scheduler_role_arn in roles:
        resources.append(role.desired_shared_scheduler_role(request.names))
    return resources


def _given_scheduler_role(request: AwsRequest) -> str | None:
    own = function_options(request.config).scheduler_role_arn if request.config is not None else None
    return own or request.options.scheduler_role_arn


def _made_scheduler_role(request: AwsRequest) -> str:
    return request.names.shared_scheduler_role_arn if request.options.shared_roles else request.names.scheduler_role_arn


def _alarms(request: AwsRequest, observed: Observation) -> list[Resource]:
    """The alarms. Without a configuration the existing ones stay."""
    if request.config is None:
        return [_switched(found, request.names, paused=is_paused(observed)) for found in observed.of_kind(alarm.KIND)]
    config, own = request.config, function_options(request.config)
    topic_arn = request.names.topic_arn if own.wants_topic else own.alarm_topic_arn or request.options.alarm_topic_arn
    watch = alarm.Watch(names=request.names, topic_arn=topic_arn, user_tags=config.tags)
    resources = []
    if own.alarms.errors is not None:
        resources.append(alarm.errors_alarm(watch, own.alarms.errors))
    if own.alarms.duration_percent is not None and config.timeout_seconds is not None:
        resources.append(alarm.duration_alarm(watch, own.alarms.duration_percent, config.timeout_seconds))
    if own.alarms.missed_runs:
        resources += _missed_alarm(request, watch, observed)
    return resources


def _missed_alarm(request: AwsRequest, watch: alarm.Watch, observed: Observation) -> list[Resource]:
    if request.triggers is None or request.config is None:
        # The schedules stay as they are, and so does the longest gap between two runs.
        kept = [found for found in observed.of_kind(alarm.KIND) if found.name == request.names.alarm(alarm.MISSED)]
        return [_switched(found, request.names, paused=is_paused(observed)) for found in kept]
    window = window_of(request.config.schedules)
    if isinstance(window, str):
        return []
    enabled = not is_paused(observed)
    return [alarm.missed_alarm(watch, window.periods, window.period_seconds, enabled=enabled)]


def _switched(found: Resource, names: Names, *, paused: bool) -> Resource:
    if found.name != names.alarm(alarm.MISSED):
        return found
    return attrs.evolve(found, properties={**found.properties, "enabled": not paused})


def expression_text(resource: Resource) -> str:
    """The expression of a rule or schedule, with its time zone unless that is UTC."""
    zone = resource.properties.get("timezone", "UTC")
    text: str = resource.properties["expression"]
    return text if zone == "UTC" else f"{text} {zone}"
