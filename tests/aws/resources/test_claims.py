"""Claims as log groups: one holder at a time, also of those who take over from a dead one, and nothing is left."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import attrs
import pytest

from taskflows_cloud_aws.limits import TAG_TEXT, TAG_VALUE_CHARACTERS
from taskflows_cloud_aws.resources.claim import LogGroupClaims
from taskflows_cloud_aws.session.session import AwsSession
from taskflows_cloud_aws.settings.options import AwsOptions
from taskflows_cloud_core import ClaimedError, OperationError
from taskflows_cloud_core.kit import ProcessIdentity, claimed
from taskflows_cloud_core.reconcile import Claim
from tests.aws.support.account import (
    CLAIM,
    EMPTY,
    OWNER,
    REGION,
    KilledError,
    claims,
    client,
    config,
    connection_lost,
    once,
)

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def claim(**fields):
    usual = {"host": "büro", "machine": "elsewhere", "pid": 1, "started": "then"}
    return Claim(**{"id": "one", **usual, "begun_at": NOW, "renewed_at": NOW, **fields})


@pytest.fixture
def store(aws):
    return LogGroupClaims(session=AwsSession(AwsOptions(region=REGION)))


@pytest.fixture
def other(aws):
    return LogGroupClaims(session=AwsSession(AwsOptions(region=REGION)))


def test_a_record_is_read_as_it_was_written_and_stands_in_tags_that_aws_takes(store, other):
    wanted = claim(machine="boot pid:[4026531836] " + "x" * 200)

    assert store.write("job", wanted, replacing=None)

    assert store.read("job") == other.read("job") == wanted
    arn = f"arn:aws:logs:{REGION}:123456789012:log-group:/aws/lambda/job.claim"
    tags = client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags[OWNER] == "job"
    assert all(TAG_TEXT.fullmatch(value) and len(value) <= TAG_VALUE_CHARACTERS for value in tags.values())


def test_only_one_can_claim(store, other):
    assert store.write("job", claim(), replacing=None)
    assert not other.write("job", claim(id="two"), replacing=None)
    assert other.read("job") == claim()


def test_of_two_who_take_over_only_one_can(store, other):
    assert store.write("job", claim(), replacing=None)
    assert store.read("job") == claim()

    assert other.write("job", claim(id="two"), replacing=claim())
    assert not store.write("job", claim(id="three"), replacing=claim())

    assert store.read("job") == other.read("job") == claim(id="two")


def test_who_was_taken_over_can_neither_renew_nor_clear(store, other):
    assert store.write("job", claim(), replacing=None)
    assert store.read("job") == claim()
    assert other.write("job", claim(id="two"), replacing=claim())

    assert not store.write("job", claim(), replacing=claim())
    store.clear("job", claim())

    assert other.read("job") == claim(id="two")
    later = attrs.evolve(claim(id="two"), renewed_at=NOW.replace(hour=1))
    assert other.write("job", later, replacing=claim(id="two"))
    assert store.read("job") == later
    other.clear("job", later)
    assert claims() == []


def test_who_replaces_what_is_gone_has_no_claim(store, other):
    assert store.write("job", claim(), replacing=None)
    store.clear("job", claim())

    assert other.write("job", claim(id="two"), replacing=claim())

    assert other.read("job") is None


def test_a_lost_answer_is_no_other_holder(store, aws):
    aws.after = once(CLAIM, connection_lost)
    assert store.write("job", claim(), replacing=None)


def test_a_group_that_is_none_is_told(store):
    client("logs").create_log_group(logGroupName="/aws/lambda/job.claim")
    with pytest.raises(OperationError, match=r"'/aws/lambda/job\.claim' is not a claim"):
        store.read("job")


def killed_when_all_is_done(aws, act):
    def die(_number, call):
        if call == "cloudwatch-logs:DeleteLogGroup":
            raise KilledError

    aws.before = die
    with pytest.raises(KilledError):
        act()
    aws.clear()
    assert claims() == ["/aws/lambda/job.claim"]


def test_what_a_dead_deployer_left_goes_with_the_next_change(env, aws, jobs):
    killed_when_all_is_done(aws, lambda: env.deploy_function(jobs.report, config(), []))

    assert env.deploy_function(jobs.report, config(memory_mb=512), []).success

    assert claims() == []


def test_what_a_dead_deployer_left_goes_with_the_function(env, aws, jobs, account):
    killed_when_all_is_done(aws, lambda: env.deploy_function(jobs.report, config(), []))

    assert env.delete_function("job").success

    assert account() == EMPTY


def test_a_holder_on_another_machine_is_waited_for_and_then_taken_over(env, store, aws, jobs, pauses):
    assert store.write("job", claim(), replacing=None)

    assert env.deploy_function(jobs.report, config(), []).success

    assert 55 <= sum(pauses) <= 65
    assert claims() == []


def test_a_living_holder_on_this_machine_is_named_and_nothing_is_changed(env, store, aws, jobs, account):
    parent = ProcessIdentity.of(os.getppid())
    with claimed(store, "job") as held:
        living = attrs.evolve(held.record, pid=parent.pid, started=parent.token)
        assert store.write("job", living, replacing=held.record)

        result = env.deploy_function(jobs.report, config(), [])

        assert not result.success
        assert result.error_code == ClaimedError.code
        assert f"process {parent.pid} on" in (result.error or "")
        before = account()
    assert {**before, "log groups": {}} == EMPTY
    assert account() == EMPTY
