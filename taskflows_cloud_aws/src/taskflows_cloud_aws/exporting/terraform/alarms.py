"""The alarms of a configuration and where they are sent to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting.subject import OPERATORS
from taskflows_cloud_aws.exporting.terraform.values import Writer
from taskflows_cloud_core.kit.export.terraform import Block
from taskflows_cloud_core.reconcile import Resource


def alarms(writer: Writer) -> Iterator[Block]:
    """The topic, its addresses and the alarms."""
    for topic in writer.subject.of_kind("topic"):
        yield "aws_sns_topic", "topic", {"name": topic.name, "tags": writer.say(writer.subject.tags(topic))}
        for number, address in enumerate(topic.properties["emails"], 1):
            arguments = {"topic_arn": "${aws_sns_topic.topic.arn}", "protocol": "email", "endpoint": address}
            yield "aws_sns_topic_subscription", f"email_{number}", arguments
    for number, alarm in enumerate(writer.subject.of_kind("alarm"), 1):
        yield "aws_cloudwatch_metric_alarm", f"alarm_{number}", _alarm(writer, alarm)


def _alarm(writer: Writer, alarm: Resource) -> dict[str, Any]:
    found = alarm.properties
    word = next(word for word in OPERATORS if word in found)
    return {
        "alarm_name": alarm.name,
        "alarm_description": writer.say(found["description"]),
        "actions_enabled": found["enabled"],
        "alarm_actions": writer.say(found["actions"]),
        "namespace": found["namespace"],
        "metric_name": found["metric"],
        "dimensions": writer.say(found["dimensions"]),
        "statistic": found["statistic"],
        "period": found["period_seconds"],
        "evaluation_periods": found["periods"],
        "threshold": found[word],
        "comparison_operator": OPERATORS[word],
        "treat_missing_data": found["without_data"],
        "tags": writer.say(writer.subject.tags(alarm)),
    }
