"""What a function may do: the inline policy of an execution role of our making. Pure."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions

# AWS managed policy AWSLambdaVPCAccessExecutionRole, its EC2 part. EC2 takes no narrower resource for these.
_NETWORK = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
# AWS managed policy AWSXRayDaemonWriteAccess, the part that writes.
_TRACES = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")


def execution_statements(names: Names, options: AwsFunctionOptions) -> list[dict[str, Any]]:
    """The statements: writing its own log, what its settings need, and what the user adds.

    Args:
        names: Of the function.
        options: Of the function.

    Returns:
        IAM statements, in the same order for the same options.
    """
    statements = [_writing_logs(names.log_group_arn)]
    if options.dead_letter_queue:
        statements.append(_allow("sqs:SendMessage", names.queue_arn))
    if options.dead_letter_arn is not None:
        sending = "sns:Publish" if ":sns:" in options.dead_letter_arn else "sqs:SendMessage"
        statements.append(_allow(sending, options.dead_letter_arn))
    if options.subnet_ids:
        statements.append(_allow(list(_NETWORK), "*"))
    if options.tracing == "Active":
        statements.append(_allow(list(_TRACES), "*"))
    if options.kms_key_arn is not None:
        statements.append(_allow("kms:Decrypt", options.kms_key_arn))
    if options.file_system_access_point_arn is not None:
        statements.append(_mounting(options.file_system_access_point_arn))
    return statements + [_as_given(statement) for statement in options.policy_statements]


def shared_statements(names: Names) -> list[dict[str, Any]]:
    """What every function of a region may do when they share a role: writing logs, nothing else."""
    return [_writing_logs(names.any_log_group_arn)]


def can_share(options: AwsFunctionOptions) -> bool:
    """Whether a function needs no more than `shared_statements`."""
    needs = (
        options.dead_letter_queue,
        options.dead_letter_arn,
        options.subnet_ids,
        options.tracing == "Active",
        options.kms_key_arn,
        options.policy_statements,
    )
    return not any(needs)


def _writing_logs(log_group_arn: str) -> dict[str, Any]:
    return _allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{log_group_arn}:*")


def _mounting(access_point: str) -> dict[str, Any]:
    # Amazon EFS User Guide, "Using IAM to control access to file systems", 2026-11-25. The ARN of the file system
    # itself is not known here; the access point tells which it is.
    place = access_point.rpartition(":")[0]
    actions = ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]
    condition = {"StringEquals": {"elasticfilesystem:AccessPointArn": access_point}}
    return {**_allow(actions, f"{place}:file-system/*"), "Condition": condition}


def _allow(action: str | list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _as_given(statement: Any) -> dict[str, Any]:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in statement.items()}
    return {"Effect": "Allow", **plain}
