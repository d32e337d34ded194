"""Archives of more than 50 MiB pass through S3 and leave nothing there."""

from __future__ import annotations

import random

import pytest

from taskflows_cloud_core import CloudEnvironment, get_environment
from tests.aws.support.account import EMPTY, REGION, KilledError, client, config

pytestmark = pytest.mark.slow

BUCKET = "the-code-bucket"


@pytest.fixture
def large(jobs, tmp_path):
    """A file that does not compress, one MiB over what Lambda takes directly."""
    (tmp_path / "project" / "model.bin").write_bytes(random.Random(1).randbytes(51 * 2**20))
    return config(include_files=["model.bin"])


@pytest.fixture
def with_bucket(aws) -> CloudEnvironment:
    aws.look(lambda: client("s3").create_bucket(Bucket=BUCKET))
    return get_environment("aws", region=REGION, code_bucket=BUCKET)


def objects(aws):
    return aws.look(lambda: client("s3").list_objects_v2(Bucket=BUCKET)).get("Contents", [])


def test_without_a_bucket_it_is_refused_before_anything_is_sent(env, aws, jobs, large):
    result = env.deploy_function(jobs.report, large, [])

    assert not result.success
    assert "model.bin" in result.error
    assert aws.mutating == []


def test_with_a_bucket_it_is_deployed_and_nothing_stays_there(with_bucket, aws, jobs, large, account):
    result = with_bucket.deploy_function(jobs.report, large, [])

    assert result.success, result.error
    assert account()["functions"]["job"]["CodeSize"] > 50 * 2**20
    assert objects(aws) == []
    assert with_bucket.plan_function(jobs.report, large, []).is_empty
    assert with_bucket.update_function_code("job", jobs.other, []).success
    assert objects(aws) == []


def test_a_bucket_that_is_not_there_is_named(aws, jobs, large):
    env = get_environment("aws", region=REGION, code_bucket="nobody-has-this")

    result = env.deploy_function(jobs.report, large, [])

    assert "code_bucket" in result.error
    assert aws.mutating == []


@pytest.mark.parametrize("then", ["deployed again", "deleted"])
def test_what_a_broken_off_run_left_goes(with_bucket, aws, jobs, large, account, then):
    def die(_number, call):
        if call == "lambda:CreateFunction":
            raise KilledError

    aws.before = die
    with pytest.raises(KilledError):
        with_bucket.deploy_function(jobs.report, large, [])
    aws.clear()
    assert len(objects(aws)) == 1

    if then == "deployed again":
        assert with_bucket.deploy_function(jobs.report, large, []).success
    assert objects(aws) == [] or then == "deleted"
    assert with_bucket.delete_function("job").success

    assert objects(aws) == []
    assert account() == EMPTY
