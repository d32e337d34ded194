"""Whether AWS can be worked with: region, endpoint, credentials, clock, runtime. Changes nothing, raises nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import attrs

from taskflows_cloud_aws import limits
from taskflows_cloud_aws.permissions.missing_rights import find_rights
from taskflows_cloud_aws.session.errors import guard
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_core import CloudError, Finding
from taskflows_cloud_core.config import running_runtime

# AWS refuses requests that are further apart ("Authenticating Requests", RequestTimeTooSkewed), read 2026-11-25.
_LARGEST_SKEW_SECONDS, _NOTED_SKEW_SECONDS = 300, 60
_ASK_YOURSELF = "`aws sts get-caller-identity` says the same outside of taskflows-cloud"


@attrs.frozen(kw_only=True)
class Caller:
    """Whose credentials they are.

    Args:
        arn: Of the user or the role.
        account: Twelve digits.
        answered_at: AWS's own clock; ``None`` when it was not told.
        skew_seconds: How far this machine's clock goes ahead of it.
    """

    arn: str
    account: str
    answered_at: datetime | None
    skew_seconds: float


def diagnose(session: AwsSession) -> list[Finding]:
    """Look at everything that deploying needs.

    Returns:
        One finding for each thing looked at, also for those that are well.
    """
    findings = [_runtime(), *_safely("region", lambda: _region(session))]
    if findings[-1].status == "problem":
        return findings
    findings += _safely("endpoint", lambda: [_endpoint(session)])
    try:
        caller = guard("the credentials", lambda: _caller(session, session.region))
    except CloudError as error:
        return [*findings, *_without_caller(session, error)]
    message = f"{caller.arn} of account {caller.account}"
    findings.append(Finding(subject="credentials", status="ok", message=message))
    findings += _clock(caller)
    return [*findings, *_safely("permissions", lambda: find_rights(session, caller.arn, caller.account))]


def _safely(subject: str, look: Callable[[], Any]) -> list[Finding]:
    """What a look finds; a failure is a finding too."""
    try:
        return list(guard(subject, lambda: list(look())))
    except CloudError as error:
        return [Finding(subject=subject, status="problem", message=str(error))]


def _runtime() -> Finding:
    running = running_runtime()
    if running in limits.RUNTIMES:
        return Finding(subject="runtime", status="ok", message=f"Lambda has this interpreter's {running}")
    known = ", ".join(limits.RUNTIMES)
    message = f"Lambda has no {running}, which this interpreter is; it has {known}"
    remedy = f"deploy with runtime={limits.RUNTIMES[-1]!r}, from an interpreter of that version when it can be"
    return Finding(subject="runtime", status="warning", message=message, remedy=remedy)


def _region(session: AwsSession) -> Iterator[Finding]:
    region = session.region
    known = session.known_regions()
    if region in known:
        yield Finding(subject="region", status="ok", message=region)
    else:
        message = f"{region} is not known to the installed botocore as a region that has Lambda"
        remedy = "check its spelling; for a new region upgrade boto3"
        yield Finding(subject="region", status="warning", message=message, remedy=remedy)


def _endpoint(session: AwsSession) -> Finding:
    endpoint = session.foreign_endpoint
    if endpoint is None:
        return Finding(subject="endpoint", status="ok", message="requests go to AWS")
    message = f"requests go to {endpoint}, not to AWS"
    remedy = "leave out endpoint_url and unset AWS_ENDPOINT_URL to work with AWS"
    return Finding(subject="endpoint", status="warning", message=message, remedy=remedy)


def _caller(session: AwsSession, region: str) -> Caller:
    answer = session.quick_client("sts", region).get_caller_identity()
    date = answer["ResponseMetadata"].get("HTTPHeaders", {}).get("date")
    answered_at = parsedate_to_datetime(date) if date else None
    skew = (datetime.now(UTC) - answered_at).total_seconds() if answered_at else 0.0
    return Caller(arn=answer["Arn"], account=answer["Account"], answered_at=answered_at, skew_seconds=skew)


def _clock(caller: Caller) -> Iterator[Finding]:
    if caller.answered_at is None:
        return
    apart = abs(caller.skew_seconds)
    if apart < _NOTED_SKEW_SECONDS:
        yield Finding(subject="clock", status="ok", message="goes with AWS's")
        return
    way = "ahead of" if caller.skew_seconds > 0 else "behind"
    message = f"this machine's clock is {apart:.0f} seconds {way} AWS's; AWS refuses requests beyond 300"
    status: Any = "problem" if apart >= _LARGEST_SKEW_SECONDS else "warning"
    yield Finding(subject="clock", status=status, message=message, remedy="set it right, for instance by NTP")


def _without_caller(session: AwsSession, error: CloudError) -> Iterator[Finding]:
    home = session.home_region()
    if home is not None and _is_good(session, home):
        message = f"the credentials are good in {home}, but not in {session.region}: it is not enabled for the account"
        remedy = f"enable it (`aws account enable-region --region-name {session.region}`), or choose another region"
        yield Finding(subject="region", status="problem", message=message, remedy=remedy)
        return
    yield Finding(subject="credentials", status="problem", message=str(error), remedy=_ASK_YOURSELF)


def _is_good(session: AwsSession, region: str) -> bool:
    try:
        guard("the credentials", lambda: _caller(session, region))
    except CloudError:
        return False
    return True
