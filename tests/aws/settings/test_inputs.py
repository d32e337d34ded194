"""Every bad input is refused before anything is sent, in a sentence that names field, value and remedy."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from taskflows_cloud_aws.packaging import package
from taskflows_cloud_core import CloudError, Periodic
from tests.aws.support.account import ACCOUNT, EMPTY, OWNER, REGION, client, config
from tests.aws.support.scenarios import NEW_YORK

# What is wrong → how it is made, the field, the value as it is told, the remedy.
BAD = {
    "empty name": (lambda: config(""), "function_name", "''", "letters|empty"),
    "name of 65": (lambda: config("x" * 65), "function_name", "x" * 65, "1 to 64"),
    "name in unicode": (lambda: config("jöb"), "function_name", "jöb", "ASCII letters"),
    "name with a newline": (lambda: config("job\n"), "function_name", r"job\\n", "line|letters"),
    "name with a path": (lambda: config("../job"), "function_name", "../job", "letters, digits"),
    "name with a command": (lambda: config("job;rm -r /"), "function_name", "job;rm -r /", "letters, digits"),
    "name with a version": (lambda: config("job:live"), "function_name", "job:live", "letters, digits"),
    "tag of AWS": (lambda: config(tags={"aws:owner": "x"}), r"tags\['aws:owner'\]", "aws:", "belong to AWS"),
    "tag key of 129": (lambda: config(tags={"k" * 129: "x"}), r"tags\['k{129}'\]", "129", "128 characters"),
    "tag value of 257": (lambda: config(tags={"team": "v" * 257}), r"tags\['team'\]", "257", "256 characters"),
    "too many tags": (lambda: config(tags={f"k{n}": "x" for n in range(51)}), "tags", "51", "50"),
    "environment of 4097 bytes": (
        lambda: config(environment_variables={"KEY": "ü" * 2047}),
        "environment_variables",
        "4097",
        "4096.*Parameter Store",
    ),
    "reserved variable": (
        lambda: config(environment_variables={"AWS_REGION": "x"}),
        r"environment_variables\['AWS_REGION'\]",
        "AWS_REGION",
        "choose another name",
    ),
    "variable with a newline": (
        lambda: config(environment_variables={"KEY\n": "x"}),
        r"environment_variables\[",
        r"KEY\\n",
        "letters|digits",
    ),
    "memory": (lambda: config(memory_mb=127), "memory_mb", "127", "128 to 10240"),
    "timeout": (lambda: config(timeout_seconds=901), "timeout_seconds", "901", "1 to 900"),
    "storage": (lambda: config(ephemeral_storage_mb=511), "ephemeral_storage_mb", "511", "512 to 10240"),
    "retries": (lambda: config(retries=3), "retries", "3", "0 to 2"),
    "retention": (lambda: config(log_retention_days=31), "log_retention_days", "31", "CloudWatch Logs takes 1, 3"),
    "runtime": (lambda: config(runtime="python3.7"), "runtime", "python3.7", "python3.12"),
    "role": (
        lambda: config(provider_options={"aws": {"execution_role_arn": "admin"}}),
        "execution_role_arn",
        "admin",
        "arn:aws:iam::123456789012:role/name",
    ),
    "option with a near miss": (
        lambda: config(provider_options={"aws": {"execution_role": "x"}}),
        "execution_role",
        "execution_role",
        "did you mean 'execution_role_arn'",
    ),
}


def refusal_of(env, jobs, make):
    """What is told of a configuration, whether at its making or at its deployment."""
    try:
        settings = make()
    except CloudError as error:
        return str(error)
    result = env.deploy_function(jobs.report, settings, [])
    assert not result.success
    return result.error


@pytest.mark.parametrize("kind", BAD)
def test_field_value_and_remedy(env, aws, jobs, kind):
    make, field, value, remedy = BAD[kind]

    told = refusal_of(env, jobs, make)

    for part in (field, value, remedy):
        assert part in told or re.search(part, told, re.DOTALL), (part, told)
    assert aws.calls == []


SCHEDULES = {
    "with seconds": ("Mon-Fri 14:00:30", "14:00:30"),
    "of no calendar": ("Someday 99:00", "Someday 99:00"),
    "of less than a minute": (Periodic(period=30), "1 minute"),
    "empty": ("", "schedules"),
}


@pytest.mark.parametrize("kind", SCHEDULES)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_schedule_is_told_by_its_place_and_text(env, aws, jobs, kind, place):
    bad, shown = SCHEDULES[kind]
    schedules = ["Mon-Fri 14:00", NEW_YORK, "Sun 17:00"]
    schedules[place] = bad

    told = refusal_of(env, jobs, lambda: config(schedules=schedules))

    assert f"schedules[{place}]" in told
    assert shown in told
    assert aws.calls == []


def test_several_bad_schedules_are_told_together(env, aws, jobs):
    told = refusal_of(env, jobs, lambda: config(schedules=["Someday 1:00", "Mon-Fri 14:00", "Mon 25:00"]))

    assert "schedules[0]" in told
    assert "schedules[2]" in told
    assert aws.calls == []


def test_the_edges_of_names_and_tags_are_accepted(env, jobs, account):
    """64 characters, and as many tags as AWS leaves to the user; every derived name keeps within its limit."""
    name = "x" * 64
    wanted = config(name, schedules=["Mon-Fri 14:00", NEW_YORK], tags={f"key{n}": "v" * 256 for n in range(40)})

    assert env.deploy_function(jobs.report, wanted, []).success

    there = account()
    most = {"functions": 64, "roles": 64, "rules": 64, "schedule groups": 64, "log groups": 512}
    for kind, limit in most.items():
        assert there[kind]
        assert all(len(one) <= limit for one in there[kind]), kind
    assert all(len(one["Sid"]) <= 100 for one in there["functions"][name]["Policy"])
    assert env.delete_function(name).success
    assert account() == EMPTY


def test_a_package_is_measured_to_the_byte(env, aws, jobs, monkeypatch, tmp_path):
    """One byte more than the limit is refused, with the largest parts; the limit itself is not."""
    assert env.deploy_function(jobs.report, config(), []).success
    exact = aws.look(lambda: client("lambda").get_function(FunctionName="job"))["Configuration"]["CodeSize"]
    assert env.delete_function("job").success
    aws.clear()
    # A small package is not measured before it is known to be one.
    monkeypatch.setattr(package, "_BYTES_WORTH_A_LAYER", 0)
    monkeypatch.setattr(package, "DIRECT_UPLOAD_BYTES", exact - 1)

    told = refusal_of(env, jobs, config)

    assert "largest parts" in told
    assert "aws_test_jobs.py" in told
    assert aws.mutating == []
    monkeypatch.setattr(package, "DIRECT_UPLOAD_BYTES", exact)
    assert env.deploy_function(jobs.report, config(), []).success


def test_an_unpacked_package_is_measured_to_the_byte(env, aws, jobs, monkeypatch):
    archive = zipfile.ZipFile(io.BytesIO(package.create_lambda_deployment_package(jobs.report, [])))
    exact = sum(member.file_size for member in archive.infolist())
    monkeypatch.setattr(package, "_UNPACKED_BYTES", exact - 1)

    told = refusal_of(env, jobs, config)

    assert "largest parts" in told
    assert aws.mutating == []
    monkeypatch.setattr(package, "_UNPACKED_BYTES", exact)
    assert env.deploy_function(jobs.report, config(), []).success


def test_a_role_whose_name_is_the_beginning_of_ours_is_not_taken(env, aws, jobs):
    """Names that are cut end with a hash of the whole, so that no two functions meet."""
    long = "x" * 64
    role = f"taskflows-cloud-{long}-{REGION}"[:64]
    aws.look(
        lambda: client("iam").create_role(
            RoleName=role, AssumeRolePolicyDocument="{}", Tags=[{"Key": OWNER, "Value": "another"}]
        )
    )

    assert env.deploy_function(jobs.report, config(long), []).success
    roles = [one["RoleName"] for one in aws.look(lambda: client("iam").list_roles())["Roles"]]
    assert role in roles
    assert len(roles) == 2
    assert f"arn:aws:iam::{ACCOUNT}:role/{role}" not in str(env.plan_function(jobs.report, config(long), []))
