"""The function of a template, with what it needs before it can be, its version and its alias. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from taskflows_cloud_aws.exporting.cloudformation.values import Named, Writer, pairs, resource, secrets
from taskflows_cloud_aws.exporting.subject import Subject
from taskflows_cloud_core.kit.export.documents import without_blanks
from taskflows_cloud_core.reconcile import Resource

# What a version does not keep of a function.
_NOT_OF_VERSION = frozenset({"environment", "last_update", "state", "tags"})


def around(writer: Writer) -> Iterator[Named]:
    """What the function needs before it can be."""
    subject = writer.subject
    for one in subject.of_kind("log-group"):
        properties = {"LogGroupName": one.name, "RetentionInDays": one.properties["retention_days"]}
        yield "LogGroup", resource("Logs::LogGroup", {**properties, "Tags": pairs(subject.tags(one))})
    for role in subject.of_kind("role"):
        yield "ExecutionRole", role_of(writer, role)
    for one in subject.of_kind("queue"):
        properties = {
            "QueueName": one.name,
            "MessageRetentionPeriod": one.properties["retention_seconds"],
            "SqsManagedSseEnabled": one.properties["encrypted"],
            "Tags": pairs(subject.tags(one)),
        }
        yield "Queue", resource("SQS::Queue", properties)
    for number, layer in enumerate(subject.of_kind("layer"), 1):
        content = {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": f"LayerKey{number}"}}
        yield f"Layer{number}", resource("Lambda::LayerVersion", {"LayerName": layer.name, "Content": content})


def role_of(writer: Writer, role: Resource) -> dict[str, Any]:
    """A role with its one policy."""
    properties = {
        # A name that functions share would be taken by the first stack.
        "RoleName": role.name if writer.subject.is_own(role) else None,
        "AssumeRolePolicyDocument": _document(writer, role.properties["trust"]),
        "Policies": [
            {"PolicyName": "taskflows-cloud", "PolicyDocument": writer.say(role.properties["policy"])},
        ],
        "Tags": pairs(writer.subject.tags(role)),
    }
    return resource("IAM::Role", properties)


def _document(writer: Writer, trust: Mapping[str, Any]) -> Any:
    """A trust policy; the bare account in its condition is the stack's."""
    text = json.dumps(trust)
    account = writer.subject.names.account
    said: Any = json.loads(text, object_hook=lambda found: _with_account(found, account))
    return said


def _with_account(found: dict[str, Any], account: str) -> dict[str, Any]:
    return {name: {"Ref": "AWS::AccountId"} if value == account else value for name, value in found.items()}


def function(writer: Writer) -> dict[str, Any]:
    """The function itself."""
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
            {"Variables": {variable: {"Ref": parameter} for parameter, variable in secrets(subject)}}
        ),
        "DeadLetterConfig": without_blanks({"TargetArn": writer.say(found.get("dead_letter"))}),
        "KmsKeyArn": writer.say(found.get("kms_key")),
        "Layers": writer.say(found.get("layers", [])),
        "TracingConfig": {"Mode": found["tracing"]},
        "VpcConfig": without_blanks({"SubnetIds": vpc.get("subnets"), "SecurityGroupIds": vpc.get("security_groups")}),
        "FileSystemConfigs": [mounted] if file_system else [],
        "ReservedConcurrentExecutions": subject.only("concurrency").get("runs_at_once"),
        "Tags": pairs(subject.tags(function)),
    }
    # With its log group there before, Lambda makes none that keeps everything for ever.
    needs = ["LogGroup"] if subject.of_kind("log-group") else []
    return resource("Lambda::Function", properties, **({"DependsOn": needs} if needs else {}))


def version_id(subject: Subject) -> str:
    """Another state of the function is another version, so it has another logical name."""
    found = {name: value for name, value in subject.function.items() if name not in _NOT_OF_VERSION}
    state = json.dumps({**found, "variables": subject.variables}, sort_keys=True, default=list)
    return f"Version{hashlib.sha256(state.encode()).hexdigest()[:10]}"


def version(subject: Subject) -> dict[str, Any]:
    """The version that goes live."""
    digest = base64.b64encode(bytes.fromhex(subject.function["code_sha256"])).decode()
    properties = {"FunctionName": {"Ref": "Function"}, "CodeSha256": digest, "Description": {"Ref": "Revision"}}
    # An older version may be returned to.
    return resource("Lambda::Version", properties, DeletionPolicy="Retain", UpdateReplacePolicy="Retain")


def alias(subject: Subject, version: str) -> dict[str, Any]:
    """The alias that schedules call."""
    warm = subject.only("provisioned-concurrency").get("environments")
    properties = {
        "FunctionName": {"Ref": "Function"},
        "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
        "Name": "live",
        "ProvisionedConcurrencyConfig": without_blanks({"ProvisionedConcurrentExecutions": warm}),
    }
    return resource("Lambda::Alias", properties)
