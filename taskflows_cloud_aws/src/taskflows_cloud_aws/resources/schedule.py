"""A schedule of EventBridge Scheduler: one in another zone than UTC."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.naming.names import LIVE, Names
from taskflows_cloud_aws.resources import role, schedule_group
from taskflows_cloud_aws.resources.context import AwsHandler, Context
from taskflows_cloud_aws.resources.function import KIND as FUNCTION
from taskflows_cloud_aws.schedules.envelope import envelope
from taskflows_cloud_aws.session.error_codes import error_code, error_message
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import Trigger
from taskflows_cloud_core.reconcile import Action, Resource

KIND = "schedule"
# A new role reaches Scheduler after some seconds.
_ROLE_SECONDS = 300
# EventBridge Scheduler User Guide, "Adding context attributes", read in November 2026: it stays the same when an event
# comes twice.
_DUE = '"<aws.scheduler.scheduled-time>"'


def desired_schedule(
    names: Names,
    trigger: Trigger,
    role_arn: str,
    *,
    enabled: bool,
    delivery_retries: int,
    max_event_age_seconds: int,
) -> Resource:
    """A schedule that fires the function when the trigger says."""
    properties = {
        "action_after_completion": "NONE",
        "delivery_retries": delivery_retries,
        "description": f"{names.function}: {trigger.schedule}"[: limits.RULE_DESCRIPTION_CHARACTERS],
        "event": envelope(trigger, _DUE),
        "expression": trigger.expression.expression,
        "max_event_age_seconds": max_event_age_seconds,
        "role": role_arn,
        "state": "ENABLED" if enabled else "DISABLED",
        "target": names.live_arn,
        "timezone": trigger.expression.timezone,
        "flexible_minutes": trigger.expression.window_minutes,
    }
    return _schedule(names, trigger.name, properties)


def _schedule(names: Names, name: str, properties: Mapping[str, Any]) -> Resource:
    needs = [
        (FUNCTION, names.function),
        ("live", LIVE),
        (role.SCHEDULER, names.scheduler_role),
        (role.SCHEDULER, names.shared_scheduler_role),
        (schedule_group.KIND, names.schedule_group),
    ]
    return Resource(kind=KIND, name=name, properties=properties, depends_on=needs)


def read_schedules(session: AwsSession, names: Names) -> tuple[list[Resource], list[str]]:
    """Read the schedules in the function's group: ours, and the names of those that others put there."""
    pages = session.scheduler.get_paginator("list_schedules").paginate(GroupName=names.schedule_group)
    listed = [schedule["Name"] for page in pages for schedule in page["Schedules"]]
    ours = [name for name in listed if names.is_schedule(name)]
    found = session.side_by_side(lambda name: _read(session, names, name), ours)
    return [one for one in found if one is not None], sorted(set(listed) - set(ours))


def _read(session: AwsSession, names: Names, name: str) -> Resource | None:
    scheduler = session.scheduler
    try:
        answer: dict[str, Any] = dict(scheduler.get_schedule(GroupName=names.schedule_group, Name=name))
    except scheduler.exceptions.ResourceNotFoundException:
        return None
    target, retries = answer["Target"], answer["Target"].get("RetryPolicy", {})
    properties = {
        "action_after_completion": answer.get("ActionAfterCompletion", "NONE"),
        "delivery_retries": retries.get("MaximumRetryAttempts"),
        "description": answer.get("Description", ""),
        "event": target.get("Input", ""),
        "expression": answer["ScheduleExpression"],
        "max_event_age_seconds": retries.get("MaximumEventAgeInSeconds"),
        "role": target["RoleArn"],
        "state": answer.get("State", "ENABLED"),
        "target": target["Arn"],
        "timezone": answer.get("ScheduleExpressionTimezone", "UTC"),
        "flexible_minutes": answer["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0),
    }
    added = {name: str(answer[name]) for name in ("StartDate", "EndDate", "KmsKeyArn") if answer.get(name)}
    return _schedule(names, name, {**properties, **added})


def _window(minutes: int) -> dict[str, Any]:
    return {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes} if minutes else {"Mode": "OFF"}


def _request(context: Context, resource: Resource) -> dict[str, Any]:
    properties = resource.properties
    return {
        "Name": resource.name,
        "GroupName": context.names.schedule_group,
        "ScheduleExpression": properties["expression"],
        "ScheduleExpressionTimezone": properties["timezone"],
        "Description": properties["description"],
        "State": properties["state"],
        "ActionAfterCompletion": properties["action_after_completion"],
        "FlexibleTimeWindow": _window(properties["flexible_minutes"]),
        "Target": {
            "Arn": properties["target"],
            "RoleArn": properties["role"],
            "Input": properties["event"],
            "RetryPolicy": {
                "MaximumRetryAttempts": properties["delivery_retries"],
                "MaximumEventAgeInSeconds": properties["max_event_age_seconds"],
            },
        },
    }


def _will_pass(error: BaseException) -> bool:
    too_new = error_code(error) == "ValidationException" and "assume the role" in error_message(error)
    return too_new or error_code(error) in ("ConflictException", "InternalServerException")


def _create(context: Context, action: Action) -> None:
    scheduler = context.session.scheduler
    request = _request(context, action.resource)

    tried: list[bool] = []

    def put() -> None:
        # After a conflict it may stand in our group already: the answer to our own call was lost, or another
        # run was faster.
        exists = bool(tried) and _read(context.session, context.names, action.resource.name) is not None
        tried.append(True)
        if exists:
            scheduler.update_schedule(**request)
        else:
            scheduler.create_schedule(**request)

    _retry_transient(context, put)


def _update(context: Context, action: Action) -> None:
    request = _request(context, action.resource)
    _retry_transient(context, lambda: context.session.scheduler.update_schedule(**request))


def _retry_transient(context: Context, call: Any) -> Any:
    what = f"waiting up to {_ROLE_SECONDS} seconds until EventBridge Scheduler can use the role of the schedule"

    def note(error: BaseException) -> None:
        if "assume the role" in error_message(error):
            context.report(what)

    return context.session.retry.call(call, seconds=_ROLE_SECONDS, is_transient=_will_pass, on_retry=note)


def _delete(context: Context, action: Action) -> None:
    scheduler = context.session.scheduler
    try:
        _retry_transient(
            context,
            lambda: scheduler.delete_schedule(GroupName=context.names.schedule_group, Name=action.resource.name),
        )
    except scheduler.exceptions.ResourceNotFoundException:
        # Deleted already, by an earlier run or by hand.
        return


HANDLER = AwsHandler(create=_create, update=_update, delete=_delete)
