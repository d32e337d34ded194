"""The documented policy is enough for every deployment, and no action of it can be spared."""

from __future__ import annotations

import copy
import importlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from taskflows_cloud_aws import deployer_policy, limits
from taskflows_cloud_aws.permissions.deployer_policy import FEATURES
from taskflows_cloud_core import CloudError, get_environment
from tests.aws.resilience.test_drift import DRIFTS
from tests.aws.support.account import ACCOUNT, EMPTY, GIVEN_ROLE, REGION, Raw, client, config, make_given_role
from tests.aws.support.iam_simulator import Call, Need, allows, needs
from tests.aws.support.moto_additions import add_calls
from tests.aws.support.scenarios import (
    FIRST,
    NEW_WHEEL,
    NEW_YORK,
    OLD_WHEEL,
    OTHERWISE_WATCHED,
    SECOND,
    WATCHED,
    write_wheels,
)

BUCKET = "archives"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
NETWORK = {"subnet_ids": ["subnet-0123"], "security_group_ids": ["sg-0123"]}


class Guard:
    """Lets through what the policy allows, and refuses the rest as AWS does."""

    def __init__(self) -> None:
        self.policy: dict[str, Any] | None = None
        self.used: set[str] = set()

    def check(self, call: Call) -> None:
        wanted = needs(call)
        self.used |= {need.action for need in wanted}
        refused = [need for need in wanted if not self.allows(need)]
        if refused:
            answer = {
                "Error": {"Code": "AccessDeniedException", "Message": f"not authorized: {refused[0].action}"},
                "ResponseMetadata": {"HTTPStatusCode": 403},
            }
            raise ClientError(answer, call.operation)

    def allows(self, need: Need) -> bool:
        return self.policy is None or allows(self.policy, need)


@pytest.fixture
def guard(aws, monkeypatch) -> Guard:
    guard = Guard()
    original = BaseClient._make_api_call

    def guarded(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if not aws.is_watching:
            return original(self, operation, parameters)
        service = {"monitoring": "cloudwatch"}.get(self.meta.service_model.endpoint_prefix)
        service = service or self.meta.service_model.signing_name
        call = Call(service=service, operation=operation, parameters=parameters, region=REGION, account=ACCOUNT)
        guard.check(call)
        answer = original(self, operation, parameters)
        if call.name == "lambda:GetFunction":
            # API Reference, GetFunction, "Tags": only for who has lambda:ListTags.
            guard.used.add("lambda:ListTags")
            resource = call.arn(f"function:{parameters['FunctionName']}")
            if not guard.allows(Need(action="lambda:ListTags", resource=resource)):
                answer.pop("Tags", None)
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", guarded)
    return guard


def done(result: Any) -> None:
    if not result.success:
        raise PermissionError(result.error)


def made_roles(env: Any, jobs: Any, aws: Any) -> None:
    """A life in which roles are made: deployed, changed, mended, rolled back, paused, deleted."""
    done(env.deploy_function(jobs.report, config(**FIRST), []))
    done(env.deploy_function(jobs.other, config(**{**SECOND, "max_concurrency": 3}), []))
    done(env.deploy_function(jobs.other, config(**{**SECOND, "tags": {}}), []))
    assert env.rollback_function("job").is_live
    assert env.pause_schedules("job") == 2
    assert env.resume_schedules("job") == 2
    assert [one.name for one in env.list_functions()] == ["job"]
    assert len(env.list_versions("job")) > 1
    done(env.deploy_function(jobs.report, config(**FIRST), []))
    for kind in ("trust policy", "role policy deleted", "schedule expression", "target added"):
        aws.look(DRIFTS[kind])
    aws.look(widen_the_grant)
    aws.look(attach_a_policy)
    done(env.deploy_function(jobs.report, config(**FIRST), []))
    done(env.delete_function("job"))


def note_a_run() -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    of_job = [{"Name": "FunctionName", "Value": "job"}]
    run = {"MetricName": "Duration", "Dimensions": of_job, "Value": 100, "Timestamp": at}
    client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[run])


