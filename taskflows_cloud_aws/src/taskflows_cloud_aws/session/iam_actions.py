"""Which right each call needs, as IAM spells it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Service Authorization Reference, "Actions, resources, and condition keys" of each service, 2026-11-24.
_CALLS = {
    "lambda": (
        "AddPermission",
        "CreateAlias",
        "CreateFunction",
        "DeleteAlias",
        "DeleteFunction",
        "DeleteFunctionConcurrency",
        "DeleteFunctionCodeSigningConfig",
        "DeleteFunctionEventInvokeConfig",
        "DeleteLayerVersion",
        "DeleteProvisionedConcurrencyConfig",
        "GetAlias",
        "GetFunction",
        "GetFunctionCodeSigningConfig",
        "GetFunctionEventInvokeConfig",
        "GetLayerVersion",
        "GetPolicy",
        "GetProvisionedConcurrencyConfig",
        "ListFunctions",
        "ListLayers",
        "ListLayerVersions",
        "ListVersionsByFunction",
        "PublishLayerVersion",
        "PublishVersion",
        "PutFunctionConcurrency",
        "PutFunctionCodeSigningConfig",
        "PutFunctionEventInvokeConfig",
        "PutProvisionedConcurrencyConfig",
        "RemovePermission",
        "UpdateAlias",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    ),
    "events": (
        "DeleteRule",
        "DisableRule",
        "EnableRule",
        "ListRules",
        "ListTargetsByRule",
        "PutRule",
        "PutTargets",
        "RemoveTargets",
    ),
    "scheduler": (
        "CreateSchedule",
        "CreateScheduleGroup",
        "DeleteSchedule",
        "DeleteScheduleGroup",
        "GetSchedule",
        "GetScheduleGroup",
        "ListScheduleGroups",
        "ListSchedules",
        "UpdateSchedule",
    ),
    "logs": (
        "CreateLogGroup",
        "DeleteLogGroup",
        "DescribeLogGroups",
        "FilterLogEvents",
        "PutRetentionPolicy",
    ),
    "iam": (
        "CreateRole",
        "DeleteRole",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "GetRole",
        "GetRolePolicy",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
        "PutRolePolicy",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
    ),
    "s3": ("DeleteObject", "PutObject"),
    "sqs": (
        "CreateQueue",
        "DeleteQueue",
        "GetQueueAttributes",
        "GetQueueUrl",
        "ListQueueTags",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
    ),
    "sns": ("CreateTopic", "DeleteTopic", "ListSubscriptionsByTopic", "Subscribe", "Unsubscribe"),
    "cloudwatch": (
        "DeleteAlarms",
        "DescribeAlarms",
        "PutMetricAlarm",
        "GetMetricData",
        "GetMetricStatistics",
    ),
    "sts": ("GetCallerIdentity",),
}

# An API call whose right has another name. TagResource and its like exist in several services.
_OTHER_NAMES = {"Invoke": "lambda:InvokeFunction", "ListObjectsV2": "s3:ListBucket"}

IAM_ACTIONS: Mapping[str, str] = MappingProxyType(
    {**{call: f"{service}:{call}" for service, calls in _CALLS.items() for call in calls}, **_OTHER_NAMES}
)
"""API call → the right that it needs."""
