"""What users may say about AWS, once for an environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.settings import identifiers
from taskflows_cloud_core import ConfigurationError, Problem
from taskflows_cloud_core.kit import checks
from taskflows_cloud_core.kit.checks import Check

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}")
_URL = re.compile(r"https?://\S+")
# Amazon S3 User Guide, "General purpose bucket naming rules", 2026-11-24.
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _line(value: Any) -> str:
    if value is None or (isinstance(value, str) and value.strip() and value.isprintable()):
        return ""
    return f"{value!r} is empty or has control characters"


def _bucket(value: Any) -> str:
    if value is None or (isinstance(value, str) and _BUCKET.fullmatch(value)):
        return ""
    return f"{value!r} is no name of a bucket"


@attrs.frozen(kw_only=True)
class AwsOptions:
    """Where on AWS functions live, and as whom. What is not given is found as the AWS SDK finds it.

    Args:
        region: For instance ``"eu-central-1"``.
        execution_role_arn: The role that functions run as; ``None`` makes one for each function, with no
            more rights than to write its own log.
        scheduler_role_arn: The role that EventBridge Scheduler invokes functions as; ``None`` makes one for
            each function that needs it.
        shared_roles: Make one execution role and one role for Scheduler for all functions of the region instead
            of one of each a function. The first may write to the log group of every function, the second may run
            every function that taskflows-cloud made live. A function that needs more than its log gets its own.
        schedule_service: ``"auto"`` makes EventBridge rules of schedules in UTC and Scheduler schedules of the
            others; ``"scheduler"`` makes Scheduler schedules of all, which need no permission on the function.
        dependency_layer: Whether the dependencies are put into a layer, which all functions with the same ones
            share; ``None`` does so with archives of 10 MiB or more.
        versions_kept: How many versions of a function stay after a new one, 1 to 1000.
        alarm_topic_arn: The SNS topic that alarms of functions are sent to.
        profile: The name of a profile in the AWS configuration files.
        code_bucket: The name of an S3 bucket in the region, through which archives of more than 50 MiB pass.
        endpoint_url: Where requests go instead of to AWS, for an emulator.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    region: str | None = None
    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    shared_roles: bool = False
    schedule_service: str = "auto"
    dependency_layer: bool | None = None
    versions_kept: int = limits.DEFAULT_VERSIONS_KEPT
    alarm_topic_arn: str | None = None
    profile: str | None = None
    code_bucket: str | None = None
    endpoint_url: str | None = None

    def __attrs_post_init__(self) -> None:
        messages = {name: _message(name, getattr(self, name), check) for name, check in _CHECKS.items()}
        problems = [Problem(field=name, message=message) for name, message in messages.items() if message]
        if problems:
            raise ConfigurationError(problems, subject="options of provider 'aws'")


_TEXTS: Mapping[str, Check] = MappingProxyType(
    {
        "region": checks.text_like(_REGION, "eu-central-1"),
        "execution_role_arn": identifiers.ROLE_CHECK,
        "scheduler_role_arn": identifiers.ROLE_CHECK,
        "alarm_topic_arn": checks.text_like(identifiers.TOPIC, "arn:aws:sns:eu-central-1:123456789012:topic"),
        "profile": _line,
        "code_bucket": _bucket,
        "endpoint_url": checks.text_like(_URL, "https://host:port"),
    }
)
_CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        **_TEXTS,
        "shared_roles": checks.flag,
        "schedule_service": checks.one_of("auto", "scheduler"),
        "dependency_layer": checks.optional_flag,
        "versions_kept": checks.within(limits.VERSIONS_KEPT),
    }
)


def _message(name: str, value: Any, check: Check) -> str:
    if name in _TEXTS and value is not None and not isinstance(value, str):
        return f"must be a str, not {type(value).__name__}"
    return check(value)
