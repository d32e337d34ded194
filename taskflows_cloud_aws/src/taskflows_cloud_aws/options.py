"""What users may say about AWS: once for an environment, and once for each function."""

from __future__ import annotations

import re
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, Problem
from taskflows_cloud_core.options import build_options

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}")
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def _region(value: Any) -> str:
    if _REGION.fullmatch(value):
        return ""
    return f"{value!r} is not of the form 'eu-central-1'"


def _role(value: Any) -> str:
    return "" if _ROLE_ARN.fullmatch(value) else f"{value!r} is not of the form 'arn:aws:iam::123456789012:role/name'"


def _url(value: Any) -> str:
    return "" if re.fullmatch(r"https?://\S+", value) else f"{value!r} is not of the form 'https://host:port'"


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
        endpoint_url: Where requests go instead of to AWS, for an emulator.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    region: str | None = None
    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None

    def __attrs_post_init__(self) -> None:
        checks = {
            "region": _region,
            "execution_role_arn": _role,
            "scheduler_role_arn": _role,
            "profile": _line,
            "endpoint_url": _url,
        }
        problems = _text_problems(self, checks)
        if problems:
            raise ConfigurationError(problems, subject="options of provider 'aws'")


@attrs.frozen(kw_only=True)
class AwsFunctionOptions:
    """What one function's ``provider_options["aws"]`` may hold.

    Args:
        execution_role_arn: The role that this function runs as, instead of the environment's.
        scheduler_role_arn: The role that EventBridge Scheduler invokes this function as.
        max_event_age_seconds: How long AWS holds an event for which the function could not be started.
        delivery_retries: How often EventBridge tries again to hand an event to Lambda. It is not a retry of
            a failed run; those are the configuration's ``retries``.

    Raises:
        ConfigurationError: With every value that cannot be used.
    """

    execution_role_arn: str | None = None
    scheduler_role_arn: str | None = None
    max_event_age_seconds: int = 3600
    delivery_retries: int = 2

    def __attrs_post_init__(self) -> None:
        problems = _text_problems(self, {"execution_role_arn": _role, "scheduler_role_arn": _role})
        for name, allowed in {
            "max_event_age_seconds": limits.ASYNC_EVENT_AGE_SECONDS,
            "delivery_retries": limits.SCHEDULE_RETRIES,
        }.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
                message = f"is {value!r}; it must be an int of {allowed[0]} to {allowed[-1]}"
                problems.append(Problem(field=name, message=message))
        if problems:
            raise ConfigurationError(problems, subject="provider_options['aws']")


def function_options(config: CloudFunctionConfig) -> AwsFunctionOptions:
    """Read the options of one function.

    Raises:
        ConfigurationError: With every unknown name and every value that cannot be used.
    """
    return build_options(AwsFunctionOptions, config.options_for("aws"), subject=f"function {config.function_name!r}")
