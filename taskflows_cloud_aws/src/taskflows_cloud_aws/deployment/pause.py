"""Switching all schedules of a function off and on again."""

from __future__ import annotations

import attrs

from taskflows_cloud_aws.deployment.observe import is_paused, read_function
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.resources import HANDLERS, Context, alarm, function, function_access, rule, schedule
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.session.transient_errors import retry_transient
from taskflows_cloud_core.reconcile import Action, FieldChange, Observation, Resource


def set_schedules_enabled(session: AwsSession, name: str, *, enabled: bool) -> int:
    """Pause or resume. The function's tag is what a redeploy goes by, so it is set first.

    Args:
        session: Clients.
        name: The function's name.
        enabled: ``False`` pauses.

    Returns:
        How many rules and schedules are in the wanted state.

    Raises:
        FunctionNotFoundError: There is no such function.
        NotManagedError: It is not ours.
    """
    names = session.names(name)
    observed = read_function(session, names)
    if observed.only(function.KIND) is None:
        raise function_access.not_found(session, name)
    _mark(session, names.function_arn, paused=not enabled, was_paused=is_paused(observed))
    context = Context(session=session, names=names)
    triggering = observed.of_kind(rule.KIND, schedule.KIND)
    # Before the schedules stop, and after they run again: a pause is no missed run.
    if not enabled:
        _switch_alarm(context, observed, enabled=False)
    for found in triggering:
        _switch(context, found, "state", "ENABLED" if enabled else "DISABLED")
    if enabled:
        _switch_alarm(context, observed, enabled=True)
    return len(triggering)


def _switch_alarm(context: Context, observed: Observation, *, enabled: bool) -> None:
    for found in observed.of_kind(alarm.KIND):
        if found.name == context.names.alarm(alarm.MISSED):
            _switch(context, found, "enabled", enabled)


def _mark(session: AwsSession, arn: str, *, paused: bool, was_paused: bool) -> None:
    client = session.lambda_
    if paused and not was_paused:
        retry_transient(session.retry, lambda: client.tag_resource(Resource=arn, Tags={ownership.PAUSED: "true"}))
    elif was_paused and not paused:
        retry_transient(session.retry, lambda: client.untag_resource(Resource=arn, TagKeys=[ownership.PAUSED]))


def _switch(context: Context, found: Resource, field: str, state: str | bool) -> None:  # noqa: FBT001 - any value
    before = found.properties[field]
    if before == state:
        return
    wanted = attrs.evolve(found, properties={**found.properties, field: state})
    change = FieldChange(field=field, before=before, after=state)
    action = Action(verb="update", resource=wanted, observed=found, changes=[change])
    retry_transient(context.session.retry, lambda: HANDLERS[found.kind].update(context, action))
