"""What users may say about AWS, once for an environment."""

from __future__ import annotations

import re
from typing import Any

import attrs

from taskflows_cloud_core import ConfigurationError, Problem

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def _region(value: Any) -> str:
    if _REGION.fullmatch(value):
        return ""
    return f"{value!r} is not of the form 'eu-central-1'"


def role_problem(value: Any) -> str:
    """What is wrong with the ARN of a role; empty when nothing is."""
    if isinstance(value, str) and _ROLE_ARN.fullmatch(value):
        return ""
    return f"{value!r} is not of the form 'arn:aws:iam::123456789012:role/name'"


def _url(value: Any) -> str:
    return "" if re.fullmatch(r"https?://\S+", value) else f"{value!r} is not of the form 'https://host:port'"


def _bucket(value: Any) -> str:
    # Amazon S3 User Guide, "General purpose bucket naming rules", 2026-11-24.
    return "" if re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value) else f"{value!r} is no name of a bucket"


def _line(value: Any) -> str:
    return "" if value.strip() and value.isprintable() else f"{value!r} is empty or has control characters"


def _text_problems(instance: Any, checks: dict[str, Any]) -> list[Problem]:
    problems = []
    for name, check in checks.items():
        value = getattr(instance, name)
        if value is None:
            continue
        message = check(value) if isinstance(value, str) else f"must be a str, not {type(value).__name__}"
        if message:
            problems.append(Problem(field=name, message=message))
    return problems


@attrs.frozen(kw_only=True)
class AwsOptions:
    """Where on AWS functions live, and as whom. What is not given is found as the AWS SDK finds it.

    Args:
        region: For instance ``"eu-central-1"``.
        execution_role_arn: The role that functions run as; ``None`` makes one for each function, with no
            more rights than to write its own log.
        scheduler_role_arn: The role that EventBridge Scheduler invokes functions as; ``None`` makes one for
            each function that needs it.
        profile: The name of a profile in the AWS configuration files.
        code_bucket: The name of an S3 bucket in the region, through which archives of more than 50 MiB pass.
        endpoint_url: Where requests go instead of to AWS, for an emulator.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    region: str | None = None
    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    profile: str | None = None
    code_bucket: str | None = None
    endpoint_url: str | None = None

    def __attrs_post_init__(self) -> None:
        checks = {
            "region": _region,
            "execution_role_arn": role_problem,
            "scheduler_role_arn": role_problem,
            "profile": _line,
            "code_bucket": _bucket,
            "endpoint_url": _url,
        }
        problems = _text_problems(self, checks)
        if problems:
            raise ConfigurationError(problems, subject="options of provider 'aws'")
