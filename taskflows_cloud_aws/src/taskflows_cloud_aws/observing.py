"""What there is of a function on AWS, read with as few calls as will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.client import AwsSession
from taskflows_cloud_aws.naming import Names
from taskflows_cloud_aws.resources import (
    Found,
    concurrency,
    function,
    function_calls,
    invoke_config,
    live,
    log_group,
    permission,
    role,
    rule,
    schedule,
    schedule_group,
    upload,
)
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.reconcile import Resource, ResourceKey

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


@attrs.frozen(kw_only=True)
class Observed:
    """All that was found.

    Args:
        resources: Ours.
        foreign: Keys of ours under which something stands that is not ours.
        foreign_schedules: Names of schedules that others put into the function's group.
        updated_at: When the function was last changed; ``None`` when there is no function.
    """

    resources: tuple[Resource, ...] = ()
    foreign: frozenset[ResourceKey] = frozenset()
    foreign_schedules: tuple[str, ...] = ()
    updated_at: datetime | None = None

    def of_kind(self, *kinds: str) -> list[Resource]:
        """The resources of some kinds."""
        return [resource for resource in self.resources if resource.kind in kinds]

    def only(self, kind: str) -> Resource | None:
        """The resource of a kind that there is at most one of."""
        return next(iter(self.of_kind(kind)), None)

    @property
    def is_paused(self) -> bool:
        """Whether the schedules are to stay switched off."""
        found = self.only(function.KIND)
        return found is not None and ownership.PAUSED in found.properties["tags"]


def observe(session: AwsSession, names: Names, *, look_for_role: bool, adopt: bool = False) -> Observed:
    """Read everything that belongs to a function.

    Args:
        session: Clients.
        names: Of the function.
        look_for_role: Whether to look for an execution role of our making also when no function has it.
            When the user gave a role, IAM need not be asked.
        adopt: Take what is not ours for ours.

    Returns:
        What there is.

    Raises:
        NotManagedError: The function exists and is not ours.
    """
    answer = function_calls.get_function(session, names.function)
    found = _Collected(adopt=adopt)
    if answer is not None:
        if not adopt:
            _require_ours(names, answer)
        found.add(function.observed_function(names, answer), concurrency.observed_concurrency(names, answer))
        _observe_live(session, names, found)
    found.take(ResourceKey(log_group.KIND, names.log_group), log_group.read_log_group(session, names))
    if look_for_role or (answer is not None and answer["Configuration"].get("Role") == names.role_arn):
        execution = role.read_role(session, role.EXECUTION, names.role, names.function, ())
        found.take(ResourceKey(role.EXECUTION, names.role), execution)
    for name, one in rule.read_rules(session, names).items():
        found.take(ResourceKey(rule.KIND, name), one)
    found.add(*upload.read_uploads(session, names))
    foreign_schedules = _observe_scheduler(session, names, found)
    return Observed(
        resources=tuple(found.resources),
        foreign=frozenset(found.foreign),
        foreign_schedules=tuple(foreign_schedules),
        updated_at=function.updated_at(answer) if answer is not None else None,
    )


def _observe_live(session: AwsSession, names: Names, found: _Collected) -> None:
    """Read the live version and what hangs on it."""
    version = live.read_live(session, names)
    if version is not None:
        found.add(version, invoke_config.read_invoke_config(session, names))
        found.add(*permission.read_permissions(session, names))


def _observe_scheduler(session: AwsSession, names: Names, found: _Collected) -> list[str]:
    """Read the group; only when there is one, there can be schedules and a role."""
    key = ResourceKey(schedule_group.KIND, names.schedule_group)
    group = schedule_group.read_schedule_group(session, names)
    found.take(key, group)
    if key in found.foreign or group.resource is None:
        return []
    schedules, foreign = schedule.read_schedules(session, names)
    found.add(*schedules)
    if not schedules or any(one.properties["role"] == names.scheduler_role_arn for one in schedules):
        of_scheduler = role.read_role(session, role.SCHEDULER, names.scheduler_role, names.function, [key])
        found.take(ResourceKey(role.SCHEDULER, names.scheduler_role), of_scheduler)
    return foreign


def _require_ours(names: Names, answer: GetFunctionResponseTypeDef) -> None:
    if not ownership.is_owned(names.function, answer.get("Tags", {})):
        raise NotManagedError(
            f"the function {names.function!r} exists in {names.region} and was not made by taskflows-cloud; choose "
            f"another name, or adopt it with provider_options={{'aws': {{'adopt': True}}}}"
        )


class _Collected:
    """Findings as they come in."""

    def __init__(self, *, adopt: bool) -> None:
        self.adopt = adopt
        self.resources: list[Resource] = []
        self.foreign: set[ResourceKey] = set()

    def add(self, *resources: Resource | None) -> None:
        self.resources += [resource for resource in resources if resource is not None]

    def take(self, key: ResourceKey, found: Found) -> None:
        if found.foreign and not self.adopt:
            self.foreign.add(key)
        else:
            self.add(found.resource)
