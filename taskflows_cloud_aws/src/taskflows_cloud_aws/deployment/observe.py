"""What there is of a function on AWS, read with as few calls as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_aws import ownership
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.resources import (
    Found,
    alarm,
    code_signing,
    concurrency,
    function,
    function_reading,
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
    upload,
    usage,
)
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.waiting import DENIED_CODES, error_code
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
        shared_with: What the function shares with others, and with whom.
        unread: What these credentials may not read and nobody asked for.
        updated_at: When the function was last changed; ``None`` when there is no function.
    """

    resources: tuple[Resource, ...] = ()
    foreign: frozenset[ResourceKey] = frozenset()
    foreign_schedules: tuple[str, ...] = ()
    shared_with: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    unread: tuple[str, ...] = ()
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


@attrs.frozen(kw_only=True)
class Look:
    """What a deployment or deletion is after, as far as that decides what has to be read.

    Args:
        adopt: Take what is not ours for ours.
        wanted_kinds: Kinds that are wanted, so that they must be readable. Others that these credentials may not
            read are told in `Observed.unread`.
        wanted_layers: The names of the layers that are wanted.
        wanted_emails: The addresses of alarms that are wanted; ``None`` is all.
        shared: Kinds of roles of which the one that functions share is wanted.
        keeps: Kinds of roles that stay as they are.
        removing: Whether the function is to go: then layers and shared roles are looked for also when it has none.
        keeps_layers: Whether the layers that the function has stay.
    """

    adopt: bool = False
    wanted_kinds: frozenset[str] = frozenset()
    wanted_layers: frozenset[str] = frozenset()
    wanted_emails: tuple[str, ...] | None = None
    shared: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset({role.EXECUTION, role.SCHEDULER})
    removing: bool = False
    keeps_layers: bool = True


def observe(session: AwsSession, names: Names, look: Look | None = None) -> Observed:
    """Read everything that belongs to a function.

    Args:
        session: Clients.
        names: Of the function.
        look: What it is read for.

    Returns:
        What there is.

    Raises:
        NotManagedError: The function exists and is not ours.
    """
    look = look or Look()
    found = _Collected(adopt=look.adopt)
    answer = function_reading.get_function(session, names.function)
    if answer is not None:
        if not look.adopt:
            _require_ours(names, answer)
        found.add(function.observed_function(names, answer), concurrency.observed_concurrency(names, answer))
    reading = _Reading(session=session, names=names, look=look, answer=answer, found=found)
    session.side_by_side(lambda read: read(), list(reading.parts()))
    return found.all(function.updated_at(answer) if answer is not None else None)


