"""An exported template makes what a deployment makes, on an emulator with CloudFormation."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from sample_jobs import job

from taskflows_cloud_core import Calendar, CloudFunctionConfig, Periodic, get_environment
from tests.integration.ministack import MiniStack, ministack

pytestmark = [pytest.mark.integration, pytest.mark.slow]

REGION = "eu-central-1"
_accounts = itertools.count(200_000_000_001)
CONFIG = CloudFunctionConfig(
    function_name="job",
    schedules=[
        Calendar("Mon-Fri 09:00"),
        Periodic(period=3600),
        Calendar("Sun 17:00", timezone="America/New_York"),
    ],
    environment_variables={"API_KEY": "canary"},
    log_retention_days=14,
    memory_mb=512,
    tags={"team": "data"},
    provider_options={"aws": {"alarms": {"errors": 1}, "dead_letter_queue": True}},
)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        running.reset()
        yield running


@pytest.fixture
def account(emulator: MiniStack, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Callable[[str], Any]]:
    """Go to an empty account; its clients by service."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")

    def enter() -> Callable[[str], Any]:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(next(_accounts)))
        session = boto3.Session(region_name=REGION)
        return lambda service: session.client(service, endpoint_url=emulator.endpoint_url)

    return enter


def look(client: Callable[[str], Any], account: str) -> dict[str, Any]:
    """What a function and all around it look like, with the account's number taken out."""
    lambda_, events, scheduler = client("lambda"), client("events"), client("scheduler")
    function = lambda_.get_function(FunctionName="job", Qualifier="live")["Configuration"]
    taken = ("CodeSha256", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout", "TracingConfig")
    rules = [rule for rule in events.list_rules()["Rules"] if rule["Name"].startswith("job-")]
    statement = json.loads(lambda_.get_policy(FunctionName="job", Qualifier="live")["Policy"])["Statement"][0]
    schedules = scheduler.list_schedules(GroupName="taskflows-cloud-job")["Schedules"]
    found = {
        "function": {name: function[name] for name in taken},
        "retries": lambda_.get_function_event_invoke_config(FunctionName="job", Qualifier="live")[
            "MaximumRetryAttempts"
        ],
        "rules": {
            rule["Name"]: (
                rule["ScheduleExpression"],
                rule["State"],
                rule["Description"],
                events.list_targets_by_rule(Rule=rule["Name"])["Targets"],
            )
            for rule in rules
        },
        "grant": (statement["Principal"], statement["Action"], statement["Condition"]),
        "schedules": {
            one["Name"]: (answer["ScheduleExpression"], answer["Target"], answer["State"], answer["Description"])
            for one in schedules
            for answer in [scheduler.get_schedule(GroupName="taskflows-cloud-job", Name=one["Name"])]
        },
        "roles": {
            role["RoleName"]: (
                role["AssumeRolePolicyDocument"],
                client("iam").get_role_policy(RoleName=role["RoleName"], PolicyName="taskflows-cloud")[
                    "PolicyDocument"
                ],
            )
            for role in client("iam").list_roles()["Roles"]
            if role["RoleName"].startswith("taskflows-cloud")
        },
        "log group": client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/job")["logGroups"][0][
            "retentionInDays"
        ],
        "alarms": [
            (one["AlarmName"], one["MetricName"], one["Threshold"], one["ComparisonOperator"])
            for one in client("cloudwatch").describe_alarms()["MetricAlarms"]
        ],
        "queues": [url.rpartition("/")[2] for url in client("sqs").list_queues()["QueueUrls"]],
    }
    told: dict[str, Any] = json.loads(json.dumps(found).replace(account, "ACCOUNT"))
    return told


def create_stack(client: Callable[[str], Any], files: Any, archive: str) -> None:
    template = json.loads(files["template.json"])
    client("s3").create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    client("s3").upload_file(archive, "code", template["Parameters"]["CodeKey"]["Default"])
    given = {"CodeBucket": "code", "Environment1ApiKey": "canary"}
    stacks = client("cloudformation")
    stacks.create_stack(
        StackName="job",
        TemplateBody=files["template.json"],
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    deadline = time.monotonic() + 60
    while (stack := stacks.describe_stacks(StackName="job")["Stacks"][0])["StackStatus"] == "CREATE_IN_PROGRESS":
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert stack["StackStatus"] == "CREATE_COMPLETE"


def test_a_stack_is_what_a_deployment_is(emulator: MiniStack, account: Callable[[], Callable[[str], Any]]) -> None:
    deployed = account()
    env = get_environment("aws", region=REGION, endpoint_url=emulator.endpoint_url)
    plan = env.plan_function(job, CONFIG, [])
    env.deploy_function(job, CONFIG, []).raise_for_error()
    own = look(deployed, deployed("sts").get_caller_identity()["Account"])

    exported = account()
    files = env.export_plan(plan, "cloudformation")
    assert plan.package is not None
    create_stack(exported, files, str(plan.package.path))
    stack = look(exported, exported("sts").get_caller_identity()["Account"])

    assert stack == own
    # The stack's function has none of our tags, so it is not taken for ours.
    strange = get_environment("aws", region=REGION, endpoint_url=emulator.endpoint_url)
    assert strange.list_functions() == []
    refused = strange.deploy_function(job, CONFIG, [])
    assert "was not made by taskflows-cloud" in str(refused.error)
