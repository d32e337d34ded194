"""The alarms of a template and where they are sent to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting.cloudformation.values import Named, Writer, pairs, resource
from taskflows_cloud_aws.exporting.subject import OPERATORS
from taskflows_cloud_core.reconcile import Resource


def alarms(writer: Writer) -> Iterator[Named]:
    """The topic and the alarms."""
    for topic in writer.subject.of_kind("topic"):
        subscriptions = [{"Protocol": "email", "Endpoint": one} for one in topic.properties["emails"]]
        properties = {"TopicName": topic.name, "Subscription": subscriptions}
        yield "Topic", resource("SNS::Topic", {**properties, "Tags": pairs(writer.subject.tags(topic))})
    for number, alarm in enumerate(writer.subject.of_kind("alarm"), 1):
        yield f"Alarm{number}", resource("CloudWatch::Alarm", _alarm(writer, alarm))


def _alarm(writer: Writer, alarm: Resource) -> dict[str, Any]:
    found = alarm.properties
    word = next(word for word in OPERATORS if word in found)
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": found["description"],
        "ActionsEnabled": found["enabled"],
        "AlarmActions": writer.say(found["actions"]),
        "Namespace": found["namespace"],
        "MetricName": found["metric"],
        "Dimensions": [{"Name": name, "Value": value} for name, value in found["dimensions"].items()],
        "Statistic": found["statistic"],
        "Period": found["period_seconds"],
        "EvaluationPeriods": found["periods"],
        "Threshold": found[word],
        "ComparisonOperator": OPERATORS[word],
        "TreatMissingData": found["without_data"],
        "Tags": pairs(writer.subject.tags(alarm)),
    }
