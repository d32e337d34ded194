"""The permissions that deploying needs, as an IAM policy. Pure: names in, a document out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from taskflows_cloud_aws.session.iam_actions import STATEMENTS
from taskflows_cloud_aws.session.session import AwsSession

FILE_NAME = "deployer-policy.json"
_LONGEST_PREFIX = 20

FEATURES = (
    "alarms",
    "dead_letter_queue",
    "dependency_layer",
    "operating",
    "provisioned_concurrency",
    "shared_roles",
    "vpc",
)
"""What needs further permissions beside plain deploying; ``"operating"`` is invoking, logs and metrics."""
USUAL = ("alarms", "dead_letter_queue", "dependency_layer", "operating")


@attrs.frozen(kw_only=True)
class _Place:
    account: str
    region: str
    prefix: str
    partition: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def functions(self) -> str:
        return self.arn("lambda", f"function:{self.prefix}*")

    @property
    def log_groups(self) -> str:
        return self.arn("logs", f"log-group:/aws/lambda/{self.prefix}*")

    def roles(self, features: Collection[str]) -> list[str]:
        stem = f"arn:{self.partition}:iam::{self.account}:role/taskflows-cloud"
        return [f"{stem}-{self.prefix}*", *([f"{stem}.shared-*"] if "shared_roles" in features else ())]


def deployer_policy(
    *,
    account: str = "*",
    region: str = "*",
    prefix: str = "",
    partition: str = "aws",
    features: Collection[str] = USUAL,
    execution_role_arn: str | None = None,
    scheduler_role_arn: str | None = None,
    code_bucket: str | None = None,
    kms_key_arn: str | None = None,
) -> dict[str, Any]:
    """Build the least policy that deploying needs.

    It covers planning, deploying, pausing, rolling back, listing and deleting. Anyone who can create roles can grant
    a function any permission of the account; pass both role ARNs to avoid that.

    Args:
        account: The 12 digits of the account; ``"*"`` when it is not known yet.
        region: For instance ``"eu-central-1"``; ``"*"`` for all.
        prefix: What the names of all functions begin with, at most 20 characters; empty for any name.
        partition: ``"aws"``, ``"aws-cn"`` or ``"aws-us-gov"``.
        features: What is used beside plain deploying, some of `FEATURES`.
        execution_role_arn: The role that functions run as, when it is given; none is made then.
        scheduler_role_arn: The role that EventBridge Scheduler invokes with, when it is given.
        code_bucket: The bucket for archives of more than 50 MiB, when there is one.
        kms_key_arn: The key that environments are encrypted with, when there is one.

    Returns:
        A policy document for `json.dumps`.

    Raises:
        ValueError: The prefix is too long, because derived names of long function names are cut behind it; or a
            feature is unknown.
    """
    _require_known(prefix, features)
    place = _Place(account=account, region=region, prefix=prefix, partition=partition)
    statements = [
        *_deploying(place, features),
        *_passing_roles(place, features, execution_role_arn, scheduler_role_arn),
        *(_uploading(place, code_bucket) if code_bucket is not None else ()),
        *([_allow("Key", kms_key_arn)] if kms_key_arn is not None else ()),
        *(statement for feature in sorted(features) for statement in _OF_FEATURES[feature](place)),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _require_known(prefix: str, features: Collection[str]) -> None:
    if len(prefix) > _LONGEST_PREFIX:
        raise ValueError(f"prefix {prefix!r} has {len(prefix)} characters; at most {_LONGEST_PREFIX} stay in all names")
    unknown = sorted(set(features) - set(FEATURES))
    if unknown:
        raise ValueError(f"features {', '.join(map(repr, unknown))}: there are {', '.join(map(repr, FEATURES))}")


def _allow(sid: str, resource: str | list[str], **condition: Any) -> dict[str, Any]:
    statement = {"Sid": sid, "Effect": "Allow", "Action": list(STATEMENTS[sid]), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def _deploying(place: _Place, features: Collection[str]) -> Iterator[dict[str, Any]]:
    group = f"taskflows-cloud-{place.prefix}*"
    listing = _allow("Listing", "*")
    for feature in sorted(features):
        listing["Action"] += STATEMENTS.get(_LISTING_OF_FEATURES.get(feature, ""), ())
    yield listing
    yield _allow("Functions", place.functions)
    yield _allow("Grants", place.functions, StringEquals={"lambda:Principal": "events.amazonaws.com"})
    yield _allow("GivenLayers", f"arn:{place.partition}:lambda:{place.region}:*:layer:*")
    yield _allow("Rules", place.arn("events", f"rule/{place.prefix}*"))
    yield _allow("ScheduleGroups", place.arn("scheduler", f"schedule-group/{group}"))
    yield _allow("Schedules", place.arn("scheduler", f"schedule/{group}/*"))
    yield _allow("LogGroups", place.log_groups)


def _passing_roles(
    place: _Place, features: Collection[str], execution: str | None, scheduler: str | None
) -> Iterator[dict[str, Any]]:
    made = place.roles(features)
    if execution is None or scheduler is None:
        yield _allow("Roles", made)
    for sid, arn, service in (("ExecutionRole", execution, "lambda"), ("SchedulerRole", scheduler, "scheduler")):
        passed = {"iam:PassedToService": f"{service}.amazonaws.com"}
        yield _allow(f"Pass{sid}", arn or made, StringEquals=passed)


def _uploading(place: _Place, bucket: str) -> Iterator[dict[str, Any]]:
    arn = f"arn:{place.partition}:s3:::{bucket}"
    yield _allow("Bucket", arn, StringLike={"s3:prefix": f"taskflows-cloud/*/{place.prefix}*"})
    yield _allow("Archives", f"{arn}/taskflows-cloud/*/{place.prefix}*")


def _alarms(place: _Place) -> Iterator[dict[str, Any]]:
    yield _allow("Alarms", place.arn("cloudwatch", f"alarm:taskflows-cloud-{place.prefix}*"))
    yield _allow("Topics", place.arn("sns", f"taskflows-cloud-{place.prefix}*"))


def _dead_letter_queue(place: _Place) -> Iterator[dict[str, Any]]:
    yield _allow("Queues", place.arn("sqs", f"taskflows-cloud-{place.prefix}*"))


def _dependency_layer(place: _Place) -> Iterator[dict[str, Any]]:
    layers = place.arn("lambda", "layer:taskflows-cloud-*")
    yield _allow("Layers", layers)


def _operating(place: _Place) -> Iterator[dict[str, Any]]:
    yield _allow("Invoking", place.functions)
    yield _allow("Logs", place.log_groups)
    yield _allow("Metrics", "*")


def _provisioned_concurrency(place: _Place) -> Iterator[dict[str, Any]]:
    yield _allow("Provisioned", place.functions)


def _shared_roles(_place: _Place) -> Iterator[dict[str, Any]]:
    # Their names are among those of the statements on roles.
    yield from ()


def _vpc(_place: _Place) -> Iterator[dict[str, Any]]:
    yield _allow("Network", "*")


_OF_FEATURES: Mapping[str, Callable[[_Place], Iterator[dict[str, Any]]]] = MappingProxyType(
    {
        "alarms": _alarms,
        "dead_letter_queue": _dead_letter_queue,
        "dependency_layer": _dependency_layer,
        "operating": _operating,
        "provisioned_concurrency": _provisioned_concurrency,
        "shared_roles": _shared_roles,
        "vpc": _vpc,
    }
)
_LISTING_OF_FEATURES: Mapping[str, str] = MappingProxyType(
    {"alarms": "AlarmListing", "dependency_layer": "LayerListing", "shared_roles": "RoleListing"}
)


def required_permissions(session: AwsSession) -> dict[str, str]:
    """Write the least policy for the options of an environment.

    Returns:
        File name → content. The account is ``*``, since reading it takes a call, and so is the region when none is
        given; replace them to narrow the policy.
    """
    region = session.region_or_none
    policy = deployer_policy(
        region=region or "*", partition=session.partition_of(region) if region else "aws", **given_options(session)
    )
    return {FILE_NAME: json.dumps(policy, indent=2) + "\n"}


def given_options(session: AwsSession) -> dict[str, Any]:
    """The options of the environment that change which permissions are needed."""
    options = session.options
    return {
        "features": [*USUAL, "shared_roles"] if options.shared_roles else USUAL,
        "execution_role_arn": options.execution_role_arn,
        "scheduler_role_arn": options.scheduler_role_arn,
        "code_bucket": options.code_bucket,
    }
