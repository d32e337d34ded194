"""What starts the function of a template: rules, schedules, and the leave to do so. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting.cloudformation.function import role_of
from taskflows_cloud_aws.exporting.cloudformation.values import Named, Writer, pairs, resource, retries
from taskflows_cloud_core.reconcile import Resource


def invoking(writer: Writer) -> Iterator[Named]:
    """What Lambda does with runs that fail."""
    for one in writer.subject.of_kind("invoke-config"):
        properties = {
            "FunctionName": {"Ref": "Function"},
            "Qualifier": "live",
            "MaximumRetryAttempts": one.properties["retries"],
            "MaximumEventAgeInSeconds": one.properties["max_event_age_seconds"],
            "DestinationConfig": writer.say(one.properties.get("destinations", {})),
        }
        yield "InvokeConfig", resource("Lambda::EventInvokeConfig", properties, DependsOn=["Live"])


def rules(writer: Writer) -> Iterator[Named]:
    """The rules, and the leave for them to run the function."""
    for one in writer.subject.of_kind("permission"):
        properties = {
            "FunctionName": {"Ref": "Live"},
            "Action": one.properties["action"],
            "Principal": one.properties["principal"]["Service"],
            "SourceArn": writer.say(one.properties["source_arn"]),
            "SourceAccount": {"Ref": "AWS::AccountId"},
        }
        yield "RulesPermission", resource("Lambda::Permission", properties)
    for rule in writer.subject.of_kind("rule"):
        target = rule.properties["targets"]["function"]
        properties = {
            "Name": rule.name,
            "Description": rule.properties["description"],
            "ScheduleExpression": rule.properties["expression"],
            "State": rule.properties["state"],
            "Targets": [
                {
                    "Id": "function",
                    "Arn": {"Ref": "Live"},
                    "InputTransformer": target["event"],
                    "RetryPolicy": retries(target),
                }
            ],
        }
        yield f"Rule{rule.name.rpartition('-')[2]}", resource("Events::Rule", properties)


def schedules(writer: Writer) -> Iterator[Named]:
    """The schedules of EventBridge Scheduler, with their group and role."""
    subject = writer.subject
    for role in subject.of_kind("scheduler-role"):
        yield "SchedulerRole", role_of(writer, role)
    for group in subject.of_kind("schedule-group"):
        properties = {"Name": group.name, "Tags": pairs(subject.tags(group))}
        yield "ScheduleGroup", resource("Scheduler::ScheduleGroup", properties)
    for one in subject.of_kind("schedule"):
        yield f"Schedule{one.name}", resource("Scheduler::Schedule", _schedule(writer, one))


def _schedule(writer: Writer, one: Resource) -> dict[str, Any]:
    found = one.properties
    minutes = found["flexible_minutes"]
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": minutes} if minutes else {"Mode": "OFF"}
    return {
        "Name": one.name,
        "GroupName": {"Ref": "ScheduleGroup"},
        "Description": found["description"],
        "ScheduleExpression": found["expression"],
        "ScheduleExpressionTimezone": found["timezone"],
        "State": found["state"],
        "FlexibleTimeWindow": window,
        "Target": {
            "Arn": {"Ref": "Live"},
            "RoleArn": writer.say(found["role"]),
            "Input": found["event"],
            "RetryPolicy": retries(found),
        },
    }
