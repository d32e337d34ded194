"""Which of the permissions that deploying needs are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from taskflows_cloud_aws.permissions.deployer_policy import deployer_policy, given_options
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.iam_actions import STATEMENTS
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import CloudError, Finding, PermissionDeniedError

# Stands for "*" in the ARNs of the policy: the name of no function.
_EXAMPLE = "taskflows-cloud-doctor"
_ANY_ACCOUNT = "123456789012"
_SUBJECT = "permissions"
_REMEDY = "give the credentials the policy that required_permissions() prints"


def find_rights(session: AwsSession, caller_arn: str, account: str) -> Iterator[Finding]:
    """Ask IAM which permissions are missing; where that is not allowed, try one read call of each service.

    Args:
        session: Clients.
        caller_arn: The caller's ARN.
        account: The caller's account.

    Yields:
        What was found.
    """
    if caller_arn.endswith(":root"):
        yield Finding(
            subject=_SUBJECT,
            status="warning",
            message="these are the credentials of the account's root user, who may do everything",
            remedy="use a user or a role with the policy that required_permissions() prints",
        )
        return
    partition = caller_arn.split(":")[1]
    policy = deployer_policy(account=account, region=session.region, partition=partition, **given_options(session))
    try:
        missing = sorted(_missing(session, caller_arn, policy["Statement"]))
    except (CloudError, NotImplementedError):
        # In-process emulators raise it for operations that they do not have.
        yield from _try_reading(session)
        return
    if missing:
        message = f"missing for a function {_EXAMPLE!r}: {', '.join(missing)}"
        yield Finding(subject=_SUBJECT, status="problem", message=message, remedy=_REMEDY)
    else:
        yield Finding(subject=_SUBJECT, status="ok", message="all that deploying needs, as IAM simulates it")


def _missing(session: AwsSession, caller_arn: str, statements: Sequence[Mapping[str, Any]]) -> set[str]:
    iam = session.quick_client("iam")
    principal = _principal(iam, caller_arn)
    missing: set[str] = set()
    for statement in statements:
        request = {
            "PolicySourceArn": principal,
            "ActionNames": _listed(statement["Action"]),
            "ResourceArns": [_concrete(one, session.region) for one in _listed(statement["Resource"])],
            "ContextEntries": list(_context(statement.get("Condition", {}))),
        }
        pages = guard(
            _SUBJECT,
            lambda: list(iam.get_paginator("simulate_principal_policy").paginate(**request)),  # noqa: B023
        )
        results = [result for page in pages for result in page["EvaluationResults"]]
        missing |= {result["EvalActionName"] for result in results if result["EvalDecision"] != "allowed"}
    return missing


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _concrete(pattern: str, region: str) -> str:
    """An ARN that a pattern of the policy matches."""
    if pattern == "*":
        return pattern
    *head, of_region, account, resource = pattern.split(":", 5)
    of_region = region if of_region == "*" else of_region
    account = _ANY_ACCOUNT if account == "*" else account
    return ":".join([*head, of_region, account, resource.replace("*", _EXAMPLE)])


def _context(condition: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for tests in condition.values():
        for key, value in tests.items():
            values = [one.replace("*", _EXAMPLE) for one in _listed(value)]
            yield {"ContextKeyName": key, "ContextKeyValues": values, "ContextKeyType": "string"}


def _principal(iam: Any, caller_arn: str) -> str:
    """The user or role that can be simulated; for an assumed role, the ARN of that role with its path."""
    _, partition, service, _, account, resource = caller_arn.split(":", 5)
    kind, _, rest = resource.partition("/")
    if (service, kind) != ("sts", "assumed-role"):
        return caller_arn
    name = rest.partition("/")[0]
    try:
        arn: str = guard(_SUBJECT, lambda: iam.get_role(RoleName=name))["Role"]["Arn"]
    except CloudError:
        return f"arn:{partition}:iam::{account}:role/{name}"
    return arn


def _try_reading(session: AwsSession) -> Iterator[Finding]:
    looks: dict[str, Callable[[], Any]] = {
        **{action: partial(_call, session, action) for action in STATEMENTS["Listing"]},
        "iam:GetRole": lambda: _get_no_role(session.quick_client("iam")),
    }
    failed = False
    for right, look in looks.items():
        try:
            guard(_SUBJECT, look)
        except PermissionDeniedError:
            failed = True
            yield Finding(subject=_SUBJECT, status="problem", message=f"missing: {right}", remedy=_REMEDY)
        except CloudError as error:
            failed = True
            yield Finding(subject=_SUBJECT, status="problem", message=f"{right} cannot be tried: {error}")
    told = "reading is permitted; whether writing is" if not failed else "whether more is missing"
    yield Finding(
        subject=_SUBJECT,
        status="warning",
        message=f"{told} was not looked at, since iam:SimulatePrincipalPolicy is not permitted",
        remedy="permit it to these credentials, or compare their policy with what required_permissions() prints",
    )


def _call(session: AwsSession, action: str) -> None:
    from botocore import xform_name

    service, _, operation = action.partition(":")
    getattr(session.quick_client(service), xform_name(operation))()


def _get_no_role(iam: Any) -> None:
    try:
        iam.get_role(RoleName=_EXAMPLE)
    except iam.exceptions.NoSuchEntityException:
        # The answer shows that the call is permitted.
        return
