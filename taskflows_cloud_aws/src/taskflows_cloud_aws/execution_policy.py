"""What a function may do: the inline policy of an execution role of our making. Pure."""

from __future__ import annotations

from typing import Any

from taskflows_cloud_aws.function_options import AwsFunctionOptions
from taskflows_cloud_aws.naming import Names

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
    statements = [_allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{names.log_group_arn}:*")]
    if options.dead_letter_arn is not None:
        sending = "sns:Publish" if ":sns:" in options.dead_letter_arn else "sqs:SendMessage"
        statements.append(_allow(sending, options.dead_letter_arn))
    if options.subnet_ids:
        statements.append(_allow(list(_NETWORK), "*"))
    if options.tracing == "Active":
        statements.append(_allow(list(_TRACES), "*"))
    if options.kms_key_arn is not None:
        statements.append(_allow("kms:Decrypt", options.kms_key_arn))
    return statements + [_as_given(statement) for statement in options.policy_statements]


def _allow(action: str | list[str], resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _as_given(statement: Any) -> dict[str, Any]:
    plain = {key: list(value) if isinstance(value, tuple) else value for key, value in statement.items()}
    return {"Effect": "Allow", **plain}
