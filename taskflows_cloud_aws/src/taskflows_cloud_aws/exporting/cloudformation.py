"""A CloudFormation template in JSON. Pure.

Values of the environment and the place of the code are parameters. ARNs of this account and region are written with
pseudo parameters, so that the template is good elsewhere too.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from taskflows_cloud_aws.exporting import explained
from taskflows_cloud_aws.exporting.subject import Subject, without_blanks
from taskflows_cloud_core.reconcile import Resource

TEMPLATE = "template.json"
_OPERATORS = {"at least": "GreaterThanOrEqualToThreshold", "less than": "LessThanThreshold"}
# What a version has of a function; another digest is another version.
_OF_VERSION = ("code_sha256", "memory_mb", "timeout_seconds", "layers", "runtime", "handler", "role", "tracing", "vpc")


def write(subject: Subject) -> dict[str, str]:
    """The template and how to use it."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"The function {subject.names.function} with its schedules",
        "Parameters": dict(_parameters(subject)),
        "Resources": dict(_resources(_Writer(subject))),
        "Outputs": {"LiveArn": {"Description": "What schedules call", "Value": {"Ref": "Live"}}},
    }
    return {
        TEMPLATE: json.dumps(template, indent=2) + "\n",
        explained.FILE_NAME: explained.of_cloudformation(subject, [name for name, _ in _secrets(subject)]),
    }


def _parameters(subject: Subject) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "CodeBucket",
        {"Type": "String", "Description": "The S3 bucket, of the stack's region, that holds the archive"},
    )
    key = f"{subject.names.upload_prefix}{subject.function['code_sha256']}.zip"
    yield "CodeKey", {"Type": "String", "Description": "The key of the archive in the bucket", "Default": key}
    revision = "Change it to publish another version, for instance after a change of the environment"
    yield "Revision", {"Type": "String", "Default": "1", "Description": revision}
    for number, _ in enumerate(subject.of_kind("layer"), 1):
        yield f"LayerKey{number}", {"Type": "String", "Description": "The key of a layer's archive in the bucket"}
    for parameter, variable in _secrets(subject):
        yield parameter, {"Type": "String", "NoEcho": True, "Description": f"The environment variable {variable}"}


def _secrets(subject: Subject) -> Iterator[tuple[str, str]]:
    """A parameter for each environment variable; CloudFormation takes letters and digits only."""
    for number, variable in enumerate(subject.variables, 1):
        letters = "".join(character for character in variable.title() if character.isalnum() and character.isascii())
        yield f"Environment{number}{letters}", variable


@attrs.frozen
class _Writer:
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
            found[_arn(subject, "sqs", one.name)] = {"Fn::GetAtt": ["Queue", "Arn"]}
        for one in subject.of_kind("topic"):
            found[_arn(subject, "sns", one.name)] = {"Ref": "Topic"}
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


def _arn(subject: Subject, service: str, name: str) -> str:
    names = subject.names
    return f"arn:{names.partition}:{service}:{names.region}:{names.account}:{name}"


