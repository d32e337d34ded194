"""The whole life of a function on an AWS emulator that really runs it, fires its rules and writes its log."""

from __future__ import annotations

import importlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest

from taskflows_cloud_core import Calendar, CloudEnvironment, CloudFunctionConfig, Periodic, get_environment
from tests.integration.ministack import MiniStack, ministack

pytestmark = [pytest.mark.integration, pytest.mark.slow]

REGION = "eu-central-1"
_accounts = itertools.count(100_000_000_001)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        running.reset()
        yield running


@pytest.fixture
def env(emulator: MiniStack, monkeypatch: pytest.MonkeyPatch) -> CloudEnvironment:
    # A 12-digit access key is the account, so that each test has one of its own.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(next(_accounts)))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return get_environment("aws", region=REGION, endpoint_url=emulator.endpoint_url)


@pytest.fixture
def client(emulator: MiniStack, env: CloudEnvironment) -> Callable[[str], Any]:
    # The default session would keep the credentials of the test before.
    return lambda service: boto3.Session(region_name=REGION).client(service, endpoint_url=emulator.endpoint_url)


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    source = """
import os

def tick(event, context):
    occurrence = context.occurrence
    due = occurrence and occurrence.due_at.isoformat()
    print("tick", f"{occurrence.schedule} {event['scheduled_time'] == due}" if occurrence else event.get("source"))
    return {"mode": os.environ["MODE"]}

def tock():
    print("tock")
    return "tock"

def broken():
    raise ValueError("no rows")
"""
    (tmp_path / "end_to_end_jobs.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("end_to_end_jobs")
    del sys.modules["end_to_end_jobs"]


def config(**settings: Any) -> CloudFunctionConfig:
    return CloudFunctionConfig(function_name="job", environment_variables={"MODE": "fast"}, **settings)


def wait_for(probe: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (answer := probe()) and time.monotonic() < deadline:
        time.sleep(1)
    return answer


def left_over(client: Callable[[str], Any]) -> dict[str, Any]:
    groups = client("scheduler").list_schedule_groups()["ScheduleGroups"]
    return {
        "functions": client("lambda").list_functions()["Functions"],
        "rules": client("events").list_rules()["Rules"],
        "schedules": client("scheduler").list_schedules()["Schedules"],
        "groups": [one for one in groups if one["Name"] != "default"],
        "log groups": client("logs").describe_log_groups()["logGroups"],
        "roles": [one for one in client("iam").list_roles()["Roles"] if "taskflows" in one["RoleName"]],
    }


def test_the_life_of_a_function(env, client, jobs):
    schedules = [Periodic(60), Calendar("Sun 17:00", timezone="America/New_York")]
    result = env.deploy_function(jobs.tick, config(schedules=schedules), [])
    assert result.success, result.error
    assert any("not to AWS" in warning for warning in result.warnings)
    assert env.plan_function(jobs.tick, config(schedules=schedules), []).is_empty

    by_hand = env.invoke_function("job", {"source": "hand"})
    assert by_hand.ok, by_hand.error
    assert by_hand.value == {"mode": "fast"}

    def ticks() -> list[str]:
        return [event.message for event in env.get_function_logs("job") if event.message.startswith("tick")]

    assert wait_for(lambda: "tick every 60 s True" in ticks(), 120), ticks()
    assert "tick hand" in ticks()

    (listed,) = env.list_functions()
    assert listed.name == "job"
    assert set(listed.schedules) == {"rate(1 minute)", "cron(00 17 ? * SUN *) America/New_York"}
    described = env.describe_function("job")
    assert described.environment_names == ("MODE",)

    assert env.pause_schedules("job") == 2
    time.sleep(15)  # for a run that was under way
    fired = ticks().count("tick every 60 s True")
    time.sleep(75)
    assert ticks().count("tick every 60 s True") == fired
    assert env.resume_schedules("job") == 2

    assert env.update_function_code("job", jobs.tock, []).success
    assert env.invoke_function("job").value == "tock"
    assert env.rollback_function("job").version == "1"
    assert env.invoke_function("job", {}).value == {"mode": "fast"}

    assert env.delete_function("job").success
    assert not any(left_over(client).values()), left_over(client)


def test_a_paused_function_stays_paused_over_a_redeployment(env, client, jobs):
    wanted = config(schedules=[Periodic(60)])
    assert env.deploy_function(jobs.tock, wanted, []).success

    assert env.pause_schedules("job") == 1
    assert env.deploy_function(jobs.tick, wanted, []).success
    (rule,) = client("events").list_rules()["Rules"]
    assert rule["State"] == "DISABLED"

    assert env.resume_schedules("job") == 1
    (rule,) = client("events").list_rules()["Rules"]
    assert rule["State"] == "ENABLED"
    assert env.delete_function("job").success


def test_what_the_code_raises_is_told(env, jobs):
    assert env.deploy_function(jobs.broken, config(), []).success

    result = env.invoke_function("job")

    assert not result.ok
    assert "no rows" in result.error
    assert any("ValueError: no rows" in event.message for event in env.get_function_logs("job"))
    assert env.delete_function("job").success


def test_what_others_made_survives(env, client, jobs):
    client("events").put_rule(Name="theirs", ScheduleExpression="rate(1 day)")
    client("logs").create_log_group(logGroupName="/aws/lambda/job-2")
    assert env.deploy_function(jobs.tock, config(schedules=["Mon-Fri 14:00"]), []).success

    assert env.delete_function("job").success

    assert [rule["Name"] for rule in client("events").list_rules()["Rules"]] == ["theirs"]
    assert [one["logGroupName"] for one in client("logs").describe_log_groups()["logGroups"]] == ["/aws/lambda/job-2"]