def widen_the_grant() -> None:
    lambda_ = client("lambda")
    (statement,) = json.loads(lambda_.get_policy(FunctionName="job", Qualifier="live")["Policy"])["Statement"]
    of_live = {"FunctionName": "job", "Qualifier": "live", "StatementId": statement["Sid"]}
    lambda_.remove_permission(**of_live)
    lambda_.add_permission(**of_live, Action="lambda:InvokeFunction", Principal="events.amazonaws.com")


def attach_a_policy() -> None:
    iam = client("iam")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}
    made = iam.list_policies(Scope="Local")["Policies"]
    policy = made[0] if made else iam.create_policy(PolicyName="theirs", PolicyDocument=json.dumps(document))["Policy"]
    iam.attach_role_policy(RoleName="taskflows-cloud-job-us-east-1", PolicyArn=policy["Arn"])


def given_things(env: Any, jobs: Any, aws: Any) -> None:
    """Roles, layers, a network and a key are given."""
    options = {"layers": [aws.look(given_layer)], "kms_key_arn": KEY, **NETWORK}
    wanted = {**FIRST, "provider_options": {"aws": options}}
    done(env.deploy_function(jobs.report, config(**wanted), []))
    done(env.deploy_function(jobs.report, config(**wanted, memory_mb=512), []))
    done(env.delete_function("job"))


def made_things(env: Any, jobs: Any, aws: Any) -> None:
    """A layer, a queue, alarms with a topic and warm environments are made, changed, mended and given up."""
    done(env.deploy_function(jobs.report, config(**WATCHED, tags={"team": "data"}), OLD_WHEEL))
    done(env.deploy_function(jobs.report, config(**WATCHED), OLD_WHEEL))
    done(env.deploy_function(jobs.other, config(**OTHERWISE_WATCHED), NEW_WHEEL))
    aws.look(shorten_retention)
    aws.look(confirm_by_hand)
    done(env.deploy_function(jobs.other, config(**OTHERWISE_WATCHED), NEW_WHEEL))
    done(env.deploy_function(jobs.other, config(**FIRST), []))
    done(env.delete_function("job"))


def shorten_retention() -> None:
    sqs = client("sqs")
    url = sqs.get_queue_url(QueueName="taskflows-cloud-job-dead-letters")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})


def confirm_by_hand() -> None:
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:taskflows-cloud-job-alarms"
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="old@example.com")


def shared_roles(env: Any, jobs: Any, aws: Any) -> None:
    """All functions run as one role, which goes with the last of them."""
    done(env.deploy_function(jobs.report, config(**FIRST), []))
    done(env.delete_function("job"))


def given_layer() -> str:
    lambda_ = client("lambda")
    there = lambda_.list_layer_versions(LayerName="given")["LayerVersions"]
    content = {"ZipFile": b"layer"}
    made = there[0] if there else lambda_.publish_layer_version(LayerName="given", Content=content)
    arn: str = made["LayerVersionArn"]
    return arn


def through_a_bucket(env: Any, jobs: Any, aws: Any) -> None:
    """Archives pass through S3, and one that an earlier run left there is found."""
    left = {"Bucket": BUCKET, "Key": f"taskflows-cloud/{REGION}/job/left.zip", "Body": b"left"}
    aws.look(lambda: client("s3").put_object(**left))
    done(env.deploy_function(jobs.report, config(), []))
    done(env.deploy_function(jobs.other, config(), []))
    done(env.delete_function("job"))


def run_and_watched(env: Any, jobs: Any, aws: Any) -> None:
    """Invoked, and its log and numbers read."""
    done(env.deploy_function(jobs.report, config(), []))
    # The emulator runs no code.
    ran = AWSResponse("https://aws.example", 200, {}, Raw(b"null"))
    aws.before = lambda _number, call: ran if call == "lambda:Invoke" else None
    assert env.invoke_function("job").ok
    assert env.get_function_logs("job") is not None
    aws.look(note_a_run)
    assert env.get_metrics("job").duration_percentiles_ms
    done(env.delete_function("job"))


