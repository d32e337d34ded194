"""Whether an IAM policy allows a call. Independent of the product: the rules are AWS's own.

Service Authorization Reference (actions, resource types, dependent actions), and the API Reference pages of
CreateFunction, GetFunction, CreateLogGroup, PutRule, CreateRole, CreateScheduleGroup, CreateQueue and
PutMetricAlarm for the further rights that tags, roles, layers and archives need. Read 2026-11-25.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import translate
from functools import cache
from typing import Any

import attrs

Context = Mapping[str, str]


@attrs.frozen(kw_only=True)
class Need:
    """A right that a call needs.

    Args:
        action: ``"lambda:CreateFunction"``.
        resource: The ARN that the call is about; ``"*"`` where IAM knows none.
        context: Values of condition keys.
    """

    action: str
    resource: str = "*"
    context: Context = attrs.field(factory=dict)


def allows(policy: Mapping[str, Any], need: Need) -> bool:
    """Whether some statement allows it, and none denies it."""
    effects = {one["Effect"] for one in policy["Statement"] if _applies(one, need)}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], need: Need) -> bool:
    return (
        any(_like(pattern, need.action) for pattern in _listed(statement["Action"]))
        and any(_like(pattern, need.resource) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(operator, need.context.get(key), _listed(values))
            for operator, tests in statement.get("Condition", {}).items()
            for key, values in tests.items()
        )
    )


def _holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    if value is None:
        return False
    if operator in ("StringEquals", "ArnEquals"):
        return value in wanted
    if operator in ("StringLike", "ArnLike"):
        return any(_like(pattern, value) for pattern in wanted)
    raise NotImplementedError(operator)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.replace("[", "[[]")))


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


@attrs.frozen(kw_only=True)
class Call:
    """One call of an AWS client.

    Args:
        service: As IAM calls it: ``"lambda"``, ``"events"``.
        operation: ``"CreateFunction"``.
        parameters: Of the call.
        region: Of the client.
        account: Of the credentials.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account: str

    def arn(self, resource: str, *, service: str | None = None) -> str:
        """The ARN of something of the call's account and region."""
        return f"arn:aws:{service or self.service}:{self.region}:{self.account}:{resource}"

    @property
    def name(self) -> str:
        """What the right is called in most cases."""
        return f"{self.service}:{self.operation}"


def needs(call: Call) -> list[Need]:
    """All rights that a call needs.

    Raises:
        NotImplementedError: The rules here say nothing about the call.
    """
    if call.name == "sts:GetCallerIdentity":
        return []
    return list(_SERVICES[call.service](call))


