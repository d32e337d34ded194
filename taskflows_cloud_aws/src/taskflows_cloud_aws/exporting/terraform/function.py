"""The function of a configuration, with what it needs before it can be. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taskflows_cloud_aws.exporting.terraform.values import Writer
from taskflows_cloud_core.kit.export.documents import without_blanks
from taskflows_cloud_core.kit.export.terraform import Block, literal
from taskflows_cloud_core.reconcile import Resource


def around(writer: Writer) -> Iterator[Block]:
    """What the function needs before it can be."""
    subject = writer.subject
    for one in subject.of_kind("log-group"):
        kept = {"name": one.name, "retention_in_days": one.properties["retention_days"]}
        yield "aws_cloudwatch_log_group", "log_group", {**kept, "tags": writer.say(subject.tags(one))}
    for role in subject.of_kind("role"):
        yield from role_of(writer, role, "execution")
    for one in subject.of_kind("queue"):
        arguments = {
            "name": one.name,
            "message_retention_seconds": one.properties["retention_seconds"],
            "sqs_managed_sse_enabled": one.properties["encrypted"],
            "tags": writer.say(subject.tags(one)),
        }
        yield "aws_sqs_queue", "queue", arguments
    for number, layer in enumerate(subject.of_kind("layer"), 1):
        file = f"var.layer_file_{number}"
        arguments = {"layer_name": layer.name, "filename": f"${{{file}}}"}
        arguments["source_code_hash"] = f"${{filebase64sha256({file})}}"
        yield "aws_lambda_layer_version", f"layer_{number}", arguments


def role_of(writer: Writer, role: Resource, label: str) -> Iterator[Block]:
    """A role and its one policy."""
    arguments = {
        # A name that functions share would be taken by the first configuration.
        "name": role.name if writer.subject.is_own(role) else None,
        "assume_role_policy": writer.document(role.properties["trust"]),
        "tags": writer.say(writer.subject.tags(role)),
    }
    yield "aws_iam_role", label, arguments
    policy = {"name": "taskflows-cloud", "role": f"${{aws_iam_role.{label}.id}}"}
    yield "aws_iam_role_policy", label, {**policy, "policy": writer.document(role.properties["policy"])}


def function(writer: Writer) -> dict[str, Any]:
    """The arguments of the function."""
    subject, found = writer.subject, writer.subject.function
    vpc, file_system = found.get("vpc", {}), found.get("file_system", {})
    variables = {literal(name): f"${{var.environment_{name}}}" for name in subject.variables}
    mounted = {"arn": writer.say(file_system.get("access_point")), "local_mount_path": file_system.get("mount_path")}
    needs = [f"{kind}.{label}" for kind, label, _ in around(writer) if kind != "aws_lambda_layer_version"]
    return {
        "function_name": subject.names.function,
        "description": writer.say(found["description"]),
        "runtime": found["runtime"],
        "handler": found["handler"],
        "architectures": [found["architecture"]],
        "filename": "${var.package_file}",
        "source_code_hash": "${filebase64sha256(var.package_file)}",
        "publish": True,
        "role": writer.say(found["role"]),
        "memory_size": found["memory_mb"],
        "timeout": found["timeout_seconds"],
        "ephemeral_storage": {"size": found["ephemeral_storage_mb"]},
        "environment": {"variables": variables} if variables else {},
        "dead_letter_config": without_blanks({"target_arn": writer.say(found.get("dead_letter"))}),
        "kms_key_arn": writer.say(found.get("kms_key")),
        "layers": writer.say(found.get("layers", [])),
        "tracing_config": {"mode": found["tracing"]},
        "vpc_config": without_blanks(
            {"subnet_ids": vpc.get("subnets"), "security_group_ids": vpc.get("security_groups")}
        ),
        "file_system_config": mounted if file_system else {},
        "reserved_concurrent_executions": subject.only("concurrency").get("runs_at_once"),
        "tags": writer.say(subject.tags(subject.of_kind("function")[0])),
        "depends_on": needs,
    }
