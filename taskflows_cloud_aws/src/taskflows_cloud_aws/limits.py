"""The limits of AWS as data, each with the page that states it and the day on which it was read there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

# AWS Lambda, "Lambda quotas" (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), 2026-11-24.
MEMORY_MB = range(128, 10240 + 1)
TIMEOUT_SECONDS = range(1, 900 + 1)
EPHEMERAL_STORAGE_MB = range(512, 10240 + 1)
ENVIRONMENT_BYTES = 4096
PAYLOAD_BYTES_WAITING = 6 * 2**20
PAYLOAD_BYTES_NOT_WAITING = 2**20
LAYERS = 5
SUBNETS, SECURITY_GROUPS = 16, 5
# The same page: requests a second to Lambda's control plane, and the calls that are not counted there.
CONTROL_CALLS_A_SECOND = 15
CALLS_WITH_A_BUDGET_OF_THEIR_OWN = frozenset({"GetFunction", "GetPolicy", "Invoke"})
DIRECT_UPLOAD_BYTES = 50 * 2**20

# AWS Lambda API Reference, CreateFunction (API_CreateFunction.html), 2026-11-24.
FUNCTION_NAME_CHARACTERS = 64
FUNCTION_NAME = re.compile(rf"[a-zA-Z0-9-_]{{1,{FUNCTION_NAME_CHARACTERS}}}")
DESCRIPTION_CHARACTERS = 256

# AWS Lambda API Reference, PutFunctionEventInvokeConfig (API_PutFunctionEventInvokeConfig.html), 2026-11-24.
ASYNC_RETRIES = range(2 + 1)
ASYNC_EVENT_AGE_SECONDS = range(60, 21600 + 1)
# AWS Lambda, "Invoking a Lambda function asynchronously" (invocation-async.html), 2026-11-25: retries and age in
# seconds when nothing is said.
ASYNC_DEFAULTS = (2, 21600)

# AWS Lambda, "Lambda runtimes" (lambda-runtimes.html), from four published transcripts of its table of 2026-07, which
# agree, read on 2026-11-25: Python runtimes on which functions can still be created, and since when AWS no longer
# mends one.
RUNTIMES = ("python3.10", "python3.11", "python3.12", "python3.13", "python3.14")
DEPRECATED_RUNTIMES: Mapping[str, str] = MappingProxyType({"python3.10": "2026-10-31"})
ARCHITECTURES = ("x86_64", "arm64")
# The same page: what a function has when nothing is said.
DEFAULT_ARCHITECTURE = "x86_64"

# AWS Lambda, "Working with Lambda environment variables" (configuration-envvars.html): names that the
# runtime keeps for itself and refuses in a configuration. From copies of that page, 2026-11-24.
RESERVED_VARIABLES = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)
# The same page: a name begins with a letter and has at least two characters.
VARIABLE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]+")

# "Tagging limitations" of the EMR Serverless User Guide and "Tag restrictions" of the AWS Batch User Guide, which say
# what holds for AWS's services in general, 2026-11-25. Keys and values that begin with "aws:" are AWS's own.
TAGS = 50
TAG_KEY_CHARACTERS = 128
TAG_VALUE_CHARACTERS = 256
TAG_TEXT = re.compile(r"[\w .:/=+\-@]*")

# Amazon CloudWatch API Reference, PutMetricAlarm (API_PutMetricAlarm.html), 2026-11-25: the longest time that an
# alarm looks back, with periods of an hour, and with shorter ones.
ALARM_WINDOW_SECONDS, ALARM_WINDOW_OF_SHORT_PERIODS_SECONDS = 7 * 86400, 86400

# Amazon CloudWatch Logs API Reference, PutRetentionPolicy (API_PutRetentionPolicy.html), 2026-11-24.
RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip

# IAM, "IAM and AWS STS quotas" (reference_iam-quotas.html): characters of a role name, 2026-11-24.
ROLE_NAME_CHARACTERS = 64
# The same page: characters of all inline policies of a role together, blanks not counted, 2026-11-26.
ROLE_POLICY_CHARACTERS = 10240
# Bounds of our own. Each version takes code storage, of which an account has 75 GB a region.
DEFAULT_VERSIONS_KEPT = 10
VERSIONS_KEPT = range(1, 1000 + 1)
# A bound of our own: a letter to each of them.
ALARM_EMAILS = 20
# AWS Lambda API Reference, PutProvisionedConcurrencyConfig: at least 1; the account's limit is the most.
PROVISIONED_CONCURRENCY = range(1, 10**6)
# Amazon SQS Developer Guide, "Amazon SQS message quotas", 2026-11-25: characters of a queue's name.
QUEUE_NAME_CHARACTERS = 80
# Amazon EventBridge API Reference, PutRule (API_PutRule.html), 2026-11-24.
RULE_NAME_CHARACTERS = 64
RULE_DESCRIPTION_CHARACTERS = 512
# EventBridge Scheduler API Reference, CreateScheduleGroup and RetryPolicy, 2026-11-24.
SCHEDULE_GROUP_NAME_CHARACTERS = 64
SCHEDULE_RETRIES = range(185 + 1)
SCHEDULE_EVENT_AGE_SECONDS = range(60, 86400 + 1)
# Amazon EventBridge User Guide, "Quotas" (eb-quota.html), 2026-11: rules an event bus has room for, which is 300 in
# most regions. EventBridge Scheduler User Guide, "Quotas": schedules a region, 10,000,000.
RULES, RULES_IN_MOST_REGIONS = 100, 300
