"""The resources that a deployment wants. Pure: everything is derived from names, never from another's output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from taskflows_cloud_aws import limits, ownership
from taskflows_cloud_aws.deployment.observe import Look, Observed
from taskflows_cloud_aws.file_tag import tag_of_files
from taskflows_cloud_aws.naming.names import Names, layer_in, layers_in
from taskflows_cloud_aws.packaging.package import wants_layer
from taskflows_cloud_aws.permissions.execution_policy import can_share, execution_statements, shared_statements
from taskflows_cloud_aws.resources import (
    alarm,
    code_signing,
    concurrency,
    function,
    invoke_config,
    layer,
    live,
    log_group,
    pending_layer_tags,
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


def desired_alarms(wish: Wish, observed: Observed) -> list[Resource]:
    """The alarms. Without a configuration those stay that are there."""
    if wish.config is None:
        return [_switched(found, wish.names, paused=observed.is_paused) for found in observed.of_kind(alarm.KIND)]
    config, own = wish.config, function_options(wish.config)
    topic_arn = wish.names.topic_arn if own.wants_topic else own.alarm_topic_arn or wish.options.alarm_topic_arn
    watch = alarm.Watch(names=wish.names, topic_arn=topic_arn, user_tags=config.tags)
    resources = []
    if own.alarms.errors is not None:
        resources.append(alarm.errors_alarm(watch, own.alarms.errors))
    if own.alarms.duration_percent is not None:
        resources.append(alarm.duration_alarm(watch, own.alarms.duration_percent, config.timeout_seconds))
    if own.alarms.missed_runs:
        resources += _missed_alarm(wish, watch, observed)
    return resources


def _missed_alarm(wish: Wish, watch: alarm.Watch, observed: Observed) -> list[Resource]:
    if wish.triggers is None or wish.config is None:
        # The schedules stay as they are, and with them how long they leave between two runs.
        kept = [found for found in observed.of_kind(alarm.KIND) if found.name == wish.names.alarm(alarm.MISSED)]
        return [_switched(found, wish.names, paused=observed.is_paused) for found in kept]
    window = window_of(wish.config.schedules)
    if isinstance(window, str):
        return []
    enabled = not observed.is_paused
    return [alarm.missed_alarm(watch, window.periods, window.period_seconds, enabled=enabled)]


def _switched(found: Resource, names: Names, *, paused: bool) -> Resource:
    if found.name != names.alarm(alarm.MISSED):
        return found
    return attrs.evolve(found, properties={**found.properties, "enabled": not paused})


def given_role(options: AwsOptions, own: AwsFunctionOptions) -> str | None:
    """The execution role that the user gave; ``None`` when one is to be made."""
    return own.execution_role_arn or options.execution_role_arn


def look_for(wish: Wish) -> Look:
    """What has to be read for a wish."""
    if wish.config is None:
        wanted = frozenset(wanted_layers(wish))
        return Look(wanted_kinds=frozenset(), wanted_layers=wanted, keeps_layers=wish.package is None)
    own = function_options(wish.config)
    scheduled = any(trigger.expression.service == "scheduler" for trigger in wish.triggers or ())
    shares_scheduler_role = scheduled and wish.options.shared_roles and _given_scheduler_role(wish) is None
    shared = {role.EXECUTION: shares_role(wish.options, own), role.SCHEDULER: shares_scheduler_role}
    return Look(
        adopt=own.adopt,
        wanted_kinds=frozenset(_wanted_kinds(wish, own)),
        wanted_layers=frozenset(wanted_layers(wish)),
        wanted_emails=own.alarm_emails,
        shared=frozenset(kind for kind, is_shared in shared.items() if is_shared),
        keeps=frozenset({role.SCHEDULER}) if wish.triggers is None else frozenset(),
        keeps_layers=wish.package is None,
    )


def _wanted_kinds(wish: Wish, own: AwsFunctionOptions) -> Iterator[str]:
    wanted = {
        role.EXECUTION: given_role(wish.options, own) is None,
        alarm.KIND: not own.alarms.is_empty,
        topic.KIND: own.wants_topic,
        queue.KIND: own.dead_letter_queue,
        layer.KIND: bool(wanted_layers(wish)),
        provisioned.KIND: own.provisioned_concurrency is not None,
        code_signing.KIND: own.code_signing_config_arn is not None,
    }
    yield from (kind for kind, is_wanted in wanted.items() if is_wanted)


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
    resources += [*_layers(wanted), *desired_alarms(wish, observed)]
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
        passing = (ownership.FILES, ownership.LAYERS)
        configuration["tags"] = {key: value for key, value in before["tags"].items() if key not in passing}
    else:
        configuration = _configuration(wish, wish.config, observed)
    if wish.package is None:
        code = {name: before[name] for name in _CODE}
    else:
        architecture = _architecture(wish, before)
        code = function.code_properties(wish.package, architecture)
    _set_layers(wish, configuration, before)
    configuration["tags"] = {
        **configuration["tags"],
        **_files_tag(wish, before),
        **_layers_tag(observed, before, layers_in(configuration.get("layers", []))),
        **ownership.marks(before.get("tags", {})),
    }
    return function.desired_function(wish.names, code, configuration, found)


def _architecture(wish: Wish, before: Mapping[str, Any]) -> str:
    if wish.config is None:
        return str(before["architecture"])
    return wish.config.architecture or limits.DEFAULT_ARCHITECTURE


def _configuration(wish: Wish, config: CloudFunctionConfig, observed: Observed) -> dict[str, Any]:
    own = function_options(config)
    properties = {
        **function.configuration_properties(wish.names, config, paused=observed.is_paused),
        **function.aws_properties(wish.names, own),
        "role": _role_arn(wish, own),
    }
    if wants_layer(wish.options, own) is False:
        properties["tags"][ownership.IN_ARCHIVE] = "true"
    return properties


def _role_arn(wish: Wish, own: AwsFunctionOptions) -> str:
    if shares_role(wish.options, own):
        return wish.names.shared_role_arn
    return given_role(wish.options, own) or wish.names.role_arn


def shares_role(options: AwsOptions, own: AwsFunctionOptions) -> bool:
    """Whether a function runs as the role of our making that functions of the region share."""
    return options.shared_roles and given_role(options, own) is None and can_share(own)


def _set_layers(wish: Wish, configuration: dict[str, Any], before: Mapping[str, Any]) -> None:
    """Put the layer of the dependencies before those that the user names, which so can replace parts of it."""
    named = [arn for arn in configuration.pop("layers", []) if layer_in(arn) is None]
    if wish.package is None:
        own = [arn for arn in before.get("layers", []) if layer_in(arn) is not None]
    else:
        own = [wish.names.layer_arn(name) for name in wanted_layers(wish)]
    if own or named:
        configuration["layers"] = [*own, *named]


def wanted_layers(wish: Wish) -> set[str]:
    """The name of the layer with the dependencies, if there is to be one."""
    layer_of_package = wish.package.layer if wish.package is not None else None
    return {wish.names.layer(layer_of_package.sha256)} if layer_of_package is not None else set()


def _layers(wanted: Resource) -> list[Resource]:
    return [layer.desired_layer(name) for name in sorted(layers_in(wanted.properties.get("layers", [])))]


def _layers_tag(observed: Observed, before: Mapping[str, Any], wanted: set[str]) -> Mapping[str, str]:
    """The note of what an earlier deployment gave up stays until the last of it is gone."""
    note = {key: value for key, value in before.get("tags", {}).items() if key == ownership.LAYERS}
    going = {found.name for found in observed.of_kind(layer.KIND)} - wanted
    return note if pending_layer_tags.given_up(note) & going else {}


def _files_tag(wish: Wish, before: Mapping[str, Any]) -> Mapping[str, str]:
    if wish.package is not None:
        return tag_of_files(wish.package.include_files)
    return {key: value for key, value in before["tags"].items() if key == ownership.FILES}


_CODE = ("architecture", "code_sha256", "handler", "runtime")


_KEPT_WITHOUT_A_CONFIGURATION = (
    role.EXECUTION,
    log_group.KIND,
    invoke_config.KIND,
    concurrency.KIND,
    provisioned.KIND,
    code_signing.KIND,
    queue.KIND,
    topic.KIND,
)


def _around_the_function(wish: Wish, observed: Observed) -> list[Resource]:
    """Role, log group, retries, concurrency, queue and topic."""
    names, config = wish.names, wish.config
    if config is None:
        return observed.of_kind(*_KEPT_WITHOUT_A_CONFIGURATION)
    own = function_options(config)
    resources = [
        log_group.desired_log_group(names, config.log_retention_days, config.tags),
        *_execution_role(wish, own, config.tags),
        *_invoke_config(wish, own, config, observed),
    ]
    if config.max_concurrency is not None:
        resources.append(concurrency.concurrency(names, config.max_concurrency))
    if own.provisioned_concurrency is not None:
        resources.append(provisioned.provisioned(names, own.provisioned_concurrency))
    if own.code_signing_config_arn is not None:
        resources.append(code_signing.code_signing(names, own.code_signing_config_arn))
    if own.dead_letter_queue:
        resources.append(queue.desired_queue(names, config.tags))
    if own.wants_topic:
        resources.append(topic.desired_topic(names, own.alarm_emails, config.tags))
    return resources


def _execution_role(wish: Wish, own: AwsFunctionOptions, tags: Mapping[str, str]) -> list[Resource]:
    names = wish.names
    if shares_role(wish.options, own):
        return [role.desired_shared_role(names, shared_statements(names))]
    if given_role(wish.options, own) is not None:
        return []
    return [role.desired_execution_role(names, execution_statements(names, own), tags)]


def _invoke_config(
    wish: Wish, own: AwsFunctionOptions, config: CloudFunctionConfig, observed: Observed
) -> list[Resource]:
    retries = invoke_config.DEFAULT_RETRIES if config.retries is None else config.retries
    found = observed.only(invoke_config.KIND)
    if found is None and (retries, own.max_event_age_seconds) == limits.ASYNC_DEFAULTS:
        # It is so already, and saying so would cost a call of Lambda's scarcest budget.
        return []
    return [invoke_config.invoke_config(wish.names, retries, own.max_event_age_seconds, found)]


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
            role_arn = _given_scheduler_role(wish) or _made_scheduler_role(wish)
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


def _made_scheduler_role(wish: Wish) -> str:
    return wish.names.shared_scheduler_role_arn if wish.options.shared_roles else wish.names.scheduler_role_arn


def _given_scheduler_role(wish: Wish) -> str | None:
    own = function_options(wish.config).scheduler_role_arn if wish.config is not None else None
    return own or wish.options.scheduler_role_arn


def _around_schedules(wish: Wish, observed: Observed, triggering: Sequence[Resource]) -> list[Resource]:
    """The group of the schedules, and their role unless it was given."""
    tags = _user_tags(wish, observed)
    resources = [schedule_group.desired_schedule_group(wish.names, tags)]
    roles = {resource.properties.get("role") for resource in triggering}
    if wish.names.scheduler_role_arn in roles:
        resources.append(role.desired_scheduler_role(wish.names, tags))
    if wish.names.shared_scheduler_role_arn in roles:
        resources.append(role.desired_shared_scheduler_role(wish.names))
    return resources


def expression_text(resource: Resource) -> str:
    """The expression of a rule or schedule, with its zone when that is not UTC."""
    zone = resource.properties.get("timezone", "UTC")
    text: str = resource.properties["expression"]
    return text if zone == "UTC" else f"{text} {zone}"
