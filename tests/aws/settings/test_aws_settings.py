"""What only AWS has: layers, VPC, tracing, keys, dead letters, rights."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.support.account import ACCOUNT, GIVEN_ROLE, REGION, client, config, make_given_role

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
BUCKET = {"Sid": "Bucket", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::data/*"}
EVERYTHING = {"Action": "*", "Resource": "*"}


def with_aws(**options):
    return config(provider_options={"aws": options})


@pytest.fixture
def layer(aws):
    def publish():
        answer = client("lambda").publish_layer_version(LayerName="shared", Content={"ZipFile": b"layer"})
        return answer["LayerVersionArn"]

    return aws.look(publish)


@pytest.fixture
def network(aws):
    def make():
        ec2 = client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="jobs", Description="jobs", VpcId=vpc)["GroupId"]
        return subnet, group

    return aws.look(make)


def test_every_setting_reaches_the_function_and_its_role(env, aws, jobs, account, layer, network):
    subnet, group = network
    settings = with_aws(
        dead_letter_arn=QUEUE,
        kms_key_arn=KEY,
        layers=[layer],
        subnet_ids=[subnet],
        security_group_ids=[group],
        tracing="Active",
        policy_statements=[BUCKET],
    )

    result = env.deploy_function(jobs.report, settings, [])

    assert result.success, result.error
    there = account()
    function = there["functions"]["job"]
    assert function["DeadLetterConfig"] == {"TargetArn": QUEUE}
    assert function["KMSKeyArn"] == KEY
    assert [one["Arn"] for one in function["Layers"]] == [layer]
    assert function["VpcConfig"]["SubnetIds"] == [subnet]
    assert function["TracingConfig"] == {"Mode": "Active"}
    (policy,) = there["roles"]["taskflows-cloud-job-us-east-1"]["Policies"].values()
    rights = {str(statement["Action"]): statement["Resource"] for statement in policy["Statement"]}
    assert rights["sqs:SendMessage"] == QUEUE
    assert rights["kms:Decrypt"] == KEY
    assert rights["['s3:GetObject']"] == "arn:aws:s3:::data/*"
    assert sum("ec2:" in action for action in rights) == 1
    assert sum("xray:" in action for action in rights) == 1
    assert env.plan_function(jobs.report, settings, []).is_empty


def test_settings_that_are_no_longer_wanted_go(env, aws, jobs, account, layer):
    settings = with_aws(dead_letter_arn=QUEUE, layers=[layer])
    assert env.deploy_function(jobs.report, settings, [])

    assert env.deploy_function(jobs.report, config(), []).success

    function = account()["functions"]["job"]
    assert function["Layers"] == []
    assert env.plan_function(jobs.report, config(), []).is_empty


def test_a_layer_added_by_hand_is_drift(env, aws, jobs, layer):
    assert env.deploy_function(jobs.report, config(), [])
    aws.look(lambda: client("lambda").update_function_configuration(FunctionName="job", Layers=[layer]))

    assert "layers" in str(env.plan_function(jobs.report, config(), []))


def test_updating_the_code_keeps_them(env, aws, jobs, account, layer):
    assert env.deploy_function(jobs.report, with_aws(layers=[layer], policy_statements=[BUCKET]), [])
    before = account()

    assert env.update_function_code("job", jobs.other, []).success

    after = account()
    assert after["functions"]["job"]["Layers"] == before["functions"]["job"]["Layers"]
    assert after["roles"] == before["roles"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dead_letter_arn": "queue"}, "dead_letter_arn"),
        ({"layers": ["arn:aws:lambda:x"]}, "layers"),
        ({"layers": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:x:{number}" for number in range(6)]}, "6 entries"),
        ({"layers": "one"}, "must be a list"),
        ({"subnet_ids": ["subnet-1"]}, "needs both"),
        ({"subnet_ids": ["net-1"], "security_group_ids": ["sg-1"]}, "subnet_ids"),
        ({"tracing": "on"}, "PassThrough"),
        ({"kms_key_arn": "key"}, "kms_key_arn"),
        ({"policy_statements": "s3:*"}, "list of dicts"),
        ({"policy_statements": ["s3:*"]}, "policy_statements[0]"),
        ({"policy_statements": [{"Action": "s3:*"}]}, "needs Resource"),
        ({"policy_statements": [{**BUCKET, "Principal": "*"}]}, "'Principal'"),
        ({"policy_statements": [EVERYTHING]}, "allow_everything"),
        ({"policy_statements": [{"Action": ["s3:*", "*"], "Resource": ["*"]}]}, "allow_everything"),
        ({"policy_statements": [BUCKET], "execution_role_arn": GIVEN_ROLE}, "roles of our making"),
        ({"policy_statements": [{"Action": "*:*", "Resource": "*"}]}, "'*:*', not of the form"),
        ({"policy_statements": [{**BUCKET, "Effect": "allow"}]}, "Effect is 'allow'"),
        ({"policy_statements": [{**BUCKET, "Sid": "my data"}]}, "Sid is 'my data'"),
        ({"policy_statements": [BUCKET, BUCKET]}, "that of policy_statements[0] too"),
        ({"policy_statements": [{**BUCKET, "Action": "GetObject"}]}, "'GetObject', not of the form 's3:GetObject'"),
        ({"policy_statements": [{**BUCKET, "Action": 3}]}, "Action must be a str"),
        ({"policy_statements": [{**BUCKET, "Action": {"s3:GetObject"}}]}, "Action must be a str"),
        ({"policy_statements": [{**BUCKET, "Action": [["s3:GetObject"]]}]}, "Action must be a str"),
        ({"policy_statements": [{**BUCKET, "Resource": "data"}]}, "Resource has 'data'"),
        ({"policy_statements": [{**BUCKET, "Condition": "none"}]}, "Condition must be of the form"),
        ({"policy_statements": [{**BUCKET, "Condition": {"StringEquals": {"a": None}}}]}, "Condition must be"),
        ({"policy_statements": [{3: BUCKET}]}, "policy_statements[0]: has 3"),
        ({"alarms": {1: 2}}, "alarms.1: is no option"),
        ({"dead_letter_arn": f"{QUEUE}.fifo"}, "FIFO"),
        ({"layers": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:x:{number}" for number in (1, 2)]}, "two versions of"),
        ({"subnet_ids": ["subnet-1", "subnet-1"], "security_group_ids": ["sg-1"]}, "has 'subnet-1' twice"),
        ({"Tracing": "Active"}, "did you mean 'tracing'?"),
        ({"delivery_retries": 186}, "delivery_retries"),
        ({"delivery_retries": True}, "delivery_retries"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_sent(env, aws, jobs, options, message):
    result = env.deploy_function(jobs.report, with_aws(**options), [])

    assert not result.success
    assert message in result.error
    assert aws.calls == []


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:*", "Resource": "arn:aws:s3:::data/*"},
        {"Action": "s3:Get*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {**BUCKET, "Condition": {"Bool": {"aws:SecureTransport": True}, "StringLike": {"s3:prefix": ["a/*", "b/*"]}}},
    ],
)
def test_statements_with_wildcards_and_conditions_reach_the_role(env, jobs, account, statement):
    result = env.deploy_function(jobs.report, with_aws(policy_statements=[statement]), [])

    assert result.success, result.error
    (policy,) = account()["roles"]["taskflows-cloud-job-us-east-1"]["Policies"].values()
    assert {"Effect": "Allow", **statement} in policy["Statement"]
    assert env.plan_function(jobs.report, with_aws(policy_statements=[statement]), []).is_empty


ELSEWHERE = f"eu-west-1:{ACCOUNT}"


@pytest.mark.parametrize(
    "options",
    [
        {"dead_letter_arn": f"arn:aws:sqs:{ELSEWHERE}:dead"},
        {"dead_letter_arn": f"arn:aws-cn:sqs:{REGION}:{ACCOUNT}:dead"},
        {"alarm_topic_arn": f"arn:aws:sns:{ELSEWHERE}:topic", "alarms": {"errors": 1}},
        {"kms_key_arn": f"arn:aws:kms:{ELSEWHERE}:key/1234"},
        {"layers": [f"arn:aws:lambda:{ELSEWHERE}:layer:x:1"]},
        {"execution_role_arn": "arn:aws:iam::999999999999:role/given"},
        {"scheduler_role_arn": "arn:aws:iam::999999999999:role/given"},
        {"policy_statements": [{**BUCKET, "Resource": [f"arn:aws:s3:::data/{number:0100}" for number in range(100)]}]},
    ],
)
def test_what_does_not_fit_the_place_is_refused_before_anything_is_changed(env, aws, jobs, options):
    result = env.deploy_function(jobs.report, with_aws(**options), [])

    assert not result.success
    assert next(iter(options)) in result.error
    assert aws.calls == ["sts:GetCallerIdentity"]


def test_everything_needs_a_flag(env, jobs):
    assert env.deploy_function(jobs.report, with_aws(policy_statements=[EVERYTHING], allow_everything=True), []).success


def test_a_role_for_scheduler_can_be_given(aws, jobs, account):
    make_given_role()
    env = get_environment("aws", region=REGION, execution_role_arn=GIVEN_ROLE, scheduler_role_arn=GIVEN_ROLE)

    result = env.deploy_function(jobs.report, config(schedules=["Sun 17:00 Europe/Berlin"]), [])

    assert result.success, result.error
    there = account()
    assert list(there["roles"]) == ["given"]
    assert [one["Target"]["RoleArn"] for one in there["schedules"].values()] == [GIVEN_ROLE]
    assert env.plan_function(jobs.report, config(schedules=["Sun 17:00 Europe/Berlin"]), []).is_empty
