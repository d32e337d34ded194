"""What the fixtures of a harness read in an account, past the provider: with clients of the tests' own."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any

import attrs
import pytest

from taskflows_cloud_aws.schedules.read import read_expression
from taskflows_cloud_core import ScheduleExpression
from taskflows_cloud_core.reconcile import ResourceKey
from taskflows_cloud_core.schedules import Periodic, next_runs
from taskflows_cloud_core.testing import DeployedSchedule, FiredRun
from tests.aws.support import running_functions
from tests.aws.support.account import ACCOUNT, OWNER, client, everything

_INSTANT = timedelta(microseconds=1)
# AWS Lambda Developer Guide, "Asynchronous invocation": so many times when nothing else is said.
_USUAL_RETRIES = 2
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}],
}
_CONTEXT = (
    'type("Context", (), {"aws_request_id": "run", "function_name": "job", "memory_limit_in_mb": "256",'
    ' "get_remaining_time_in_millis": lambda self: 1000})()'
)


def call_with_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is invoked get a context, as Lambda gives it one."""
    program, without = running_functions._PROGRAM, "json.loads(sys.stdin.read()), None"
    assert without in program
    with_context = program.replace(without, f"json.loads(sys.stdin.read()), {_CONTEXT}")
    monkeypatch.setattr(running_functions, "_PROGRAM", with_context)


@attrs.frozen(kw_only=True)
class Held:
    """A rule or a schedule with the function that it is for."""

    expression: str
    timezone: str = "UTC"
    enabled: bool
    target: str
    event: str
    refusal: str | None

    @property
    def function(self) -> dict[str, str]:
        """The parameters that name the function."""
        name, _, qualifier = self.target.partition(":function:")[2].partition(":")
        return {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}

    def is_due(self, moment: datetime) -> bool:
        """Whether it fires then."""
        reading = read_expression(ScheduleExpression(expression=self.expression, timezone=self.timezone))
        if isinstance(reading, Periodic):
            return False
        return self.enabled and next_runs(reading, 1, moment - _INSTANT)[:1] == [moment]


def held(name: str) -> list[Held]:
    """All that starts a function by the clock."""
    found = [*_rules(), *_schedules()]
    return [one for one in found if one.function["FunctionName"] == name]


def _rules() -> Iterator[Held]:
    for rule in client("events").list_rules()["Rules"]:
        for target in client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]:
            yield Held(
                expression=rule["ScheduleExpression"],
                enabled=rule["State"] == "ENABLED",
                target=target["Arn"],
                event=target.get("InputTransformer", {}).get("InputTemplate", "{}"),
                refusal=_refusal(rule["Arn"], target["Arn"]),
            )


def _refusal(rule: str, target: str) -> str | None:
    """Why a rule may not invoke what it is for."""
    name, _, qualifier = target.partition(":function:")[2].partition(":")
    lambda_ = client("lambda")
    try:
        policy = json.loads(lambda_.get_policy(FunctionName=name, Qualifier=qualifier)["Policy"])
    except lambda_.exceptions.ResourceNotFoundException:
        return f"{target} lets nobody invoke it"
    sources = [one.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "") for one in policy["Statement"]]
    return None if any(fnmatchcase(rule, source) for source in sources) else f"{target} does not let {rule} invoke it"


def _schedules() -> Iterator[Held]:
    scheduler = client("scheduler")
    roles = {one["Arn"] for one in client("iam").list_roles()["Roles"]}
    for listed in scheduler.list_schedules()["Schedules"]:
        found = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
        target = found["Target"]
        yield Held(
            expression=found["ScheduleExpression"],
            timezone=found["ScheduleExpressionTimezone"],
            enabled=found["State"] == "ENABLED",
            target=target["Arn"],
            event=target["Input"],
            refusal=None if target["RoleArn"] in roles else f"there is no role {target['RoleArn']}",
        )


def fire(name: str, moment: datetime) -> list[FiredRun]:
    """Invoke a function as the rules and schedules that are due then do."""
    return [_fired(one, moment) for one in held(name) if one.is_due(moment)]