def _lambda(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation in ("ListFunctions", "ListLayers", "ListLayerVersions"):
        yield Need(action=call.name)
    elif call.operation in ("TagResource", "UntagResource"):
        yield Need(action=call.name, resource=given["Resource"])
    elif "LayerName" in given:
        version = f":{given['VersionNumber']}" if "VersionNumber" in given else ""
        yield Need(action=call.name, resource=call.arn(f"layer:{given['LayerName']}{version}"))
        yield from _of_code(given.get("Content", {}))
    else:
        yield from _function(call)


def _function(call: Call) -> Iterator[Need]:
    given = call.parameters
    qualified = f"{given['FunctionName']}:{given['Qualifier']}" if "Qualifier" in given else given["FunctionName"]
    arn = call.arn(f"function:{qualified}")
    action = {"Invoke": "lambda:InvokeFunction"}.get(call.operation, call.name)
    # Of a statement that is removed, AWS knows the principal by itself.
    removed = {"Principal": "events.amazonaws.com"} if call.operation == "RemovePermission" else {}
    context = {f"lambda:{key}": value for key, value in {**given, **removed}.items() if key == "Principal"}
    yield Need(action=action, resource=arn, context=context)
    if "Role" in given:
        yield _pass_role(given["Role"], "lambda")
    if given.get("Tags"):
        yield Need(action="lambda:TagResource", resource=arn)
    for layer in given.get("Layers", ()):
        yield Need(action="lambda:GetLayerVersion", resource=layer)
    yield from _of_code(given.get("Code", given))
    yield from _of_network_and_key(given)


def _of_code(code: Mapping[str, Any]) -> Iterator[Need]:
    if "S3Bucket" in code:
        yield Need(action="s3:GetObject", resource=f"arn:aws:s3:::{code['S3Bucket']}/{code['S3Key']}")


def _of_network_and_key(given: Mapping[str, Any]) -> Iterator[Need]:
    if given.get("VpcConfig", {}).get("SubnetIds"):
        for action in ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"):
            yield Need(action=f"ec2:{action}")
    if given.get("KMSKeyArn"):
        for action in ("CreateGrant", "Decrypt", "Encrypt"):
            yield Need(action=f"kms:{action}", resource=given["KMSKeyArn"])


def _pass_role(arn: str, service: str) -> Need:
    return Need(action="iam:PassRole", resource=arn, context={"iam:PassedToService": f"{service}.amazonaws.com"})


def _events(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation == "ListRules":
        yield Need(action=call.name)
        return
    name = given.get("Name") or given.get("Rule")
    arn = given.get("ResourceARN") or call.arn(f"rule/{name}")
    yield Need(action=call.name, resource=arn)
    if call.operation == "PutRule" and given.get("Tags"):
        yield Need(action="events:TagResource", resource=arn)


def _scheduler(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation in ("ListSchedules", "ListScheduleGroups"):
        yield Need(action=call.name)
    elif "ResourceArn" in given:
        yield Need(action=call.name, resource=given["ResourceArn"])
    elif call.operation.endswith("Group"):
        arn = call.arn(f"schedule-group/{given['Name']}")
        yield Need(action=call.name, resource=arn)
        if given.get("Tags"):
            yield Need(action="scheduler:TagResource", resource=arn)
        if call.operation == "DeleteScheduleGroup":
            yield Need(action="scheduler:DeleteSchedule", resource=call.arn(f"schedule/{given['Name']}/any"))
    else:
        yield Need(action=call.name, resource=call.arn(f"schedule/{given['GroupName']}/{given['Name']}"))
        if "Target" in given:
            yield _pass_role(given["Target"]["RoleArn"], "scheduler")


def _logs(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation == "DescribeLogGroups":
        yield Need(action=call.name)
    elif "resourceArn" in given:
        yield Need(action=call.name, resource=given["resourceArn"])
    else:
        # Only the calls about tags take the ARN without the last two characters.
        arn = call.arn(f"log-group:{given['logGroupName']}")
        yield Need(action=call.name, resource=f"{arn}:*")
        if given.get("tags"):
            yield Need(action="logs:TagResource", resource=arn)


def _iam(call: Call) -> Iterator[Need]:
    arn = f"arn:aws:iam::{call.account}:role/{call.parameters['RoleName']}"
    yield Need(action=call.name, resource=arn)
    if call.operation == "CreateRole" and call.parameters.get("Tags"):
        yield Need(action="iam:TagRole", resource=arn)


def _s3(call: Call) -> Iterator[Need]:
    bucket = f"arn:aws:s3:::{call.parameters['Bucket']}"
    if call.operation == "ListObjectsV2":
        yield Need(action="s3:ListBucket", resource=bucket, context={"s3:prefix": call.parameters["Prefix"]})
    else:
        yield Need(action=call.name, resource=f"{bucket}/{call.parameters['Key']}")


def _cloudwatch(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation in ("GetMetricData", "GetMetricStatistics", "DescribeAlarms"):
        # DescribeAlarms also tells of composite alarms, for which AWS wants the right on all.
        yield Need(action=call.name)
        return
    for name in given.get("AlarmNames") or [given.get("AlarmName") or given["ResourceARN"].rpartition(":")[2]]:
        yield Need(action=call.name, resource=call.arn(f"alarm:{name}"))
        if call.operation == "PutMetricAlarm" and given.get("Tags"):
            yield Need(action="cloudwatch:TagResource", resource=call.arn(f"alarm:{name}"))


def _sns(call: Call) -> Iterator[Need]:
    given = call.parameters
    if call.operation == "Unsubscribe":
        yield Need(action=call.name)
        return
    arn = given.get("TopicArn") or given.get("ResourceArn") or call.arn(given["Name"])
    yield Need(action=call.name, resource=arn)
    if call.operation == "CreateTopic" and given.get("Tags"):
        yield Need(action="sns:TagResource", resource=arn)


def _sqs(call: Call) -> Iterator[Need]:
    given = call.parameters
    arn = call.arn(given.get("QueueName") or given["QueueUrl"].rpartition("/")[2])
    yield Need(action=call.name, resource=arn)
    if call.operation == "CreateQueue" and given.get("tags"):
        yield Need(action="sqs:TagQueue", resource=arn)


_SERVICES: Mapping[str, Callable[[Call], Iterator[Need]]] = {
    "cloudwatch": _cloudwatch,
    "events": _events,
    "iam": _iam,
    "lambda": _lambda,
    "logs": _logs,
    "s3": _s3,
    "scheduler": _scheduler,
    "sns": _sns,
    "sqs": _sqs,
}
