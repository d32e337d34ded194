"""Checks of a request that need the region, the account and the partition. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.deployment.desired import AwsRequest
from taskflows_cloud_aws.naming.names import Names
from taskflows_cloud_aws.permissions.execution_policy import execution_statements
from taskflows_cloud_aws.settings.function_options import AwsFunctionOptions, function_options
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_aws.settings.statement_checks import policy_characters
from taskflows_cloud_core import ConfigurationError, Problem

# Lambda and CloudWatch take each of these from the region of the function only.
_REGIONAL: Mapping[str, str] = MappingProxyType(
    {
        "dead_letter_arn": "a queue or topic",
        "alarm_topic_arn": "a topic",
        "layers": "a layer",
        "file_system_access_point_arn": "an access point",
        "kms_key_arn": "a key",
    }
)
_ROLES = ("execution_role_arn", "scheduler_role_arn")
_PARTITION, _REGION, _ACCOUNT = 1, 3, 4


def require(request: AwsRequest, *, is_aws: bool) -> None:
    """Check that ARNs are in the function's region and account, and that its policy is not too long.

    Args:
        request: What the user asks for.
        is_aws: Whether calls go to AWS; emulators have accounts of their own.

    Raises:
        ConfigurationError: With all problems.
    """
    if request.config is None:
        return
    names, own = request.names, function_options(request.config)
    problems = list(_too_long(names, own))
    if is_aws:
        problems += [*_elsewhere(names, own, request.options), *_roles_elsewhere(names, own, request.options)]
    if problems:
        raise ConfigurationError(problems, subject=f"function {names.function!r}")


def _too_long(names: Names, own: AwsFunctionOptions) -> Iterator[Problem]:
    characters = policy_characters(execution_statements(names, own))
    if own.policy_statements and characters > limits.ROLE_POLICY_CHARACTERS:
        message = (
            f"make a policy of {characters} characters; IAM takes {limits.ROLE_POLICY_CHARACTERS}. Shorten them, or "
            "attach a managed policy to a role of your own and give it as execution_role_arn"
        )
        yield Problem(field="policy_statements", message=message)


def _elsewhere(names: Names, own: AwsFunctionOptions, options: AwsOptions) -> Iterator[Problem]:
    for field, what in _REGIONAL.items():
        for arn in _given(field, own, options):
            parts = arn.split(":")
            if (parts[_PARTITION], parts[_REGION]) != (names.partition, names.region):
                message = f"{arn!r} is in {parts[_REGION]}; give {what} of {names.region}, where the function is"
                yield Problem(field=field, message=message)


def _roles_elsewhere(names: Names, own: AwsFunctionOptions, options: AwsOptions) -> Iterator[Problem]:
    for field in _ROLES:
        for arn in _given(field, own, options):
            account = arn.split(":")[_ACCOUNT]
            if account != names.account:
                message = (
                    f"{arn!r} is of account {account}, and the credentials are of {names.account}; give a role "
                    "of that account, or take the credentials of the other one with profile="
                )
                yield Problem(field=field, message=message)


def _given(field: str, own: AwsFunctionOptions, options: AwsOptions) -> tuple[str, ...]:
    value = getattr(own, field) or getattr(options, field, None) or ()
    return (value,) if isinstance(value, str) else tuple(value)
