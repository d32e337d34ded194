"""An EventBridge rule with its target: a schedule in UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming import ownership
from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources import permission
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.schedules.envelope import envelope
from taskflows_cloud_aws.session.error_codes import error_code
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import OperationError, Trigger
from taskflows_cloud_core.kit import ReadResult, as_pairs, changed_marks
from taskflows_cloud_core.reconcile import Action, Resource

if TYPE_CHECKING:
    from mypy_boto3_events.type_defs import RuleTypeDef

KIND = "rule"
_TARGET = "function"
# Amazon EventBridge User Guide, "Input transformation", read in November 2026: a text from the event gets its quotes
# when it is put into JSON.
_PATHS = {"due": "$.time"}
_DUE = "<due>"
_RETRY_SECONDS = 60
_PASSING_CODES = frozenset({"ConcurrentModificationException", "InternalException"})


def desired_rule(
    names: Names,
    trigger: Trigger,
    user_tags: Mapping[str, str],
    *,
    enabled: bool,
    delivery_retries: int,
    max_event_age_seconds: int,
) -> Resource:
    """A rule that fires the function when the trigger says."""
    target = {
        "arn": names.live_arn,
        "delivery_retries": delivery_retries,
        "event": {"InputPathsMap": _PATHS, "InputTemplate": envelope(trigger, _DUE)},
        "max_event_age_seconds": max_event_age_seconds,
    }
    properties = {
        "description": f"{names.function}: {trigger.schedule}"[: limits.RULE_DESCRIPTION_CHARACTERS],
        "expression": trigger.expression.expression,
        "state": "ENABLED" if enabled else "DISABLED",
        "tags": ownership.MARKS.owned_by(names.function, user_tags),
        "targets": {_TARGET: target},
    }
    return _rule(names, names.rule(trigger.name), properties)


def _rule(names: Names, name: str, properties: Mapping[str, Any]) -> Resource:
    # The grant has one of two names; whichever is in the plan comes first.
    grants = [(permission.KIND, name) for name in permission.NAMES]
    needs = [(FUNCTION, names.function), ("live", LIVE), *grants]
    return Resource(kind=KIND, name=name, properties=properties, depends_on=needs)


def read_rules(session: AwsSession, names: Names) -> dict[str, ReadResult]:
    """Read all rules that have a name of this function's."""
    pages = session.events.get_paginator("list_rules").paginate(NamePrefix=names.rule_prefix)
    rules = [rule for page in pages for rule in page["Rules"] if names.is_rule(rule.get("Name", ""))]
    found = session.side_by_side(lambda rule: _read(session, names, rule), rules)
    return {rule["Name"]: one for rule, one in zip(rules, found, strict=True)}


def _read(session: AwsSession, names: Names, rule: RuleTypeDef) -> ReadResult:
    events = session.events
    try:
        pairs = events.list_tags_for_resource(ResourceARN=rule["Arn"]).get("Tags", [])
        pages = events.get_paginator("list_targets_by_rule").paginate(Rule=rule["Name"])
        targets = [target for page in pages for target in page["Targets"]]
    except events.exceptions.ResourceNotFoundException:
        return ReadResult()
    tags = ownership.from_pairs(pairs)  # type: ignore[arg-type]  # pairs of Key and Value
    found = _observed(names, dict(rule), targets, tags)
    return ReadResult(resource=found, owned=ownership.MARKS.is_owned(names.function, tags))


def _observed(
    names: Names, rule: Mapping[str, Any], targets: Sequence[Mapping[str, Any]], tags: Mapping[str, str]
) -> Resource:
    properties = {
        "description": rule.get("Description", ""),
        "expression": rule.get("ScheduleExpression", ""),
        "state": rule.get("State", "ENABLED"),
        "tags": tags,
        "targets": {target["Id"]: _observed_target(target) for target in targets},
    }
    # What no rule of ours has. PutRule takes away what it does not name.
    added = {"event_pattern": rule.get("EventPattern"), "role": rule.get("RoleArn")}
    properties.update({name: value for name, value in added.items() if value})
    return _rule(names, rule["Name"], properties)