@attrs.frozen(kw_only=True)
class _Reading:
    """The parts of a function, each read by itself, several at once."""

    session: AwsSession
    names: Names
    look: Look
    answer: GetFunctionResponseTypeDef | None
    found: _Collected

    def parts(self) -> Iterator[Callable[[], None]]:
        if self.answer is not None:
            yield self._live
        yield self._log_group
        yield self._rules
        yield self._scheduler
        yield lambda: self.found.add(*upload.read_uploads(self.session, self.names))
        yield lambda: self._optional(role.EXECUTION, "iam:GetRole", self._execution_role)
        yield lambda: self._optional(alarm.KIND, "cloudwatch:DescribeAlarms", self._alarms)
        yield lambda: self._optional(queue.KIND, "sqs:GetQueueUrl", self._queue)
        yield lambda: self._optional(topic.KIND, "sns:ListTagsForResource", self._topic)
        if self.look.removing or self.look.wanted_layers or self._layers_in_use() or self._layers_given_up():
            yield lambda: self._optional(layer.KIND, "lambda:ListLayers", self._layers)

    def _optional(self, kind: str, right: str, read: Callable[[], None]) -> None:
        """Read what most functions do not have: who may not read it has hardly made it."""
        from botocore.exceptions import ClientError

        if right in self.session.denied and kind not in self.look.wanted_kinds:
            self.found.unread.append(f"{kind} ({right} is not permitted)")
            return
        try:
            read()
        except ClientError as error:
            if kind in self.look.wanted_kinds or error_code(error) not in DENIED_CODES:
                raise
            self.session.denied.add(right)
            self.found.unread.append(f"{kind} ({right} is not permitted)")

    def _live(self) -> None:
        """Read the live version and what hangs on it."""
        version = live.read_live(self.session, self.names)
        if version is not None:
            self.found.add(version, invoke_config.read_invoke_config(self.session, self.names))
            self.found.add(*permission.read_permissions(self.session, self.names))
        marks = self.answer.get("Tags", {}) if self.answer is not None else {}
        if ownership.PROVISIONED in marks or provisioned.KIND in self.look.wanted_kinds:
            warm = provisioned.read_provisioned(self.session, self.names)
            self.found.add(warm if ownership.PROVISIONED in marks or provisioned.is_there(warm) else None)
        if ownership.SIGNING in marks or code_signing.KIND in self.look.wanted_kinds:
            signing = code_signing.read_code_signing(self.session, self.names)
            self.found.add(signing if ownership.SIGNING in marks or code_signing.is_there(signing) else None)

    def _log_group(self) -> None:
        key = ResourceKey(log_group.KIND, self.names.log_group)
        self.found.take(key, log_group.read_log_group(self.session, self.names))

    def _execution_role(self) -> None:
        names, session = self.names, self.session
        own = role.read_role(session, role.EXECUTION, names.role, names.function, ())
        self.found.take(ResourceKey(role.EXECUTION, names.role), own)
        in_use = self._configuration.get("Role") == names.shared_role_arn
        self._shared_role(ResourceKey(role.EXECUTION, names.shared_role), self._role_users, in_use=in_use)

    def _role_users(self) -> list[str]:
        return usage.users_of_role(usage.all_functions(self.session), self.names.shared_role_arn, self.names.function)

    def _shared_role(self, key: ResourceKey, users: Callable[[], list[str]], *, in_use: bool) -> None:
        """A shared role is this function's to change, but to delete only when nobody else uses it."""
        look = self.look
        stays = key.kind in look.shared or (in_use and key.kind in look.keeps)
        if not stays and not in_use and not (look.removing and self.session.options.shared_roles):
            return
        shared = role.read_shared_role(self.session, key.kind, key.name)
        if stays:
            self.found.take(key, shared)
        elif shared.resource is not None and not shared.foreign:
            others = users()
            if others:
                self.found.shared_with[str(key)] = others
            else:
                self.found.add(shared.resource)

    def _rules(self) -> None:
        for name, one in rule.read_rules(self.session, self.names).items():
            self.found.take(ResourceKey(rule.KIND, name), one)

    def _scheduler(self) -> None:
        """Read the group; only when there is one, there can be schedules and a role."""
        key = ResourceKey(schedule_group.KIND, self.names.schedule_group)
        group = schedule_group.read_schedule_group(self.session, self.names)
        self.found.take(key, group)
        in_use = False
        if group.resource is not None and key not in self.found.foreign:
            schedules, self.found.foreign_schedules[:] = schedule.read_schedules(self.session, self.names)
            self.found.add(*schedules)
            in_use = any(one.properties["role"] == self.names.shared_scheduler_role_arn for one in schedules)
            self._optional(role.SCHEDULER, "iam:GetRole", lambda: self._own_scheduler_role(key))
        self._shared_role(
            ResourceKey(role.SCHEDULER, self.names.shared_scheduler_role), self._group_users, in_use=in_use
        )

    def _own_scheduler_role(self, group: ResourceKey) -> None:
        names = self.names
        own = role.read_role(self.session, role.SCHEDULER, names.scheduler_role, names.function, [group])
        self.found.take(ResourceKey(role.SCHEDULER, names.scheduler_role), own)

    def _group_users(self) -> list[str]:
        return usage.schedule_group_with_role(
            self.session, self.names.shared_scheduler_role_arn, self.names.schedule_group
        )

    def _alarms(self) -> None:
        for name, one in alarm.read_alarms(self.session, self.names).items():
            self.found.take(ResourceKey(alarm.KIND, name), one)

    def _queue(self) -> None:
        self.found.take(ResourceKey(queue.KIND, self.names.queue), queue.read_queue(self.session, self.names))

    def _topic(self) -> None:
        found = topic.read_topic(self.session, self.names, self.look.wanted_emails)
        self.found.take(ResourceKey(topic.KIND, self.names.topic), found)

    @property
    def _configuration(self) -> Mapping[str, Any]:
        return self.answer["Configuration"] if self.answer is not None else {}

    def _layers_in_use(self) -> set[str]:
        return usage.layers_of(self._configuration)

    def _layers_given_up(self) -> set[str]:
        return pending_layer_tags.given_up(self.answer.get("Tags", {}) if self.answer is not None else {})

    def _layers(self) -> None:
        used, look = self._layers_in_use(), self.look
        concerned = layer.Concerned(
            used=used,
            given_up=self._layers_given_up(),
            wanted=look.wanted_layers | (used if look.keeps_layers else set()),
            removing=look.removing,
            is_gone=self.answer is None,
        )
        layers = layer.observed_layers(self.session, self.names, concerned)
        self.found.add(*layers.resources)
        self.found.shared_with.update(layers.shared_with)


def _require_ours(names: Names, answer: GetFunctionResponseTypeDef) -> None:
    if not ownership.is_owned(names.function, answer.get("Tags", {})):
        raise NotManagedError(
            f"the function {names.function!r} exists in {names.region} and was not made by taskflows-cloud; choose "
            f"another name, or adopt it with provider_options={{'aws': {{'adopt': True}}}}"
        )


class _Collected:
    """Findings as they come in, from several threads."""

    def __init__(self, *, adopt: bool) -> None:
        self.adopt = adopt
        self.resources: list[Resource] = []
        self.foreign: set[ResourceKey] = set()
        self.foreign_schedules: list[str] = []
        self.shared_with: dict[str, list[str]] = {}
        self.unread: list[str] = []

    def add(self, *resources: Resource | None) -> None:
        self.resources += [resource for resource in resources if resource is not None]

    def take(self, key: ResourceKey, found: Found) -> None:
        if found.foreign and not self.adopt:
            self.foreign.add(key)
        else:
            self.add(found.resource)

    def all(self, updated_at: datetime | None) -> Observed:
        return Observed(
            resources=tuple(sorted(self.resources, key=lambda resource: resource.key)),
            foreign=frozenset(self.foreign),
            foreign_schedules=tuple(self.foreign_schedules),
            shared_with={key: tuple(users) for key, users in self.shared_with.items()},
            unread=tuple(sorted(self.unread)),
            updated_at=updated_at,
        )
