"""The alarms that a deployment wants. Pure."""

from __future__ import annotations

import attrs

from taskflows_cloud_aws.function_options import function_options
from taskflows_cloud_aws.missed_runs import window_of
from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.observing import Observed
from taskflows_cloud_aws.resources import alarm
from taskflows_cloud_aws.wish import Wish
from taskflows_cloud_core.reconcile import Resource


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
