"""Convert AWS errors into CloudErrors: what was done, to what, why it failed, and the fix.

A message of AWS or botocore may repeat what was sent, so every text passes through `scrub`, and the original
exception is not chained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from taskflows_cloud_aws.session.error_codes import DENIED_CODES, error_code, error_message
from taskflows_cloud_aws.session.iam_actions import action_of
from taskflows_cloud_aws.session.transient_errors import is_throttled
from taskflows_cloud_core import CloudError, CredentialsError, OperationError, PermissionDeniedError
from taskflows_cloud_core.kit import without_secrets

_T = TypeVar("_T")

_LONGEST_MESSAGE = 600

_CREDENTIAL_CODES = {
    "ExpiredToken": "the credentials have expired; log in again (`aws sso login`, or new access keys)",
    "ExpiredTokenException": "the credentials have expired; log in again (`aws sso login`, or new access keys)",
    "InvalidClientTokenId": "AWS does not know the access key; check the profile or AWS_ACCESS_KEY_ID, "
    "and that the region is enabled for the account",
    "UnrecognizedClientException": "AWS does not know the access key; check the profile or AWS_ACCESS_KEY_ID, "
    "and that the region is enabled for the account",
    "InvalidSignatureException": "the signature is wrong; check AWS_SECRET_ACCESS_KEY and this machine's clock",
    "SignatureDoesNotMatch": "the signature is wrong; check AWS_SECRET_ACCESS_KEY and this machine's clock",
    "RequestTimeTooSkewed": "this machine's clock differs from AWS's; set it right",
    "RequestExpired": "this machine's clock differs from AWS's; set it right",
    "AuthFailure": "AWS does not accept the credentials; check the profile",
    "OptInRequired": "the account is not enabled for this service or region",
    "MissingAuthenticationToken": "the request had no credentials; check the profile",
}
_REMEDIES: Mapping[str, str] = {
    "CodeStorageExceededException": "delete old functions or versions, or ask AWS for more code storage",
    "LimitExceededException": "a quota of the account is used up; delete what is not needed or ask AWS for more",
    "LimitExceeded": "a quota of IAM is used up; delete what is not needed, or pass execution_role_arn to share a role",
    "ServiceQuotaExceededException": "a quota of the account is used up; delete what is not needed or ask AWS for more",
    "ResourceConflictException": "something else is changing it; run again when that is done",
    "PreconditionFailedException": "it was changed by somebody else since the plan was made; run again",
    "ConcurrentModificationException": "it is being changed by somebody else; run again",
    "RequestEntityTooLargeException": "the request is too large for AWS",
    "NoSuchBucket": "create the bucket, or pass the name of another one as code_bucket",
    "PermanentRedirect": "the bucket is in another region; pass one of the function's region as code_bucket",
    "PolicyLengthExceededException": "the function's resource policy is full; remove statements that are not needed",
}


def guard(subject: str, call: Callable[[], _T], secrets: Iterable[str] = ()) -> _T:
    """Call AWS, and raise only `CloudError`.

    Args:
        subject: What the call is about, for the message: ``"function job"``.
        call: The call.
        secrets: Values that no message may show.

    Returns:
        What the call returned.

    Raises:
        CredentialsError: AWS does not accept the credentials, or there are none.
        PermissionDeniedError: The credentials do not permit it.
        OperationError: Anything else that AWS refuses, or AWS cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return call()
    except ClientError as error:
        ours = _from_answer(error, error.operation_name or "call", subject, secrets)
    except BotoCoreError as error:
        ours = _without_answer(error, subject, secrets)
    # Raised outside the handler, so that the original with its values is not even the context.
    raise ours


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Remove from a message what it repeats of the request, secrets, and control characters."""
    text = re.sub(r"(?s)Value '.*?' at '", "Value (hidden) at '", text)
    text = re.sub(r"(?s)value: .*?, type: ", "value: (hidden), type: ", text)
    text = without_secrets(text, secrets)
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + " …"


def _from_answer(error: BaseException, operation: str, subject: str, secrets: Iterable[str]) -> CloudError:
    code, words = error_code(error), scrub(error_message(error), secrets)
    right = action_of(operation)
    head = f"{right} on {subject}"
    if code in _CREDENTIAL_CODES:
        return CredentialsError(f"{head}: {_CREDENTIAL_CODES[code]} ({code})")
    if code in DENIED_CODES or code.endswith("AccessDenied"):
        return PermissionDeniedError(
            f"{head} is not permitted; add {right} to the policy of these credentials ({words})"
        )
    if is_throttled(error):
        return OperationError(f"{head}: AWS still throttles after many attempts; run again later ({code})")
    remedy = f"; {_REMEDIES[code]}" if code in _REMEDIES else ""
    return OperationError(f"{head} failed: {code}: {words}{remedy}")


def _without_answer(error: BaseException, subject: str, secrets: Iterable[str]) -> CloudError:
    from botocore import exceptions as raised

    words = scrub(str(error), secrets)
    if isinstance(error, raised.ProfileNotFound):
        return CredentialsError(f"{words}; check the profile option and AWS_PROFILE, or create it with `aws configure`")
    if isinstance(error, raised.NoCredentialsError):
        return CredentialsError(
            f"{subject}: no AWS credentials found; run `aws configure` or `aws sso login`, set AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or pass profile="
        )
    if isinstance(
        error,
        raised.PartialCredentialsError
        | raised.CredentialRetrievalError
        | raised.TokenRetrievalError
        | raised.SSOError
        | raised.NoAuthTokenError
        | raised.MetadataRetrievalError,
    ):
        return CredentialsError(f"{subject}: the AWS credentials cannot be used: {words}; log in again")
    if isinstance(error, raised.HTTPClientError | raised.ConnectionError):
        return OperationError(
            f"{subject}: AWS cannot be reached: {words}; check the network, the region and endpoint_url, and run again"
        )
    return OperationError(f"{subject}: {words}")
