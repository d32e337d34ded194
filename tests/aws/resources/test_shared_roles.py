"""Roles that functions of a region share: narrow, made once, gone with the last function."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, get_environment
from tests.aws.support.account import ACCOUNT, EMPTY, GIVEN_ROLE, OWNER, REGION, client, config, during, make_given_role

BERLIN = Calendar("Mon-Fri 07:00", timezone="Europe/Berlin")
EXECUTION, SCHEDULER = f"taskflows-cloud.shared-{REGION}", f"taskflows-cloud.shared-{REGION}-scheduler"


@pytest.fixture
def env(aws):
    return get_environment("aws", region=REGION, shared_roles=True, schedule_service="scheduler")


def scheduled(name):
    return config(name, schedules=["Mon-Fri 14:00", BERLIN], tags={"team": "data"})


def test_functions_share_two_narrow_roles(env, aws, jobs, account):
    assert all(env.deploy_many([(jobs.report, scheduled(f"job-{number}")) for number in range(4)], []))

    there = account()
    assert set(there["roles"]) == {EXECUTION, SCHEDULER}
    assert there["rules"] == {}
    assert {one["Role"] for one in there["functions"].values()} == {f"arn:aws:iam::{ACCOUNT}:role/{EXECUTION}"}
    assert len(there["schedule groups"]) == 4
    (writing,) = there["roles"][EXECUTION]["Policies"]["taskflows-cloud"]["Statement"]
    assert writing["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert writing["Resource"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/*:*"
    (invoking,) = there["roles"][SCHEDULER]["Policies"]["taskflows-cloud"]["Statement"]
    assert invoking["Resource"] == f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:*:live"
    assert there["roles"][SCHEDULER]["Trust"]["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT}
    }
    assert all(one["Tags"] == {"taskflows-cloud:shared": "true"} for one in there["roles"].values())
    aws.clear()
    assert all(env.deploy_many([(jobs.report, scheduled(f"job-{number}")) for number in range(4)], []))
    assert aws.mutating == []


def test_they_go_with_the_last_function(env, jobs, account):
    for name in ("one", "two"):
        assert env.deploy_function(jobs.report, scheduled(name), [])

    removed = env.delete_function("one")
    assert set(account()["roles"]) == {EXECUTION, SCHEDULER}
    assert len([what for what in removed.left if "shared" in what]) == 2
    assert env.delete_function("two")
    assert account() == EMPTY


@pytest.mark.slow
@pytest.mark.parametrize("act", ["delete", "own roles"])
def test_the_last_two_functions_give_them_up_at_once(env, aws, jobs, account, act):
    def prepare():
        aws.clear()
        for name in ("one", "two"):
            assert env.deploy_function(jobs.report, scheduled(name), [])
        aws.clear()

    def give_up(name):
        # Two deployers share no session.
        own = get_environment("aws", region=REGION, schedule_service="scheduler")
        return own.delete_function(name) if act == "delete" else own.deploy_function(jobs.report, scheduled(name), [])

    prepare()
    assert give_up("one")
    for moment in range(1, len(aws.calls), 9):
        prepare()
        aws.before = during(moment, lambda: give_up("two"))
        assert give_up("one")
        assert not {EXECUTION, SCHEDULER} & set(account()["roles"]), moment


def test_a_function_that_needs_more_gets_a_role_of_its_own(env, jobs, account):
    assert env.deploy_function(jobs.report, config("plain"), [])
    bucket = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    assert env.deploy_function(
        jobs.report, config("job", provider_options={"aws": {"policy_statements": [bucket]}}), []
    )

    there = account()
    assert set(there["roles"]) == {EXECUTION, f"taskflows-cloud-job-{REGION}"}
    assert there["functions"]["job"]["Role"].endswith(f"taskflows-cloud-job-{REGION}")

    assert env.deploy_function(jobs.report, config("job"), []).success
    assert set(account()["roles"]) == {EXECUTION}


def test_from_shared_roles_to_own_ones(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, scheduled("job"), [])
    own = get_environment("aws", region=REGION)

    assert own.deploy_function(jobs.report, scheduled("job"), []).success

    there = account()
    assert set(there["roles"]) == {f"taskflows-cloud-job-{REGION}", f"taskflows-cloud-job-{REGION}-scheduler"}
    assert len(there["rules"]) == 1
    assert own.plan_function(jobs.report, scheduled("job"), []).is_empty
    assert env.deploy_function(jobs.report, scheduled("job"), []).success
    assert set(account()["roles"]) == {EXECUTION, SCHEDULER}
    assert env.delete_function("job")
    assert account() == EMPTY


def test_updates_keep_them(env, jobs, account):
    assert env.deploy_function(jobs.report, scheduled("job"), [])
    before = account()["roles"]

    assert env.update_function_code("job", jobs.other, []).success
    assert env.update_function_configuration("job", config("job", memory_mb=512)).success

    assert account()["roles"] == before


@pytest.mark.parametrize("times", [["Mon-Fri 15:00"], ["Mon-Fri 14:00"], ["Mon-Fri 14:00", "Sun 10:00"]])
def test_other_schedules_need_the_same_role(env, jobs, account, times):
    assert env.deploy_function(jobs.report, scheduled("job"), [])
    before = account()["roles"]

    env.deploy_function(jobs.report, config("job", schedules=times, tags={"team": "data"}), []).raise_for_error()

    assert account()["roles"] == before
    assert env.plan_function(jobs.report, config("job", schedules=times, tags={"team": "data"}), []).is_empty


def test_drift_of_a_shared_role_is_mended(env, aws, jobs, account):
    assert env.deploy_function(jobs.report, scheduled("job"), [])
    before = account()
    aws.look(lambda: client("iam").delete_role_policy(RoleName=EXECUTION, PolicyName="taskflows-cloud"))

    assert not env.plan_function(jobs.report, scheduled("job"), []).is_empty
    assert env.deploy_function(jobs.report, scheduled("job"), [])
    assert account() == before


def test_a_role_of_the_name_that_others_made_is_refused(env, aws, jobs, account):
    aws.look(lambda: client("iam").create_role(RoleName=EXECUTION, AssumeRolePolicyDocument="{}"))
    before = account()

    result = env.deploy_function(jobs.report, config(), [])

    assert not result.success
    assert EXECUTION in result.error
    assert account() == before


def test_no_function_of_that_name_has_the_role(aws, jobs, account):
    env = get_environment("aws", region=REGION)
    assert env.deploy_function(jobs.report, config("shared"), [])

    assert account()["roles"][f"taskflows-cloud-shared-{REGION}"]["Tags"][OWNER] == "shared"


@pytest.mark.parametrize("kind", ["role", "queue", "topic"])
def test_what_was_made_goes_when_something_is_given(aws, jobs, account, kind):
    make_given_role()
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:theirs"
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:theirs"
    watched = {"alarms": {"errors": 1}}
    made = {"role": {}, "queue": {"dead_letter_queue": True}, "topic": {**watched, "alarm_emails": ["a@example.com"]}}
    given = {
        "role": {"execution_role_arn": GIVEN_ROLE},
        "queue": {"dead_letter_arn": queue},
        "topic": {**watched, "alarm_topic_arn": topic},
    }
    env = get_environment("aws", region=REGION)
    assert env.deploy_function(jobs.report, config(provider_options={"aws": made[kind]}), []).success
    # Another environment knows nothing of the first.
    other = get_environment("aws", region=REGION)

    assert other.deploy_function(jobs.report, config(provider_options={"aws": given[kind]}), []).success

    there = account()
    assert set(there["roles"]) == {"given", *([] if kind == "role" else [f"taskflows-cloud-job-{REGION}"])}
    assert there["queues"] == there["topics"] == {}
    assert other.delete_function("job")
    assert account() == {**EMPTY, "roles": {"given": there["roles"]["given"]}}
