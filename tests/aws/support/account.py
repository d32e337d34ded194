"""An AWS account in memory as a user sees it, and the wire on which every request to it is counted."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError

from taskflows_cloud_core import CloudFunctionConfig

REGION = "us-east-1"
ACCOUNT = "123456789012"
GIVEN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/given"
OWNER = "taskflows-cloud:function"
CLAIM, RELEASE = "cloudwatch-logs:CreateLogGroup", "cloudwatch-logs:DeleteLogGroup"
"""What keeps other deployers away begins and ends a change with these."""
_READING = ("Get", "List", "Describe", "Filter")


class KilledError(BaseException):
    """Stands for the death of the process: nothing catches it, and nothing is sent afterwards."""


class Wire:
    """Every request on its way to AWS, with places to put faults in.

    ``before`` and ``after`` take the number and the name of a call, for instance ``"lambda:CreateFunction"``.
    What they return, if anything, is the answer instead of the account's; ``before`` so keeps a request from
    having an effect.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self._counting = threading.Lock()
        self.is_watching = True
        self.before: Callable[[int, str], Any] = _nothing
        self.after: Callable[[int, str], Any] = _nothing

    @property
    def mutating(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if is_mutating(call)]

    def clear(self) -> None:
        """Forget calls and faults."""
        self.calls, self.before, self.after = [], _nothing, _nothing

    def send(self, original: Callable[[], Any], event: str) -> Any:
        """Let one request through, unless a fault stands in its way."""
        if not self.is_watching:
            return original()
        return self.pass_on(":".join(event.split(".")[1:3]), original)

    def pass_on(self, call: str, original: Callable[[], Any]) -> Any:
        """Count a call and let it through, unless a fault stands in its way."""
        with self._counting:
            number = len(self.calls)
            self.calls.append(call)
        instead = self.before(number, call)
        if instead is not None:
            return instead
        answer = original()
        instead = self.after(number, call)
        return answer if instead is None else instead

    def look(self, what: Callable[[], Any]) -> Any:
        """Look into the account without being counted."""
        self.is_watching = False
        try:
            return what()
        finally:
            self.is_watching = True


def _nothing(_number: int, _call: str) -> None:
    return None


def is_mutating(call: str) -> bool:
    """Whether a call changes something."""
    return not call.split(":")[1].startswith(_READING)


def once(call: str, fault: Callable[[], Any], times: int = 1) -> Callable[[int, str], Any]:
    """A fault that meets a call the first few times."""
    left = [times]

    def meet(_number: int, name: str) -> Any:
        if name != call or not left[0]:
            return None
        left[0] -= 1
        return fault()

    return meet


def during(moment: int, inner: Callable[[], Any]) -> Callable[[int, str], None]:
    """Let something happen before the call of that number."""
    done: list[bool] = []

    def before(number: int, _call: str) -> None:
        if number == moment and not done:
            done.append(True)
            inner()

    return before


def connection_lost() -> None:
    """The connection ends before an answer comes."""
    raise ConnectionClosedError(endpoint_url="https://aws.example")


def refusal(call: str, code: str, status: int = 400, message: str = "refused by the test") -> AWSResponse:
    """An error as the service of ``call`` spells it."""
    if call.startswith(("iam:", "sts:", "sns:")):
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error></ErrorResponse>"
    else:
        body = json.dumps({"__type": code, "message": message, "Message": message})
    headers = {"x-amzn-errortype": code, "content-type": "application/json"}
    return AWSResponse("https://aws.example", status, headers, Raw(body.encode()))


def answer(body: Any) -> AWSResponse:
    """A success with a JSON body."""
    headers = {"content-type": "application/x-amz-json-1.1"}
    return AWSResponse("https://aws.example", 200, headers, Raw(json.dumps(body).encode()))


class Raw:
    """The body of an answer as botocore reads it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_rest: Any) -> Any:
        """Yield the body."""
        yield self._body

    def read(self, *_rest: Any) -> bytes:
        """Read it all."""
        body, self._body = self._body, b""
        return body


@cache
def client(service: str) -> Any:
    """A client of the tests' own."""
    return boto3.client(service, region_name=REGION)


def config(name: str = "job", **settings: Any) -> CloudFunctionConfig:
    """A configuration with the settings that the test is about."""
    return CloudFunctionConfig(function_name=name, **settings)


