"""Provisioned concurrency, file systems, and how many versions stay."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import get_environment
from tests.aws.support.account import ACCOUNT, EMPTY, REGION, client, config

ACCESS_POINT = f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:access-point/fsap-0123456789abcdef0"
NETWORK = {"subnet_ids": ["subnet-0a1b2c3d"], "security_group_ids": ["sg-0a1b2c3d"]}
MOUNTED = {**NETWORK, "file_system_access_point_arn": ACCESS_POINT, "file_system_mount_path": "/mnt/data"}


def with_aws(**options):
    return config(provider_options={"aws": options})


def provisioned():
    lambda_ = client("lambda")
    try:
        return lambda_.get_provisioned_concurrency_config(FunctionName="job", Qualifier="live")
    except lambda_.exceptions.ProvisionedConcurrencyConfigNotFoundException:
        return None


def tags(there):
    return {key for key in there["functions"]["job"]["Tags"] if key.startswith("taskflows-cloud:")}


def test_environments_are_kept_warm_until_they_are_not_wanted(env, aws, jobs, account, pauses):
    assert env.deploy_function(jobs.report, with_aws(provisioned_concurrency=3), []).success

    found = aws.look(provisioned)
    assert (found["RequestedProvisionedConcurrentExecutions"], found["Status"]) == (3, "READY")
    assert env.plan_function(jobs.report, with_aws(provisioned_concurrency=3), []).is_empty
    assert env.update_function_code("job", jobs.other, []).success
    assert aws.look(provisioned) is not None

    assert env.deploy_function(jobs.report, with_aws(provisioned_concurrency=5), []).success
    assert aws.look(provisioned)["RequestedProvisionedConcurrentExecutions"] == 5
    assert env.deploy_function(jobs.report, config(), []).success
    assert aws.look(provisioned) is None
    assert tags(account()) == {"taskflows-cloud:function"}
    assert env.plan_function(jobs.report, config(), []).is_empty
    assert env.delete_function("job")
    assert account() == EMPTY


@pytest.mark.parametrize("drift", ["another number", "deleted"])
def test_drift_of_provisioned_concurrency_is_mended(env, aws, jobs, pauses, drift):
    wanted = with_aws(provisioned_concurrency=3)
    assert env.deploy_function(jobs.report, wanted, [])

    def change():
        lambda_ = client("lambda")
        if drift == "deleted":
            lambda_.delete_provisioned_concurrency_config(FunctionName="job", Qualifier="live")
        else:
            lambda_.put_provisioned_concurrency_config(
                FunctionName="job", Qualifier="live", ProvisionedConcurrentExecutions=9
            )

    aws.look(change)
    aws.clear()

    assert "environments" in str(env.plan_function(jobs.report, wanted, []))
    assert aws.mutating == []
    assert env.deploy_function(jobs.report, wanted, []).success
    assert aws.look(provisioned)["RequestedProvisionedConcurrentExecutions"] == 3


def test_functions_without_them_need_no_call_to_find_out(env, aws, jobs):
    assert env.deploy_function(jobs.report, config(), [])

    assert not [call for call in aws.calls if "Provisioned" in call]


def test_a_file_system_is_mounted(env, aws, jobs, account):
    vpc = aws.look(lambda: client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    ec2 = client("ec2")
    subnet = aws.look(lambda: ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"])
    group = aws.look(lambda: ec2.create_security_group(GroupName="jobs", Description="jobs", VpcId=vpc)["GroupId"])
    wanted = with_aws(**{**MOUNTED, "subnet_ids": [subnet], "security_group_ids": [group]})

    result = env.deploy_function(jobs.report, wanted, [])

    assert result.success, result.error
    there = account()
    assert there["functions"]["job"]["FileSystemConfigs"] == [{"Arn": ACCESS_POINT, "LocalMountPath": "/mnt/data"}]
    (policy,) = there["roles"][f"taskflows-cloud-job-{REGION}"]["Policies"].values()
    (mounting,) = [one for one in policy["Statement"] if "elasticfilesystem:ClientMount" in one["Action"]]
    assert mounting["Condition"] == {"StringEquals": {"elasticfilesystem:AccessPointArn": ACCESS_POINT}}
    assert mounting["Resource"] == f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/*"
    assert env.plan_function(jobs.report, wanted, []).is_empty
    aws.look(lambda: client("lambda").update_function_configuration(FunctionName="job", FileSystemConfigs=[]))
    assert "file_system" in str(env.plan_function(jobs.report, wanted, []))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**MOUNTED, "subnet_ids": [], "security_group_ids": []}, "needs a VPC"),
        ({**NETWORK, "file_system_mount_path": "/mnt/data"}, "needs both"),
        ({**MOUNTED, "file_system_mount_path": "/data"}, "file_system_mount_path"),
        ({**MOUNTED, "file_system_access_point_arn": "fs-1"}, "file_system_access_point_arn"),
        ({"provisioned_concurrency": 0}, "provisioned_concurrency"),
        ({"provisioned_concurrency": True}, "provisioned_concurrency"),
        ({"provisoned_concurrency": 1}, "did you mean 'provisioned_concurrency'?"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_sent(env, aws, jobs, options, message):
    result = env.deploy_function(jobs.report, with_aws(**options), [])

    assert not result.success
    assert message in result.error
    assert aws.calls == []


@pytest.mark.parametrize("kept", [1, 3])
def test_as_many_versions_stay_as_are_wanted(aws, jobs, kept):
    env = get_environment("aws", region=REGION, versions_kept=kept)
    for memory in (128, 256, 384, 512, 640):
        assert env.deploy_function(jobs.report, config(memory_mb=memory), []).success

    assert len(env.list_versions("job")) == kept
    assert env.list_versions("job")[0].is_live
