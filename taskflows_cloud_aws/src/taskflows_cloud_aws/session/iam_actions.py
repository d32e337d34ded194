"""The IAM actions that deploying and operating need, by statement of the deployer policy.

The only list of AWS operations: the policy, the names in error messages and the checks of `diagnose` all come from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Service Authorization Reference, "Actions, resources, and condition keys" of each service, 2026-11-25.
# sts:GetCallerIdentity is also called, and needs no permission.
STATEMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # These have no narrower resource.
        "Listing": ("events:ListRules", "lambda:ListFunctions", "logs:DescribeLogGroups", "scheduler:ListSchedules"),
        "AlarmListing": ("cloudwatch:DescribeAlarms", "sns:Unsubscribe"),
        "LayerListing": ("lambda:ListLayerVersions", "lambda:ListLayers"),
        "RoleListing": ("scheduler:ListScheduleGroups",),
        # Lambda returns the tags of a function, which show whether it is ours, only to callers with lambda:ListTags.
        "Functions": (
            "lambda:CreateAlias",
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:DeleteFunctionConcurrency",
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetPolicy",
            "lambda:ListTags",
            "lambda:ListVersionsByFunction",
            "lambda:PublishVersion",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ),
        "Grants": ("lambda:AddPermission", "lambda:RemovePermission"),
        "GivenLayers": ("lambda:GetLayerVersion",),
        "Rules": (
            "events:DeleteRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:TagResource",
            "events:UntagResource",
        ),
        "ScheduleGroups": (
            "scheduler:CreateScheduleGroup",
            "scheduler:DeleteScheduleGroup",
            "scheduler:GetScheduleGroup",
            "scheduler:ListTagsForResource",
            "scheduler:TagResource",
            "scheduler:UntagResource",
        ),
        "Schedules": (
            "scheduler:CreateSchedule",
            "scheduler:DeleteSchedule",
            "scheduler:GetSchedule",
            "scheduler:UpdateSchedule",
        ),
        "LogGroups": (
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ),
        "Roles": (
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListRolePolicies",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
        ),
        "PassExecutionRole": ("iam:PassRole",),
        "PassSchedulerRole": ("iam:PassRole",),
        "Bucket": ("s3:ListBucket",),
        # Lambda reads the archive with the permissions of the caller.
        "Archives": ("s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
        # AWS Lambda Developer Guide, "Securing Lambda environment variables", the part on users.
        "Key": ("kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"),
        "Alarms": (
            "cloudwatch:DeleteAlarms",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
            "cloudwatch:UntagResource",
        ),
        "Topics": (
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:ListSubscriptionsByTopic",
            "sns:ListTagsForResource",
            "sns:Subscribe",
            "sns:TagResource",
            "sns:UntagResource",
        ),
        "Queues": (
            "sqs:CreateQueue",
            "sqs:DeleteQueue",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
            "sqs:ListQueueTags",
            "sqs:SetQueueAttributes",
            "sqs:TagQueue",
            "sqs:UntagQueue",
        ),
        "Layers": ("lambda:DeleteLayerVersion", "lambda:PublishLayerVersion"),
        "Invoking": ("lambda:InvokeFunction",),
        "Logs": ("logs:FilterLogEvents",),
        "Metrics": ("cloudwatch:GetMetricData", "cloudwatch:GetMetricStatistics"),
        "Provisioned": (
            "lambda:DeleteProvisionedConcurrencyConfig",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:PutProvisionedConcurrencyConfig",
        ),
        # AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC", the part on users.
        "Network": ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
    }
)
"""Statement → its actions."""

# Operations whose action has another name, or that need none.
_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "GetCallerIdentity": "sts:GetCallerIdentity",
        "Invoke": "lambda:InvokeFunction",
        "ListObjectsV2": "s3:ListBucket",
    }
)


def action_of(operation: str) -> str:
    """Find the IAM action of an API operation.

    Args:
        operation: For instance ``"CreateFunction"``.

    Returns:
        For instance ``"lambda:CreateFunction"``; the operation itself when it exists in several services, as
        TagResource does, or is not listed.
    """
    if operation in _OTHER_NAMES:
        return _OTHER_NAMES[operation]
    found = {action for actions in STATEMENTS.values() for action in actions if action.partition(":")[2] == operation}
    return found.pop() if len(found) == 1 else operation