LIVES: dict[str, tuple[Callable[[Any, Any, Any], None], dict[str, Any], dict[str, Any]]] = {
    "roles are made": (made_roles, {}, {"features": ()}),
    "things are given": (
        given_things,
        {"execution_role_arn": GIVEN_ROLE, "scheduler_role_arn": GIVEN_ROLE},
        {"kms_key_arn": KEY, "features": ["vpc"]},
    ),
    "through a bucket": (through_a_bucket, {"code_bucket": BUCKET}, {"features": ()}),
    "run and watched": (run_and_watched, {}, {"features": ["operating"]}),
    "things are made": (
        made_things,
        {},
        {"features": ["alarms", "dead_letter_queue", "dependency_layer", "provisioned_concurrency"]},
    ),
    "roles are shared": (shared_roles, {"shared_roles": True}, {"features": ["shared_roles"]}),
}
LONG = ("roles are made", "things are made")


@pytest.fixture(params=LIVES)
def life(request, aws, guard, jobs, monkeypatch, tmp_path):
    """What is done, the policy for it, and the account in which it is done."""
    what, options, more = LIVES[request.param]
    add_calls(monkeypatch)
    # The wheels are all that there is of distributions.
    monkeypatch.setenv("UV_FIND_LINKS", str(write_wheels(tmp_path / "wheels")))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    # It has the limit of archives from when it is first imported.
    importlib.import_module("taskflows_cloud_aws.packaging.package")
    monkeypatch.setattr(limits, "DIRECT_UPLOAD_BYTES", 100 if what is through_a_bucket else limits.DIRECT_UPLOAD_BYTES)
    aws.look(make_given_role)
    aws.look(lambda: client("s3").create_bucket(Bucket=BUCKET))
    return lambda: what(get_environment("aws", region=REGION, **options), jobs, aws), policy_of(options, more)


