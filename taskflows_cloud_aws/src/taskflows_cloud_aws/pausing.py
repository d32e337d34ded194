"""Switching all schedules of a function off and on again."""

from __future__ import annotations

import attrs

from taskflows_cloud_aws import function_access, ownership
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.observing import observe
from taskflows_cloud_aws.resources import HANDLERS, Context, function, rule, schedule
from taskflows_cloud_core.reconcile import Action, FieldChange, Resource


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
    observed = observe(session, names, look_for_role=False)
    if observed.only(function.KIND) is None:
        raise function_access.not_found(session, name)
    _mark(session, names.function_arn, paused=not enabled, was_paused=observed.is_paused)
    context = Context(session=session, names=names)
    triggering = observed.of_kind(rule.KIND, schedule.KIND)
    for found in triggering:
        _switch(context, found, "ENABLED" if enabled else "DISABLED")
    return len(triggering)


def _mark(session: AwsSession, arn: str, *, paused: bool, was_paused: bool) -> None:
    if paused and not was_paused:
        session.lambda_.tag_resource(Resource=arn, Tags={ownership.PAUSED: "true"})
    elif was_paused and not paused:
        session.lambda_.untag_resource(Resource=arn, TagKeys=[ownership.PAUSED])


def _switch(context: Context, found: Resource, state: str) -> None:
    before = found.properties["state"]
    if before == state:
        return
    wanted = attrs.evolve(found, properties={**found.properties, "state": state})
    change = FieldChange(field="state", before=before, after=state)
    action = Action(verb="update", resource=wanted, observed=found, changes=[change])
    HANDLERS[found.kind].update(context, action)
