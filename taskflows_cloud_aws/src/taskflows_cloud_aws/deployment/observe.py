"""Read the resources of a function, with as few calls as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import Names, layers_in
from taskflows_cloud_aws.resources import (
    alarm,
    claim,
    concurrency,
    function,
    function_reading,
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
    upload,
    usage,
)
from taskflows_cloud_aws.session.error_codes import is_denied
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import NotManagedError
from taskflows_cloud_core.kit import Collector
from taskflows_cloud_core.reconcile import Observation, ResourceKey

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef


def is_paused(observation: Observation) -> bool:
    """Whether the schedules of an observed function are paused."""
    found = observation.only(function.KIND)
    return found is not None and ownership.PAUSED in found.properties["tags"]


@attrs.frozen(kw_only=True)
class Wanted:
    """What a deployment or deletion wants, as far as that decides what has to be read.

    Args:
        adopt: Treat resources that are not ours as ours.
        wanted_kinds: Desired kinds, which must be readable. Others that the credentials may not read are listed in
            `Observation.unread`.
        wanted_layers: The names of the desired layers.
        wanted_emails: The desired addresses of alarms; ``None`` is all.
        shared: Kinds of roles of which the shared one is desired.
        keeps: Kinds of roles that stay as they are.
        removing: Whether the function is deleted: then layers and shared roles are read even when it has none.
        keeps_layers: Whether the function keeps its layers.
        kinds: The kinds that are looked at; ``None`` is all.
    """

    adopt: bool = False
    wanted_kinds: frozenset[str] = frozenset()
    wanted_layers: frozenset[str] = frozenset()
    wanted_emails: tuple[str, ...] | None = None
    shared: frozenset[str] = frozenset()
    keeps: frozenset[str] = frozenset({role.EXECUTION, role.SCHEDULER})
    removing: bool = False
    keeps_layers: bool = True
    kinds: frozenset[str] | None = None

    def includes(self, *kinds: str) -> bool:
        """Whether one of some kinds is looked at."""
        return self.kinds is None or not self.kinds.isdisjoint(kinds)


def read_function(session: AwsSession, names: Names, wanted: Wanted | None = None) -> Observation:
    """Read everything that belongs to a function.

    Args:
        session: The session.
        names: The names of the function's resources.
        wanted: What it is read for.

    Returns:
        What was read.

    Raises:
        NotManagedError: The function exists and is not ours.
    """
    wanted = wanted or Wanted()
    found = Collector(adopt=wanted.adopt)
    answer = function_reading.get_function(session, names.function)
    _note_revision(session, names, answer)
    if answer is not None:
        if not wanted.adopt:
            _require_ours(names, answer)
        found.add(function.observed_function(names, answer), concurrency.observed_concurrency(names, answer))
    reading = _Reading(session=session, names=names, wanted=wanted, answer=answer, found=found)
    session.side_by_side(lambda read: read(), list(reading.parts()))
    return found.observation(kind=function.KIND, updated_at=function.updated_at(answer) if answer is not None else None)


@attrs.frozen(kw_only=True)
class _Reading:
    """The parts of a function, read in parallel."""

    session: AwsSession
    names: Names
    wanted: Wanted
    answer: GetFunctionResponseTypeDef | None
    found: Collector

    def parts(self) -> Iterator[Callable[[], None]]:
        return (read for kinds, read in self._by_kinds() if self.wanted.includes(*kinds))

    def _by_kinds(self) -> Iterator[tuple[Sequence[str], Callable[[], None]]]:
        of_live = (live.KIND, invoke_config.KIND, permission.KIND, layer.KIND, provisioned.KIND)
        yield of_live, self._live if self.answer is not None else lambda: self._layers(set())
        yield [log_group.KIND], self._log_group
        yield [rule.KIND], self._rules
        yield [schedule_group.KIND, schedule.KIND, role.SCHEDULER], self._scheduler
        yield [upload.KIND], lambda: self.found.add(*upload.read_uploads(self.session, self.names))
        yield [role.EXECUTION], lambda: self._optional(role.EXECUTION, "iam:GetRole", self._execution_role)
        yield [alarm.KIND], lambda: self._optional(alarm.KIND, "cloudwatch:DescribeAlarms", self._alarms)
        yield [queue.KIND], lambda: self._optional(queue.KIND, "sqs:GetQueueUrl", self._queue)
        yield [topic.KIND], lambda: self._optional(topic.KIND, "sns:ListTagsForResource", self._topic)
        if self.wanted.removing:
            yield [claim.KIND], lambda: self.found.add(claim.read_claim(self.session, self.names))

    def _optional(self, kind: str, right: str, read: Callable[[], None]) -> None:
        """Read a kind; only a desired one must be readable."""
        if kind in self.wanted.wanted_kinds:
            read()
            return
        self.found.read_optional(read, kind=kind, permission=right, is_denied=is_denied, denied=self.session.denied)

    def _live(self) -> None:
        """Read the live version and what belongs to it."""
        version = live.read_live(self.session, self.names)
        if version is not None:
            self.found.add(version)
            if self.wanted.includes(invoke_config.KIND):
                self.found.add(invoke_config.read_invoke_config(self.session, self.names))
            if self.wanted.includes(permission.KIND):
                self.found.add(*permission.read_permissions(self.session, self.names))
        # A deployment that was killed may have changed the function, and not yet its live version.
        self._layers(usage.layers_of(self._configuration) | layers_in(live.settings_of(version).get("layers", [])))
        is_marked = self.answer is not None and ownership.PROVISIONED in self.answer.get("Tags", {})
        if is_marked or provisioned.KIND in self.wanted.wanted_kinds:
            warm = provisioned.read_provisioned(self.session, self.names)
            self.found.add(warm if is_marked or provisioned.is_there(warm) else None)

    def _log_group(self) -> None:
        key = ResourceKey(log_group.KIND, self.names.log_group)
        self.found.take(key, log_group.read_log_group(self.session, self.names))

    def _execution_role(self) -> None:
        names, session = self.names, self.session
        own = role.read_role(session, role.EXECUTION, names.role, names.function, ())
        self.found.take(ResourceKey(role.EXECUTION, names.role), own)
        in_use = self._configuration.get("Role") == names.shared_role_arn
        self._shared_role(ResourceKey(role.EXECUTION, names.shared_role), in_use=in_use)

    def _shared_role(self, key: ResourceKey, *, in_use: bool) -> None:
        """Read a shared role: any function changes it, but only the last one that uses it deletes it."""
        wanted = self.wanted
        stays = key.kind in wanted.shared or (in_use and key.kind in wanted.keeps)
        if not stays and not in_use and not (wanted.removing and self.session.options.shared_roles):
            return
        shared = role.read_shared_role(self.session, key.kind, key.name)
        if stays:
            self.found.take(key, shared)
        elif shared.resource is not None and shared.owned:
            others = usage.users_of_shared_role(self.session, self.names, key.name, self.names.function)
            if others:
                self.found.add_users(key, others)
            else:
                self.found.add(shared.resource)

    def _rules(self) -> None:
        for name, one in rule.read_rules(self.session, self.names).items():
            self.found.take(ResourceKey(rule.KIND, name), one)

    def _scheduler(self) -> None:
        """Read the group; without one there are no schedules and no role of their own."""
        key = ResourceKey(schedule_group.KIND, self.names.schedule_group)
        group = schedule_group.read_schedule_group(self.session, self.names)
        is_ours = self.found.take(key, group)
        in_use = False
        if group.resource is not None and is_ours:
            schedules, others = schedule.read_schedules(self.session, self.names)
            self.found.add_users(key, others)
            self.found.add(*schedules)
            in_use = any(one.properties["role"] == self.names.shared_scheduler_role_arn for one in schedules)
            self._optional(role.SCHEDULER, "iam:GetRole", lambda: self._own_scheduler_role(key))
        self._shared_role(ResourceKey(role.SCHEDULER, self.names.shared_scheduler_role), in_use=in_use)

    def _own_scheduler_role(self, group: ResourceKey) -> None:
        names = self.names
        own = role.read_role(self.session, role.SCHEDULER, names.scheduler_role, names.function, [group])
        self.found.take(ResourceKey(role.SCHEDULER, names.scheduler_role), own)

    def _alarms(self) -> None:
        for name, one in alarm.read_alarms(self.session, self.names).items():
            self.found.take(ResourceKey(alarm.KIND, name), one)

    def _queue(self) -> None:
        self.found.take(ResourceKey(queue.KIND, self.names.queue), queue.read_queue(self.session, self.names))

    def _topic(self) -> None:
        found = topic.read_topic(self.session, self.names, self.wanted.wanted_emails)
        self.found.take(ResourceKey(topic.KIND, self.names.topic), found)

    @property
    def _configuration(self) -> Mapping[str, Any]:
        return self.answer["Configuration"] if self.answer is not None else {}

    def _layers(self, used: set[str]) -> None:
        if self.wanted.removing or self.wanted.wanted_layers or used:
            self._optional(layer.KIND, "lambda:ListLayers", lambda: self._read_layers(used))

    def _read_layers(self, used: set[str]) -> None:
        wanted, kept = self.wanted, usage.layers_of(self._configuration)
        concerned = layer.Concerned(
            used=used,
            wanted=wanted.wanted_layers | (kept if wanted.keeps_layers else set()),
            removing=wanted.removing,
            is_gone=self.answer is None,
        )
        layers = layer.observed_layers(self.session, self.names, concerned)
        self.found.add(*layers.resources)
        for key, users in layers.used_by.items():
            self.found.add_users(key, users)


def _note_revision(session: AwsSession, names: Names, answer: GetFunctionResponseTypeDef | None) -> None:
    revision = function.revision_of(answer)
    if revision is None:
        session.revisions.pop(names.function, None)
    else:
        session.revisions[names.function] = revision


def _require_ours(names: Names, answer: GetFunctionResponseTypeDef) -> None:
    if not ownership.MARKS.is_owned(names.function, answer.get("Tags", {})):
        raise NotManagedError(
            f"the function {names.function!r} exists in {names.region} and was not made by taskflows-cloud; choose "
            f"another name, or adopt it with provider_options={{'aws': {{'adopt': True}}}}"
        )