def make_given_role() -> None:
    """Make the role that users give by its ARN."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").create_role(RoleName="given", AssumeRolePolicyDocument=trust)


def everything() -> dict[str, Any]:
    """All that is in the account, by kind and name."""
    functions = client("lambda").list_functions()["Functions"]
    groups = [one["Name"] for one in client("scheduler").list_schedule_groups()["ScheduleGroups"]]
    return {
        "functions": {one["FunctionName"]: _function(one["FunctionName"]) for one in functions},
        "roles": {one["RoleName"]: _role(one["RoleName"]) for one in client("iam").list_roles()["Roles"]},
        "log groups": {name: _log_group(one) for name, one in _log_groups() if not _is_claim(name, functions)},
        "rules": {one["Name"]: _rule(one) for one in _pages("events", "list_rules")},
        "schedule groups": {name: {} for name in groups if name != "default"},
        "schedules": _schedules(groups),
        "layers": {one["LayerName"]: one["LatestMatchingVersion"]["Version"] for one in _layers()},
        "queues": {url.rpartition("/")[2]: _queue(url) for url in client("sqs").list_queues().get("QueueUrls", [])},
        "topics": {one["TopicArn"].rpartition(":")[2]: _topic(one["TopicArn"]) for one in _topics()},
        "alarms": {one["AlarmName"]: _alarm(one) for one in client("cloudwatch").describe_alarms()["MetricAlarms"]},
    }


def _log_groups() -> list[tuple[str, dict[str, Any]]]:
    return [(one["logGroupName"], one) for one in _pages("logs", "describe_log_groups")]


def _is_claim(name: str, functions: list[dict[str, Any]]) -> bool:
    """Whether a group is what keeps deployers from a function that is there.

    That of a dead deployer goes with the next change or the deletion of the function. Without one, none may stay.
    """
    return any(name.startswith(f"/aws/lambda/{one['FunctionName']}.claim") for one in functions)


def claims() -> list[str]:
    """The log groups that keep deployers from functions."""
    return [name for name, _ in _log_groups() if ".claim" in name]


def _layers() -> list[Any]:
    return list(client("lambda").list_layers()["Layers"])


def _topics() -> list[Any]:
    return list(client("sns").list_topics()["Topics"])


def _queue(url: str) -> dict[str, Any]:
    sqs = client("sqs")
    names = ["MessageRetentionPeriod", "SqsManagedSseEnabled"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return {**attributes, "Tags": sqs.list_queue_tags(QueueUrl=url).get("Tags", {})}


def _topic(arn: str) -> dict[str, Any]:
    sns = client("sns")
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    return {
        "Tags": _tags_of_pairs(sns.list_tags_for_resource(ResourceArn=arn)["Tags"]),
        "Emails": sorted(one["Endpoint"] for one in subscriptions if one["Protocol"] == "email"),
    }


def _alarm(alarm: dict[str, Any]) -> dict[str, Any]:
    tags = client("cloudwatch").list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
    dropped = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    kept = {key: value for key, value in alarm.items() if key not in dropped and not key.startswith("State")}
    return {**kept, "Tags": _tags_of_pairs(tags)}


def _tags_of_pairs(pairs: list[dict[str, str]]) -> dict[str, str]:
    return {pair["Key"]: pair["Value"] for pair in pairs}


def _pages(service: str, operation: str) -> list[Any]:
    key = {"describe_log_groups": "logGroups", "list_rules": "Rules"}[operation]
    return [one for page in client(service).get_paginator(operation).paginate() for one in page[key]]


def _function(name: str) -> dict[str, Any]:
    lambda_ = client("lambda")
    answer = lambda_.get_function(FunctionName=name)
    found = {key: value for key, value in answer["Configuration"].items() if key not in ("LastModified", "RevisionId")}
    if not found.get("VpcConfig", {}).get("SubnetIds"):
        found.pop("VpcConfig", None)
    found["Tags"] = answer.get("Tags", {})
    found["Live"] = _live(name)
    found["Concurrency"] = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    try:
        found["Policy"] = json.loads(lambda_.get_policy(FunctionName=name, Qualifier="live")["Policy"])["Statement"]
    except lambda_.exceptions.ResourceNotFoundException:
        found["Policy"] = []
    try:
        invoked = lambda_.get_function_event_invoke_config(FunctionName=name, Qualifier="live")
        found["Retries"] = (invoked.get("MaximumRetryAttempts"), invoked.get("MaximumEventAgeInSeconds"))
    except lambda_.exceptions.ResourceNotFoundException:
        found["Retries"] = None
    return found


def _live(name: str) -> dict[str, Any] | None:
    """The code and the settings of the version that the alias is on."""
    lambda_ = client("lambda")
    try:
        answer = lambda_.get_function(FunctionName=name, Qualifier="live")["Configuration"]
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    return {key: answer[key] for key in ("CodeSha256", "MemorySize", "Timeout", "Environment") if key in answer}


def _role(name: str) -> dict[str, Any]:
    iam = client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    policies = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "Trust": role["AssumeRolePolicyDocument"],
        "Tags": {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        "Policies": {one: iam.get_role_policy(RoleName=name, PolicyName=one)["PolicyDocument"] for one in policies},
    }


def _log_group(group: dict[str, Any]) -> dict[str, Any]:
    arn = group["arn"].removesuffix(":*")
    return {
        "Retention": group.get("retentionInDays"),
        "Tags": client("logs").list_tags_for_resource(resourceArn=arn)["tags"],
    }


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    events = client("events")
    tags = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    targets = events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    return {**rule, "Tags": {tag["Key"]: tag["Value"] for tag in tags}, "Targets": targets}


def _schedules(groups: list[str]) -> dict[str, Any]:
    found = {}
    scheduler = client("scheduler")
    for group in groups:
        for one in scheduler.list_schedules(GroupName=group)["Schedules"]:
            answer = scheduler.get_schedule(GroupName=group, Name=one["Name"])
            dropped = ("ResponseMetadata", "CreationDate", "LastModificationDate")
            found[one["Name"]] = {key: value for key, value in answer.items() if key not in dropped}
    return found


EMPTY: dict[str, Any] = {
    "functions": {},
    "roles": {},
    "log groups": {},
    "rules": {},
    "schedule groups": {},
    "schedules": {},
    "layers": {},
    "queues": {},
    "topics": {},
    "alarms": {},
}
