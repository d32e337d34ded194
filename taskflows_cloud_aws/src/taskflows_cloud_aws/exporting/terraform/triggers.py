"""What starts the function of a configuration: rules, schedules, and the leave to do so. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from taskflows_cloud_aws.exporting.terraform.function import role_of
from taskflows_cloud_aws.exporting.terraform.values import ACCOUNT, FUNCTION, LIVE, Writer, retries
from taskflows_cloud_core.kit.export.terraform import Block, literal
from taskflows_cloud_core.reconcile import Resource


def invoking(writer: Writer) -> Iterator[Block]:
    """What Lambda does with runs that fail, and what it keeps warm."""
    alias = {"function_name": f"{FUNCTION}.function_name}}", "qualifier": f"{LIVE}.name}}"}
    for one in writer.subject.of_kind("invoke-config"):
        places = {
            name: {"destination": writer.say(place["Destination"])}
            for name, place in _destinations(one.properties.get("destinations", {}))
        }
        arguments = {
            "maximum_retry_attempts": one.properties["retries"],
            "maximum_event_age_in_seconds": one.properties["max_event_age_seconds"],
            "destination_config": places,
        }
        yield "aws_lambda_function_event_invoke_config", "live", {**alias, **arguments}
    for one in writer.subject.of_kind("provisioned-concurrency"):
        warm = {"provisioned_concurrent_executions": one.properties["environments"]}
        yield "aws_lambda_provisioned_concurrency_config", "live", {**alias, **warm}


def _destinations(found: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, ours in (("OnFailure", "on_failure"), ("OnSuccess", "on_success")):
        if name in found:
            yield ours, found[name]


def rules(writer: Writer) -> Iterator[Block]:
    """The rules with their targets, and the leave for them to run the function."""
    for one in writer.subject.of_kind("permission"):
        arguments = {
            "function_name": f"{FUNCTION}.function_name}}",
            "qualifier": f"{LIVE}.name}}",
            "statement_id": one.name,
            "action": one.properties["action"],
            "principal": one.properties["principal"]["Service"],
            "source_arn": writer.say(one.properties["source_arn"]),
            "source_account": ACCOUNT,
        }
        yield "aws_lambda_permission", "rules", arguments
    for rule in writer.subject.of_kind("rule"):
        label = f"rule_{rule.name.rpartition('-')[2]}"
        arguments = {
            "name": rule.name,
            "description": writer.say(rule.properties["description"]),
            "schedule_expression": rule.properties["expression"],
            "state": rule.properties["state"],
            "tags": writer.say(writer.subject.tags(rule)),
        }
        yield "aws_cloudwatch_event_rule", label, arguments
        target = {"rule": f"${{aws_cloudwatch_event_rule.{label}.name}}", "arn": f"{LIVE}.arn}}"}
        found = rule.properties["targets"]["function"]
        event = found["event"]
        arguments = {
            "input_transformer": {
                "input_paths": event["InputPathsMap"],
                "input_template": literal(event["InputTemplate"]),
            },
            "retry_policy": retries(found),
        }
        yield "aws_cloudwatch_event_target", label, {**target, "target_id": "function", **arguments}


def schedules(writer: Writer) -> Iterator[Block]:
    """The schedules of EventBridge Scheduler, with their group and role."""
    subject = writer.subject
    for role in subject.of_kind("scheduler-role"):
        yield from role_of(writer, role, "scheduler")
    for group in subject.of_kind("schedule-group"):
        tags = writer.say(subject.tags(group))
        yield "aws_scheduler_schedule_group", "schedules", {"name": group.name, "tags": tags}
    for one in subject.of_kind("schedule"):
        yield "aws_scheduler_schedule", f"schedule_{one.name}", _schedule(writer, one)


def _schedule(writer: Writer, one: Resource) -> dict[str, Any]:
    found = one.properties
    minutes = found["flexible_minutes"]
    window = {"mode": "FLEXIBLE", "maximum_window_in_minutes": minutes} if minutes else {"mode": "OFF"}
    return {
        "name": one.name,
        "group_name": "${aws_scheduler_schedule_group.schedules.name}",
        "description": writer.say(found["description"]),
        "schedule_expression": found["expression"],
        "schedule_expression_timezone": found["timezone"],
        "state": found["state"],
        "flexible_time_window": window,
        "target": {
            "arn": f"{LIVE}.arn}}",
            "role_arn": writer.say(found["role"]),
            "input": literal(found["event"]),
            "retry_policy": retries(found),
        },
    }