def _fired(one: Held, moment: datetime) -> FiredRun:
    due = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    # A rule puts quotes around a text, a schedule does not.
    event = json.loads(one.event.replace("<due>", json.dumps(due)).replace("<aws.scheduler.scheduled-time>", due))
    said = event.get("taskflows-cloud", {})
    occurrence = f"{said['schedule']}@{moment.isoformat()}" if said.get("due") == due else None
    if one.refusal:
        return FiredRun(occurrence=occurrence, attempts=0, event=event, error=one.refusal)
    lines: list[str] = []
    for attempt in range(1, 2 + _retries(one)):
        answer = client("lambda").invoke(**one.function, Payload=json.dumps(event), LogType="Tail")
        value = json.loads(answer["Payload"].read())
        lines += base64.b64decode(answer["LogResult"]).decode().splitlines()
        if "FunctionError" not in answer:
            return FiredRun(occurrence=occurrence, attempts=attempt, event=event, value=value, lines=lines)
    return FiredRun(occurrence=occurrence, attempts=attempt, event=event, error=json.dumps(value), lines=lines)


def _retries(one: Held) -> int:
    lambda_ = client("lambda")
    try:
        answer = lambda_.get_function_event_invoke_config(**one.function)
    except lambda_.exceptions.ResourceNotFoundException:
        return _USUAL_RETRIES
    return int(answer.get("MaximumRetryAttempts", _USUAL_RETRIES))


def deployed_schedules(name: str) -> list[DeployedSchedule]:
    """The rules and schedules of a function, with the version that they invoke."""
    return [_deployed(one) for one in held(name)]


def _deployed(one: Held) -> DeployedSchedule:
    function = client("lambda").get_function_configuration(**one.function)
    return DeployedSchedule(
        expression=one.expression,
        timezone=one.timezone,
        enabled=one.enabled,
        code=base64.b64decode(function["CodeSha256"]).hex(),
        memory_mb=function["MemorySize"],
        timeout_seconds=function["Timeout"],
        retries=_retries(one),
    )


def foreign(key: ResourceKey) -> Callable[[], Any] | None:
    """Make what another owner has under the name of a resource; the reader of it."""
    makers: dict[str, tuple[str, Callable[[], Any]]] = {
        "function": ("functions", lambda: make_function(key.name, _role())),
        "log-group": ("log groups", lambda: client("logs").create_log_group(logGroupName=key.name)),
        "role": ("roles", lambda: _role(key.name)),
        "rule": (
            "rules",
            lambda: client("events").put_rule(Name=key.name, ScheduleExpression="rate(1 day)", State="DISABLED"),
        ),
        "schedule-group": ("schedule groups", lambda: client("scheduler").create_schedule_group(Name=key.name)),
    }
    if key.kind not in makers:
        return None
    kind, make = makers[key.kind]
    make()
    return lambda: everything()[kind].get(key.name)


def _role(name: str = "of-another-owner") -> str:
    iam = client("iam")
    if name in {one["RoleName"] for one in iam.list_roles()["Roles"]}:
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"])


def make_function(name: str, role: str, **tags: str) -> None:
    """Make a function as the provider does not."""
    client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": archive("pass")},
        Tags=tags,
    )


def archive(source: str) -> bytes:
    """An archive with one module."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.writestr("index.py", source)
    return stream.getvalue()


def many(count: int) -> list[str]:
    """Functions with the tags of ours."""
    names = [f"many-{number:03}" for number in range(count)]
    for name in names:
        make_function(name, _role(), **{OWNER: name})
    return names


def texts_others_can_read() -> list[str]:
    """All of the account but the variables of functions, which are read with their code alone."""
    found = everything()
    for function in found["functions"].values():
        function.pop("Environment", None)
        (function["Live"] or {}).pop("Environment", None)
    return [json.dumps(found, default=str)]


def lose_the_handler(name: str) -> None:
    """Let the version that is live have no handler."""
    lambda_ = client("lambda")
    lambda_.update_function_code(FunctionName=name, ZipFile=archive("raise ImportError('no room for this')"))
    version = lambda_.publish_version(FunctionName=name)["Version"]
    lambda_.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
