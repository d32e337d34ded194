"""The words of a template: references, pseudo parameters, tags. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import attrs

from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_core.kit.export.documents import without_blanks

Named: TypeAlias = tuple[str, dict[str, Any]]


def secrets(subject: Subject) -> Iterator[tuple[str, str]]:
    """A parameter for each environment variable; CloudFormation takes letters and digits only."""
    for number, variable in enumerate(subject.variables, 1):
        letters = "".join(character for character in variable.title() if character.isalnum() and character.isascii())
        yield f"Environment{number}{letters}", variable


@attrs.frozen
class Writer:
    """Says values with references to the template's own resources."""

    subject: Subject

    def references(self) -> dict[str, Any]:
        """What stands for the ARN of each resource of the template."""
        subject, names = self.subject, self.subject.names
        found: dict[str, Any] = {
            names.function_arn: {"Fn::GetAtt": ["Function", "Arn"]},
            names.live_arn: {"Ref": "Live"},
        }
        for kind, logical in (("role", "ExecutionRole"), ("scheduler-role", "SchedulerRole")):
            for role in subject.of_kind(kind):
                found[subject.role_arn(role)] = {"Fn::GetAtt": [logical, "Arn"]}
        for number, layer in enumerate(subject.of_kind("layer"), 1):
            found[subject.layer_arn(layer)] = {"Ref": f"Layer{number}"}
        for one in subject.of_kind("queue"):
            found[arn_of(subject, "sqs", one.name)] = {"Fn::GetAtt": ["Queue", "Arn"]}
        for one in subject.of_kind("topic"):
            found[arn_of(subject, "sns", one.name)] = {"Ref": "Topic"}
        return found

    def say(self, value: Any) -> Any:
        """A value with references in it."""
        if isinstance(value, Mapping):
            return {name: self.say(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.say(one) for one in value]
        if not isinstance(value, str):
            return value
        return self.references().get(value) or self._text(value)

    def _text(self, value: str) -> Any:
        names = self.subject.names
        if not value.startswith(f"arn:{names.partition}:") or f":{names.account}:" not in value:
            return value
        text = value.replace("${", "${!").replace(f"arn:{names.partition}:", "arn:${AWS::Partition}:")
        text = text.replace(f":{names.region}:", ":${AWS::Region}:").replace(
            f":{names.account}:", ":${AWS::AccountId}:"
        )
        return {"Fn::Sub": text}


def arn_of(subject: Subject, service: str, name: str) -> str:
    """The ARN of a queue or a topic of the function."""
    names = subject.names
    return f"arn:{names.partition}:{service}:{names.region}:{names.account}:{name}"


def resource(kind: str, properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A resource without the properties that say nothing."""
    return {"Type": f"AWS::{kind}", "Properties": without_blanks(properties), **more}


def pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a template spells them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def retries(properties: Mapping[str, Any]) -> dict[str, Any]:
    """How often the delivery of an event is tried again."""
    return {
        "MaximumRetryAttempts": properties["delivery_retries"],
        "MaximumEventAgeInSeconds": properties["max_event_age_seconds"],
    }
