"""What functions of a region shared and none uses any more: found and deleted when users prune.

Two deletions at once, or one that was killed, can leave it behind. What was made a moment ago is left alone: a
deployment may be about to use it. So is what somebody takes into use while it is deleted: a layer that is missing is
published anew by whoever needs it, and a role is made again as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import layer, role, usage
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.waiting import DENIED_CODES, error_code
from taskflows_cloud_core import Plan
from taskflows_cloud_core.reconcile import Resource, diff

SUBJECT = "what functions share"
"""Stands in plans and results in place of a function's name, which it cannot be."""
# Longer than a deployment waits for a new role and then for its function.
_YOUNG = timedelta(minutes=15)


def plan_unused(session: AwsSession) -> Plan:
    """Find the layers and shared roles of our making that nobody uses."""
    found = _Found()
    names = any_names(session)
    looks: dict[str, Callable[[], Iterator[Resource]]] = {
        "layers": lambda: _layers(session, found),
        "the shared execution role": lambda: _execution_role(session, names, found),
        "the shared role of EventBridge Scheduler": lambda: _scheduler_role(session, names, found),
    }
    doomed = [one for what, look in looks.items() for one in _unless_denied(what, look, found)]
    return Plan(
        function_name=SUBJECT,
        provider="aws",
        actions=diff([], doomed).actions,
        warnings=found.warnings,
        keeps=found.keeps,
    )


def any_names(session: AwsSession) -> Names:
    """The names of what functions share, which no function's name is part of."""
    return session.names("any")


@attrs.frozen(kw_only=True)
class _Found:
    """What is told beside the plan's actions."""

    keeps: list[str] = attrs.field(factory=list)
    warnings: list[str] = attrs.field(factory=list)

    def is_young(self, kind: str, name: str, made_at: datetime | None) -> bool:
        """Whether something may be about to be used; if so, it is told."""
        if made_at is not None and datetime.now(UTC) - made_at >= _YOUNG:
            return False
        minutes = int(_YOUNG.total_seconds() // 60)
        self.keeps.append(f"{kind} {name}, made less than {minutes} minutes ago: a deployment may be about to use it")
        return True


def _unless_denied(what: str, look: Callable[[], Iterator[Resource]], found: _Found) -> list[Resource]:
    from botocore.exceptions import ClientError

    try:
        return list(look())
    except ClientError as error:
        if error_code(error) not in DENIED_CODES:
            raise
        found.warnings.append(f"not looked for: {what}, since these credentials may not read it")
        return []


def _layers(session: AwsSession, found: _Found) -> Iterator[Resource]:
    made = layer.layers_with_age(session)
    functions = usage.all_functions(session) if made else {}
    for name, made_at in sorted(made.items()):
        if not usage.users_of_layer(functions, name, None) and not found.is_young(layer.KIND, name, made_at):
            yield layer.desired_layer(name)


def _execution_role(session: AwsSession, names: Names, found: _Found) -> Iterator[Resource]:
    def users() -> list[str]:
        return usage.users_of_role(usage.all_functions(session), names.shared_role_arn, None)

    yield from _role(session, found, role.EXECUTION, names.shared_role, users)


def _scheduler_role(session: AwsSession, names: Names, found: _Found) -> Iterator[Resource]:
    def users() -> list[str]:
        return usage.schedule_group_with_role(session, names.shared_scheduler_role_arn, None)

    yield from _role(session, found, role.SCHEDULER, names.shared_scheduler_role, users)


def _role(
    session: AwsSession, found: _Found, kind: str, name: str, users: Callable[[], list[Any]]
) -> Iterator[Resource]:
    there = role.read_shared_role(session, kind, name)
    if there.resource is None or there.foreign or users():
        return
    if not found.is_young(kind, name, role.made_at(session, name)):
        yield there.resource
