"""Shared resources of a region: layers and roles that functions have in common.

One protocol: a function stops using a shared resource first; then its other users are read, and it is deleted when
there are none (`layer.release`, `role.release`). Of two functions that stop at once, the last one finds no other user.
While a deployment changes the function, the handlers release its layers; `release_roles` follows when all else is done,
because runs need their role until then.

Two deletions at once, or one that was killed, can still leave something behind: `plan_unused` finds it when users
prune. It ignores what was created a moment ago, since a deployment may be about to use it. What a function starts using
while it is deleted is safe: the function's deployer publishes a missing layer again, and a role is created again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import attrs

from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import Context, layer, role, schedule, usage
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.session.error_codes import is_denied
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import Plan
from taskflows_cloud_core.reconcile import Action, Resource, diff

SUBJECT = "what functions share"
"""Stands in plans and results in place of a function's name, and is no valid one."""
# Longer than a deployment waits for a new role and then for its function.
_YOUNG = timedelta(minutes=15)


def release_roles(context: Context, plan: Plan) -> None:
    """Delete the shared roles that the function of an applied plan no longer uses, nor any other.

    Args:
        context: The context of the function.
        plan: The plan.
    """
    names = context.names
    shared = (
        (FUNCTION, role.EXECUTION, names.shared_role, names.shared_role_arn),
        (schedule.KIND, role.SCHEDULER, names.shared_scheduler_role, names.shared_scheduler_role_arn),
    )
    deleted = {action.key for action in plan.actions if action.verb == "delete"}
    # One schedule may give up what another one still needs.
    needed = {resource.properties["role"] for resource in plan.desired if resource.kind in (FUNCTION, schedule.KIND)}
    for user, kind, name, arn in shared:
        is_released = any(_releases(action, arn) for action in plan.actions if action.key.kind == user)
        if is_released and arn not in needed and (kind, name) not in deleted:
            role.release(context, kind, name)


def _releases(action: Action, role_arn: str) -> bool:
    before = action.observed.properties["role"] if action.observed is not None else None
    return before == role_arn and (action.verb == "delete" or action.resource.properties["role"] != role_arn)


def has_its_roles(session: AwsSession, names: Names, plan: Plan) -> bool:
    """Whether the shared roles exist that the function of an applied plan started using."""
    taken = {action.resource.properties["role"] for action in plan.actions if _starts_using(action)}
    shared = {names.shared_role_arn, names.shared_scheduler_role_arn}
    return not any(role.role_exists(session, arn) is False for arn in sorted(taken & shared))


def _starts_using(action: Action) -> bool:
    if action.key.kind not in (FUNCTION, schedule.KIND) or action.verb == "delete":
        return False
    return action.observed is None or action.observed.properties["role"] != action.resource.properties["role"]


def any_names(session: AwsSession) -> Names:
    """The names of shared resources, which no function's name is part of."""
    return session.names("any")


def plan_unused(session: AwsSession) -> Plan:
    """Plan the deletion of our layers and shared roles that no function uses.

    Args:
        session: The session.

    Returns:
        The plan. What the credentials may not read is a warning of it.
    """
    found, names = _Findings(), any_names(session)
    reads: dict[str, Callable[[], Iterator[Resource]]] = {
        "layers": lambda: _unused_layers(session, found),
        "the shared execution role": lambda: _unused_role(session, role.EXECUTION, names.shared_role, found),
        "the shared role of EventBridge Scheduler": lambda: _unused_role(
            session, role.SCHEDULER, names.shared_scheduler_role, found
        ),
    }
    unused = [resource for what, read in reads.items() for resource in _unless_denied(what, read, found)]
    return Plan(
        function_name=SUBJECT,
        is_of_function=False,
        provider="aws",
        actions=diff([], unused).actions,
        warnings=found.warnings,
        keeps=found.keeps,
    )


@attrs.frozen(kw_only=True)
class _Findings:
    """What a plan reports beside its actions."""

    keeps: list[str] = attrs.field(factory=list)
    warnings: list[str] = attrs.field(factory=list)

    def is_young(self, kind: str, name: str, created_at: datetime | None) -> bool:
        """Whether a resource may be about to be used; if so, report that it is kept."""
        if created_at is not None and datetime.now(UTC) - created_at >= _YOUNG:
            return False
        minutes = int(_YOUNG.total_seconds() // 60)
        self.keeps.append(f"{kind} {name}, made less than {minutes} minutes ago: a deployment may be about to use it")
        return True


def _unless_denied(what: str, read: Callable[[], Iterator[Resource]], found: _Findings) -> list[Resource]:
    from botocore.exceptions import ClientError

    try:
        return list(read())
    except ClientError as error:
        if not is_denied(error):
            raise
        found.warnings.append(f"not looked for: {what}, since these credentials may not read it")
        return []


def _unused_layers(session: AwsSession, found: _Findings) -> Iterator[Resource]:
    ages = layer.layers_with_age(session)
    functions = usage.all_functions(session) if ages else {}
    for name, created_at in sorted(ages.items()):
        if not usage.users_of_layer(functions, name, None) and not found.is_young(layer.KIND, name, created_at):
            yield layer.desired_layer(name)


def _unused_role(session: AwsSession, kind: str, name: str, found: _Findings) -> Iterator[Resource]:
    there = role.read_shared_role(session, kind, name)
    if there.resource is None or not there.owned:
        return
    if usage.users_of_shared_role(session, any_names(session), name, None):
        return
    if not found.is_young(kind, name, role.made_at(session, name)):
        yield there.resource