def policy_of(options: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    arguments = {**options, **more}
    arguments.pop("shared_roles", None)
    return deployer_policy(account=ACCOUNT, region=REGION, prefix="jo", **arguments)


def actions_of(policy: dict[str, Any]) -> list[tuple[int, str]]:
    return [(place, action) for place, one in enumerate(policy["Statement"]) for action in one["Action"]]


def without(policy: dict[str, Any], place: int, action: str) -> dict[str, Any]:
    less = copy.deepcopy(policy)
    less["Statement"][place]["Action"].remove(action)
    return less


# What the other lives prove already.
LESS = {
    "run and watched": ("Invoking", "Logs", "Metrics"),
    "through a bucket": ("Bucket", "Archives"),
    "things are made": ("Alarms", "Topics", "Queues", "Layers", "Provisioned"),
    "roles are shared": (),
}
LISTED = {
    "things are made": (
        "cloudwatch:DescribeAlarms",
        "lambda:ListLayerVersions",
        "lambda:ListLayers",
        "sns:Unsubscribe",
    ),
    "roles are shared": ("scheduler:ListScheduleGroups",),
}
GIVEN = ("GivenLayers", "Network", "Key", "PassExecutionRole", "PassSchedulerRole")


def to_prove(kind: str, policy: dict[str, Any]) -> list[tuple[int, str]]:
    sids = [statement["Sid"] for statement in policy["Statement"]]
    chosen = {"things are given": GIVEN, **LESS}.get(kind, [sid for sid in sids if sid != "GivenLayers"])
    listed = LISTED.get(kind, ())
    return [(place, action) for place, action in actions_of(policy) if sids[place] in chosen or action in listed]


def test_the_policy_is_enough(life, guard, account):
    live, policy = life
    guard.policy = policy

    live()

    left = account()
    left["roles"].pop("given")
    left["layers"].pop("given", None)
    assert left == EMPTY


@pytest.mark.parametrize(
    "life", [pytest.param(kind, marks=pytest.mark.sweep if kind in LONG else ()) for kind in LIVES], indirect=True
)
def test_no_action_can_be_spared(life, guard, account, request):
    live, policy = life
    kind = request.node.callspec.params["life"]
    spared = []
    for place, action in to_prove(kind, policy):
        guard.policy = without(policy, place, action)
        error = failure_of(live)
        # Without the right to read tags, nothing is known to be ours.
        if action not in error and not (action == "lambda:ListTags" and "not made by taskflows-cloud" in error):
            spared.append((action, error))
        # Who has all rights can clear away what was broken off.
        guard.policy = None
        done(get_environment("aws", region=REGION).delete_function("job"))
    assert not spared


def failure_of(act: Callable[[], None]) -> str:
    """What an act that fails says; nothing when it does not fail."""
    try:
        act()
    except (CloudError, PermissionError) as error:
        return str(error)
    return ""


def test_every_action_is_proved_by_some_life():
    proved, there = set(), set()
    for kind, (_what, options, more) in LIVES.items():
        policy = policy_of(options, more)
        sids = [statement["Sid"] for statement in policy["Statement"]]
        proved |= {(sids[place], action) for place, action in to_prove(kind, policy)}
        there |= {(sids[place], action) for place, action in actions_of(policy)}
    assert proved == there
    assert {feature for _, _, more in LIVES.values() for feature in more["features"]} == set(FEATURES)


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
REFUSED = {
    "a function of another name": Need(action="lambda:UpdateFunctionCode", resource=f"{FUNCTION}:other"),
    "a function of another region": Need(
        action="lambda:DeleteFunction", resource=f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:job"
    ),
    "a grant to another service": Need(
        action="lambda:AddPermission", resource=f"{FUNCTION}:job:live", context={"lambda:Principal": "s3.amazonaws.com"}
    ),
    "a grant to another account": Need(
        action="lambda:AddPermission", resource=f"{FUNCTION}:job", context={"lambda:Principal": "210987654321"}
    ),
    "a role of others": Need(action="iam:PutRolePolicy", resource=f"arn:aws:iam::{ACCOUNT}:role/admin"),
    "a role of others passed": Need(
        action="iam:PassRole",
        resource=f"arn:aws:iam::{ACCOUNT}:role/admin",
        context={"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    "a role passed to EC2": Need(
        action="iam:PassRole",
        resource=f"arn:aws:iam::{ACCOUNT}:role/taskflows-cloud-job-{REGION}",
        context={"iam:PassedToService": "ec2.amazonaws.com"},
    ),
    "a policy attached": Need(
        action="iam:AttachRolePolicy", resource=f"arn:aws:iam::{ACCOUNT}:role/taskflows-cloud-job-{REGION}"
    ),
    "a log group of others": Need(
        action="logs:DeleteLogGroup", resource=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/other:*"
    ),
    "a schedule of others": Need(
        action="scheduler:UpdateSchedule", resource=f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/nightly"
    ),
    "a rule of others": Need(action="events:PutTargets", resource=f"arn:aws:events:{REGION}:{ACCOUNT}:rule/other"),
    "an object of others": Need(action="s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/secret"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_needed_is_not_allowed(what):
    policy = deployer_policy(account=ACCOUNT, region=REGION, prefix="jo", code_bucket=BUCKET)

    assert not allows(policy, REFUSED[what])


def test_another_prefix_is_refused_before_anything_is_made(aws, guard, jobs, account):
    guard.policy = deployer_policy(account=ACCOUNT, region=REGION, prefix="team-")

    result = get_environment("aws", region=REGION).deploy_function(jobs.report, config(), [])

    assert "lambda:GetFunction on function job is not permitted" in result.error
    assert account() == EMPTY


@pytest.mark.parametrize("name", ["jo" + "x" * 62, "jo"])
def test_the_prefix_holds_for_every_length_of_a_name(aws, guard, jobs, account, name):
    guard.policy = deployer_policy(account=ACCOUNT, region=REGION, prefix="jo")
    env = get_environment("aws", region=REGION)

    done(env.deploy_function(jobs.report, config(name, schedules=["Mon-Fri 14:00", NEW_YORK]), []))
    done(env.delete_function(name))

    assert account() == EMPTY


def test_too_long_a_prefix_is_refused():
    with pytest.raises(ValueError, match="at most 20"):
        deployer_policy(prefix="x" * 21)


def test_it_fits_into_a_managed_policy():
    # IAM and AWS STS quotas, "Managed policy": 6,144 characters without white space.
    usual = deployer_policy(
        account=ACCOUNT,
        region="ap-southeast-1",
        prefix="x" * 20,
        partition="aws-us-gov",
        code_bucket="b" * 63,
    )

    assert len(json.dumps(usual, separators=(",", ":"))) <= 6144


def test_the_environment_prints_it(env):
    (content,) = env.required_permissions().values()

    assert json.loads(content) == deployer_policy(region=REGION)
