"""The words of a configuration: references, data sources, what is taken literally. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_core.kit.export.terraform import literal

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
PARTITION = "${data.aws_partition.current.partition}"
REGION = "${var.region}"
FUNCTION, LIVE = "${aws_lambda_function.function", "${aws_lambda_alias.live"
"""References, to be closed by an attribute and a brace."""


@attrs.frozen
class Writer:
    """Says values with references to the configuration's own resources."""

    subject: Subject

    def references(self) -> dict[str, str]:
        """What stands for the ARN of each resource of the configuration."""
        subject, names = self.subject, self.subject.names
        found = {names.function_arn: f"{FUNCTION}.arn}}", names.live_arn: f"{LIVE}.arn}}"}
        for kind, label in (("role", "execution"), ("scheduler-role", "scheduler")):
            found |= {subject.role_arn(role): f"${{aws_iam_role.{label}.arn}}" for role in subject.of_kind(kind)}
        for number, layer in enumerate(subject.of_kind("layer"), 1):
            found[subject.layer_arn(layer)] = f"${{aws_lambda_layer_version.layer_{number}.arn}}"
        for service, kind, what in (("sqs", "queue", "aws_sqs_queue.queue"), ("sns", "topic", "aws_sns_topic.topic")):
            for one in subject.of_kind(kind):
                arn = f"arn:{names.partition}:{service}:{names.region}:{names.account}:{one.name}"
                found[arn] = f"${{{what}.arn}}"
        return found

    def say(self, value: Any) -> Any:
        """A value with references in it; everything else in it is taken literally by Terraform."""
        if isinstance(value, Mapping):
            return {literal(name): self.say(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.say(one) for one in value]
        if not isinstance(value, str):
            return value
        return self.references().get(value) or self._text(value)

    def _text(self, value: str) -> str:
        names, text = self.subject.names, literal(value)
        if value == names.account:
            return ACCOUNT
        if not value.startswith(f"arn:{names.partition}:") or f":{names.account}:" not in value:
            return text
        text = text.replace(f"arn:{names.partition}:", f"arn:{PARTITION}:")
        return text.replace(f":{names.region}:", f":{REGION}:").replace(f":{names.account}:", f":{ACCOUNT}:")

    def document(self, policy: Mapping[str, Any]) -> str:
        """A policy as the text that Terraform wants."""
        return json.dumps(self.say(policy))


def retries(properties: Mapping[str, Any]) -> dict[str, Any]:
    """How often the delivery of an event is tried again."""
    return {
        "maximum_retry_attempts": properties["delivery_retries"],
        "maximum_event_age_in_seconds": properties["max_event_age_seconds"],
    }