def _resources(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from _around(writer)
    yield "Function", _function(writer)
    version = _version_id(writer.subject)
    yield version, _version(writer.subject)
    yield "Live", _alias(writer.subject, version)
    yield from _invoking(writer)
    yield from _rules(writer)
    yield from _schedules(writer)
    yield from _alarms(writer)


def _resource(kind: str, properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": without_blanks(properties), **more}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _around(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the function needs before it can be."""
    subject = writer.subject
    for one in subject.of_kind("log-group"):
        properties = {"LogGroupName": one.name, "RetentionInDays": one.properties["retention_days"]}
        yield "LogGroup", _resource("Logs::LogGroup", {**properties, "Tags": _pairs(subject.tags(one))})
    for role in subject.of_kind("role"):
        yield "ExecutionRole", _role(writer, role)
    for one in subject.of_kind("queue"):
        properties = {
            "QueueName": one.name,
            "MessageRetentionPeriod": one.properties["retention_seconds"],
            "SqsManagedSseEnabled": one.properties["encrypted"],
            "Tags": _pairs(subject.tags(one)),
        }
        yield "Queue", _resource("SQS::Queue", properties)
    for number, layer in enumerate(subject.of_kind("layer"), 1):
        content = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": f"LayerKey{number}"}}
        yield f"Layer{number}", _resource("Lambda::LayerVersion", {"LayerName": layer.name, "Content": content})


def _role(writer: _Writer, role: Resource) -> dict[str, Any]:
    properties = {
        # A name that functions share would be taken by the first stack.
        "RoleName": role.name if writer.subject.is_own(role) else None,
        "AssumeRolePolicyDocument": _document(writer, role.properties["trust"]),
        "Policies": [
            {"PolicyName": "taskflows-cloud", "PolicyDocument": writer.say(role.properties["policy"])},
        ],
        "Tags": _pairs(writer.subject.tags(role)),
    }
    return _resource("IAM::Role", properties)


def _document(writer: _Writer, trust: Mapping[str, Any]) -> Any:
    """A trust policy; the bare account in its condition is the stack's."""
    text = json.dumps(trust)
    account = writer.subject.names.account
    said: Any = json.loads(text, object_hook=lambda found: _with_account(found, account))
    return said


def _with_account(found: dict[str, Any], account: str) -> dict[str, Any]:
    return {name: {"Ref": "AWS::AccountId"} if value == account else value for name, value in found.items()}


def _function(writer: _Writer) -> dict[str, Any]:
    subject, found = writer.subject, writer.subject.function
    function = subject.of_kind("function")[0]
    vpc, file_system = found.get("vpc", {}), found.get("file_system", {})
    mounted = {"Arn": writer.say(file_system.get("access_point")), "LocalMountPath": file_system.get("mount_path")}
    properties = {
        "FunctionName": subject.names.function,
        "Description": found["description"],
        "Runtime": found["runtime"],
        "Handler": found["handler"],
        "Architectures": [found["architecture"]],
        "Code": {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}},
        "Role": writer.say(found["role"]),
        "MemorySize": found["memory_mb"],
        "Timeout": found["timeout_seconds"],
        "EphemeralStorage": {"Size": found["ephemeral_storage_mb"]},
        "Environment": without_blanks(
            {"Variables": {variable: {"Ref": parameter} for parameter, variable in _secrets(subject)}}
        ),
        "DeadLetterConfig": without_blanks({"TargetArn": writer.say(found.get("dead_letter"))}),
        "KmsKeyArn": writer.say(found.get("kms_key")),
        "Layers": writer.say(found.get("layers", [])),
        "TracingConfig": {"Mode": found["tracing"]},
        "VpcConfig": without_blanks({"SubnetIds": vpc.get("subnets"), "SecurityGroupIds": vpc.get("security_groups")}),
        "FileSystemConfigs": [mounted] if file_system else [],
        "ReservedConcurrentExecutions": subject.only("concurrency").get("runs_at_once"),
        "CodeSigningConfigArn": writer.say(subject.only("code-signing").get("arn")),
        "Tags": _pairs(subject.tags(function)),
    }
    # With its log group there before, Lambda makes none that keeps everything for ever.
    needs = ["LogGroup"] if subject.of_kind("log-group") else []
    return _resource("Lambda::Function", properties, **({"DependsOn": needs} if needs else {}))


def _version_id(subject: Subject) -> str:
    """Another state of the function is another version, so it has another logical name."""
    found = {name: subject.function.get(name) for name in _OF_VERSION}
    state = json.dumps({**found, "variables": subject.variables}, sort_keys=True, default=list)
    return f"Version{hashlib.sha256(state.encode()).hexdigest()[:10]}"


def _version(subject: Subject) -> dict[str, Any]:
    digest = base64.b64encode(bytes.fromhex(subject.function["code_sha256"])).decode()
    properties = {"FunctionName": {"Ref": "Function"}, "CodeSha256": digest, "Description": {"Ref": "Revision"}}
    # An older version may be returned to.
    return _resource("Lambda::Version", properties, DeletionPolicy="Retain", UpdateReplacePolicy="Retain")


def _alias(subject: Subject, version: str) -> dict[str, Any]:
    warm = subject.only("provisioned-concurrency").get("environments")
    properties = {
        "FunctionName": {"Ref": "Function"},
        "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
        "Name": "live",
        "ProvisionedConcurrencyConfig": without_blanks({"ProvisionedConcurrentExecutions": warm}),
    }
    return _resource("Lambda::Alias", properties)


def _invoking(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in writer.subject.of_kind("invoke-config"):
        properties = {
            "FunctionName": {"Ref": "Function"},
            "Qualifier": "live",
            "MaximumRetryAttempts": one.properties["retries"],
            "MaximumEventAgeInSeconds": one.properties["max_event_age_seconds"],
            "DestinationConfig": writer.say(one.properties.get("destinations", {})),
        }
        yield "InvokeConfig", _resource("Lambda::EventInvokeConfig", properties, DependsOn=["Live"])


def _rules(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in writer.subject.of_kind("permission"):
        properties = {
            "FunctionName": {"Ref": "Live"},
            "Action": one.properties["action"],
            "Principal": one.properties["principal"]["Service"],
            "SourceArn": writer.say(one.properties["source_arn"]),
            "SourceAccount": {"Ref": "AWS::AccountId"},
        }
        yield "RulesPermission", _resource("Lambda::Permission", properties)
    for rule in writer.subject.of_kind("rule"):
        target = rule.properties["targets"]["function"]
        properties = {
            "Name": rule.name,
            "Description": rule.properties["description"],
            "ScheduleExpression": rule.properties["expression"],
            "State": rule.properties["state"],
            "Targets": [{"Id": "function", "Arn": {"Ref": "Live"}, "RetryPolicy": _retries(target)}],
        }
        yield f"Rule{rule.name.rpartition('-')[2]}", _resource("Events::Rule", properties)


def _retries(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "MaximumRetryAttempts": properties["delivery_retries"],
        "MaximumEventAgeInSeconds": properties["max_event_age_seconds"],
    }


def _schedules(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    subject = writer.subject
    for role in subject.of_kind("scheduler-role"):
        yield "SchedulerRole", _role(writer, role)
    for group in subject.of_kind("schedule-group"):
        properties = {"Name": group.name, "Tags": _pairs(subject.tags(group))}
        yield "ScheduleGroup", _resource("Scheduler::ScheduleGroup", properties)
    for one in subject.of_kind("schedule"):
        yield f"Schedule{one.name}", _resource("Scheduler::Schedule", _schedule(writer, one))


def _schedule(writer: _Writer, one: Resource) -> dict[str, Any]:
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
            "RetryPolicy": _retries(found),
        },
    }


def _alarms(writer: _Writer) -> Iterator[tuple[str, dict[str, Any]]]:
    for topic in writer.subject.of_kind("topic"):
        subscriptions = [{"Protocol": "email", "Endpoint": one} for one in topic.properties["emails"]]
        properties = {"TopicName": topic.name, "Subscription": subscriptions}
        yield "Topic", _resource("SNS::Topic", {**properties, "Tags": _pairs(writer.subject.tags(topic))})
    for number, alarm in enumerate(writer.subject.of_kind("alarm"), 1):
        yield f"Alarm{number}", _resource("CloudWatch::Alarm", _alarm(writer, alarm))


def _alarm(writer: _Writer, alarm: Resource) -> dict[str, Any]:
    found = alarm.properties
    word = next(word for word in _OPERATORS if word in found)
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
        "ComparisonOperator": _OPERATORS[word],
        "TreatMissingData": found["without_data"],
        "Tags": _pairs(writer.subject.tags(alarm)),
    }
