"""Versions: what runs is switched at once, and can be switched back."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, FunctionNotFoundError, OperationError
from tests.aws.support.account import CLAIM, RELEASE, client, config, once


@pytest.fixture
def three(env, jobs):
    """A function with three versions: report, other, report with more memory."""
    assert env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00"]), [])
    assert env.deploy_function(jobs.other, config(schedules=["Mon-Fri 14:00"]), [])
    assert env.deploy_function(jobs.report, config(schedules=["Mon-Fri 14:00"], memory_mb=512), [])
    return env


def test_the_versions_are_listed_newest_first(three):
    versions = three.list_versions("job")

    assert [version.version for version in versions] == ["3", "2", "1"]
    assert [version.is_live for version in versions] == [True, False, False]
    assert versions[0].package_sha256 == versions[2].package_sha256 != versions[1].package_sha256
    assert all(version.created_at.tzinfo is not None for version in versions)


def test_a_version_keeps_its_description(env, jobs):
    assert env.deploy_function(jobs.report, config(description="the first"), [])
    assert env.deploy_function(jobs.other, config(description="the second"), [])

    assert [version.description for version in env.list_versions("job")] == ["the second", "the first"]
    assert str(env.list_versions("job")[1]).endswith("the first")


def test_paused_schedules_stay_paused_through_everything_but_resuming(env, jobs, account):
    """A rollback, the same deployment again, and one with other schedules."""
    schedules = ["Mon-Fri 14:00", Calendar("Sun 17:00", timezone="America/New_York")]

    def states():
        found = account()
        return {one["State"] for one in (*found["rules"].values(), *found["schedules"].values())}

    assert env.deploy_function(jobs.report, config(schedules=schedules), [])
    assert env.deploy_function(jobs.other, config(schedules=schedules), [])
    assert env.pause_schedules("job") == 2
    assert env.pause_schedules("job") == 2
    env.rollback_function("job")
    assert states() == {"DISABLED"}
    assert env.deploy_function(jobs.other, config(schedules=schedules), [])
    assert env.deploy_function(jobs.other, config(schedules=[*schedules, "daily"]), [])
    assert states() == {"DISABLED"}
    env.rollback_function("job", "1")
    assert env.resume_schedules("job") == 3
    assert states() == {"ENABLED"}
    assert [version.version for version in env.list_versions("job") if version.is_live] == ["1"]
    again = env.deploy_function(jobs.other, config(schedules=[*schedules, "daily"]), [])
    assert [str(action.key) for action in again.plan.actions] == ["live live"]
    assert states() == {"ENABLED"}


def test_rolling_back_switches_code_and_settings_alone(three, aws, account):
    before = account()
    aws.clear()

    live = three.rollback_function("job")

    assert live.version == "2"
    assert live.is_live
    assert aws.mutating == [CLAIM, "lambda:UpdateAlias", RELEASE]
    after = account()
    assert after["functions"]["job"]["Live"]["MemorySize"] == 256
    assert {**after, "functions": {}} == {**before, "functions": {}}
    assert three.rollback_function("job").version == "1"
    assert [version.version for version in three.list_versions("job") if version.is_live] == ["1"]


def test_rolling_back_to_a_version_by_its_number(three):
    assert three.rollback_function("job", "1").version == "1"
    assert three.rollback_function("job", "3").version == "3"


def test_what_cannot_be_returned_to_is_told(three):
    with pytest.raises(OperationError, match="no version '9'; kept versions: 3, 2, 1"):
        three.rollback_function("job", "9")
    three.rollback_function("job", "1")
    with pytest.raises(OperationError, match="no version before 1"):
        three.rollback_function("job")
    with pytest.raises(FunctionNotFoundError):
        three.rollback_function("nothing")


def test_a_deployment_after_a_rollback_goes_forward_again(three, aws, jobs):
    three.rollback_function("job")
    aws.clear()
    wanted = config(schedules=["Mon-Fri 14:00"], memory_mb=512)

    plan = three.plan_function(jobs.report, wanted, [])

    assert [str(action.key) for action in plan.actions] == ["live live"]
    assert three.deploy_function(jobs.report, wanted, [])
    assert [version.version for version in three.list_versions("job") if version.is_live] == ["3"]
    assert "lambda:UpdateFunctionCode" not in aws.calls


def test_old_versions_are_pruned_but_not_those_of_another_alias(env, aws, jobs):
    assert env.deploy_function(jobs.report, config(memory_mb=128), [])
    aws.look(lambda: client("lambda").create_alias(FunctionName="job", Name="theirs", FunctionVersion="1"))
    for memory_mb in range(129, 141):
        assert env.deploy_function(jobs.report, config(memory_mb=memory_mb), [])

    kept = [int(version.version) for version in env.list_versions("job")]

    assert kept[:10] == list(range(13, 3, -1))
    assert kept[10:] == [1]


def test_the_schedules_run_the_old_code_until_all_of_the_new_is_there(env, aws, jobs, account):
    """Between the first and the last call of an update, no mixture of old and new is live."""
    assert env.deploy_function(jobs.report, config(environment_variables={"MODE": "old"}), [])
    old = account()["functions"]["job"]["Live"]
    seen = []
    aws.after = lambda _number, _call: seen.append(account()["functions"]["job"]["Live"])

    assert env.deploy_function(jobs.other, config(environment_variables={"MODE": "new"}, memory_mb=512), [])

    aws.clear()
    new = account()["functions"]["job"]["Live"]
    assert old["Environment"] != new["Environment"]
    assert old["CodeSha256"] != new["CodeSha256"]
    assert all(live in (old, new) for live in seen)
    assert seen[0] == old
    assert seen[-1] == new


def test_somebody_else_in_between_is_told(env, aws, jobs, account):
    """A whole run of another deployer between our update and our new version."""
    assert env.deploy_function(jobs.report, config(memory_mb=256), [])
    env.describe_function("job")

    def change():
        aws.look(lambda: client("lambda").update_function_configuration(FunctionName="job", MemorySize=1024))

    aws.before = once("lambda:PublishVersion", change)
    before = once("lambda:GetAlias", change)
    aws.before = lambda number, call: before(number, call)

    result = env.deploy_function(jobs.report, config(memory_mb=512), [])

    assert not result.success
    assert "somebody else" in result.error
    assert account()["functions"]["job"]["Live"]["MemorySize"] == 256
    aws.clear()
    assert env.deploy_function(jobs.report, config(memory_mb=512), []).success


def test_a_function_that_failed_is_made_anew(env, aws, jobs, account, monkeypatch):
    from moto.awslambda_simple.models import lambda_simple_backends

    wanted = config(schedules=["Mon-Fri 14:00"], max_concurrency=1)
    assert env.deploy_function(jobs.report, wanted, [])
    before = account()
    found = lambda_simple_backends["123456789012"]["us-east-1"].get_function("job")
    monkeypatch.setattr(found, "state", "Failed")

    plan = env.plan_function(jobs.report, wanted, [])

    assert "Failed" in str(plan)
    assert env.deploy_function(jobs.report, wanted, []).success
    assert account() == before
    assert env.plan_function(jobs.report, wanted, []).is_empty