def _observed_target(target: Mapping[str, Any]) -> dict[str, Any]:
    retries = target.get("RetryPolicy", {})
    known = {
        "arn": target["Arn"],
        "delivery_retries": retries.get("MaximumRetryAttempts"),
        "event": target.get("InputTransformer"),
        "max_event_age_seconds": retries.get("MaximumEventAgeInSeconds"),
    }
    ours = ("Arn", "Id", "InputTransformer", "RetryPolicy")
    return {**known, **{name: target[name] for name in target if name not in ours}}


def _create(context: Context, action: Action) -> None:
    _put_rule(context, action.resource, as_pairs(action.resource.properties["tags"]))
    _put_target(context, action.resource)


def _put_rule(context: Context, resource: Resource, tags: Sequence[Mapping[str, str]] = ()) -> None:
    properties = resource.properties
    request: dict[str, Any] = {
        "Name": resource.name,
        "ScheduleExpression": properties["expression"],
        "Description": properties["description"],
        "State": properties["state"],
    }
    if tags:
        request["Tags"] = tags
    _retry_transient(context, lambda: context.session.events.put_rule(**request))


def _put_target(context: Context, resource: Resource) -> None:
    target = resource.properties["targets"][_TARGET]
    entry: Any = {
        "Id": _TARGET,
        "Arn": target["arn"],
        "InputTransformer": target["event"],
        "RetryPolicy": {
            "MaximumRetryAttempts": target["delivery_retries"],
            "MaximumEventAgeInSeconds": target["max_event_age_seconds"],
        },
    }
    _all_entries(context, lambda: context.session.events.put_targets(Rule=resource.name, Targets=[entry]))


def _retry_transient(context: Context, call: Any) -> Any:
    return context.session.retry.call(
        call, seconds=_RETRY_SECONDS, is_transient=lambda error: error_code(error) in _PASSING_CODES
    )


def _all_entries(context: Context, call: Any) -> None:
    """Repeat a call that answers 200 although some of its entries failed.

    Raises:
        OperationError: Entries still fail, with AWS's code for the first.
    """
    failed: list[Any] = []

    def probe() -> bool | None:
        answer = _retry_transient(context, call)
        entries = answer.get("FailedEntries", []) if answer.get("FailedEntryCount") else []
        # A target that is not there need not be removed.
        failed[:] = [entry for entry in entries if entry.get("ErrorCode") != "ResourceNotFoundException"]
        passing = all(entry.get("ErrorCode") in _PASSING_CODES for entry in failed)
        return None if failed and passing else True

    context.session.retry.until(probe, seconds=_RETRY_SECONDS, what="the target of a rule")
    if failed:
        code, message = failed[0].get("ErrorCode", "no code"), failed[0].get("ErrorMessage", "no message")
        raise OperationError(f"EventBridge did not take the target of the rule: {code}: {message}")


def _update(context: Context, action: Action) -> None:
    changed, wanted = action.changed_fields, action.resource.properties
    before = action.observed.properties if action.observed is not None else {}
    if changed & {"description", "expression", "state", "event_pattern", "role"}:
        _put_rule(context, action.resource)
    if before.get("targets", {}).get(_TARGET) != wanted["targets"][_TARGET]:
        _put_target(context, action.resource)
    added = sorted(name for name in before.get("targets", {}) if name not in wanted["targets"])
    if added:
        _remove_targets(context, action.resource.name, added)
    if "tags" in changed:
        _update_tags(context, action, before.get("tags", {}))


def _update_tags(context: Context, action: Action, before: Mapping[str, str]) -> None:
    events, arn = context.session.events, context.names.rule_arn(action.resource.name)
    to_set, to_remove = changed_marks(before, action.resource.properties["tags"])
    if to_set:
        events.tag_resource(ResourceARN=arn, Tags=as_pairs(to_set))  # type: ignore[arg-type]  # pairs
    if to_remove:
        events.untag_resource(ResourceARN=arn, TagKeys=to_remove)


def _remove_targets(context: Context, rule: str, targets: Sequence[str]) -> None:
    _all_entries(context, lambda: context.session.events.remove_targets(Rule=rule, Ids=list(targets)))


def _delete(context: Context, action: Action) -> None:
    events, name = context.session.events, action.resource.name
    targets = sorted(action.resource.properties["targets"])
    try:
        if targets:
            _remove_targets(context, name, targets)
        _retry_transient(context, lambda: events.delete_rule(Name=name))
    except events.exceptions.ResourceNotFoundException:
        # Deleted already, by an earlier run or by hand.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
