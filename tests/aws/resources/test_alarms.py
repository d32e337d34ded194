"""Alarms, their topic, and the queue for dead letters: made, changed, repaired, taken away."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import Calendar, Periodic, get_environment
from tests.aws.support.account import ACCOUNT, EMPTY, OWNER, REGION, client, config

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:ops"
OWN_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:taskflows-cloud-job-alarms"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:taskflows-cloud-job-dead-letters"
ALL = {"errors": 1, "duration_percent": 80, "missed_runs": True}
ERRORS, DURATION, MISSED = (f"taskflows-cloud-job-{kind}" for kind in ("errors", "duration", "missed"))


def wanted(alarms=None, *, schedules=("Mon-Fri 14:00",), **options):
    own = {"alarms": ALL if alarms is None else alarms, **options}
    return config(schedules=list(schedules), timeout_seconds=100, tags={"team": "data"}, provider_options={"aws": own})


def test_alarms_watch_errors_long_runs_and_missed_runs(env, aws, jobs, account):
    result = env.deploy_function(jobs.report, wanted(alarm_topic_arn=TOPIC), [])

    assert result.success, result.error
    alarms = account()["alarms"]
    assert set(alarms) == {ERRORS, DURATION, MISSED}
    assert (alarms[ERRORS]["MetricName"], alarms[ERRORS]["Threshold"], alarms[ERRORS]["Period"]) == ("Errors", 1, 300)
    assert alarms[ERRORS]["TreatMissingData"] == "notBreaching"
    assert alarms[DURATION]["Threshold"] == 80_000
    assert alarms[DURATION]["Statistic"] == "Maximum"
    # From Friday to Monday there are 72 hours; ten minutes may a run be late, and no period need begin with it.
    assert (alarms[MISSED]["EvaluationPeriods"], alarms[MISSED]["Period"]) == (74, 3600)
    assert alarms[MISSED]["TreatMissingData"] == "breaching"
    for found in alarms.values():
        assert found["AlarmActions"] == [TOPIC]
        assert found["Dimensions"] == [{"Name": "FunctionName", "Value": "job"}]
        assert found["Tags"] == {OWNER: "job", "team": "data"}
    aws.clear()
    assert env.plan_function(jobs.report, wanted(alarm_topic_arn=TOPIC), []).is_empty
    assert env.deploy_function(jobs.report, wanted(alarm_topic_arn=TOPIC), [])
    assert aws.mutating == []
    assert env.delete_function("job")
    assert account() == EMPTY


def test_a_topic_is_made_for_addresses(env, jobs, account):
    emails = ["ops@example.com", "dev@example.com"]
    assert env.deploy_function(jobs.report, wanted(alarm_emails=emails), []).success

    there = account()
    assert there["topics"]["taskflows-cloud-job-alarms"]["Emails"] == sorted(emails)
    assert {tuple(found["AlarmActions"]) for found in there["alarms"].values()} == {(OWN_TOPIC,)}
    assert env.plan_function(jobs.report, wanted(alarm_emails=emails), []).is_empty

    assert env.deploy_function(jobs.report, wanted(alarm_emails=["new@example.com"]), []).success
    assert "new@example.com" in account()["topics"]["taskflows-cloud-job-alarms"]["Emails"]

    assert env.deploy_function(jobs.report, wanted(alarm_topic_arn=TOPIC), []).success
    there = account()
    assert there["topics"] == {}
    assert {tuple(found["AlarmActions"]) for found in there["alarms"].values()} == {(TOPIC,)}
    assert env.deploy_function(jobs.report, config(), []).success
    assert account()["alarms"] == {}


def test_the_environment_can_give_the_topic(aws, jobs, account):
    env = get_environment("aws", region=REGION, alarm_topic_arn=TOPIC)
    assert env.deploy_function(jobs.report, wanted({"errors": 3}), [])

    assert account()["alarms"][ERRORS]["AlarmActions"] == [TOPIC]


def test_paused_schedules_miss_nothing(env, jobs, account):
    assert env.deploy_function(jobs.report, wanted(), [])

    env.pause_schedules("job")
    assert {name: one["ActionsEnabled"] for name, one in account()["alarms"].items()} == {
        ERRORS: True,
        DURATION: True,
        MISSED: False,
    }
    assert env.plan_function(jobs.report, wanted(), []).is_empty
    assert env.deploy_function(jobs.other, wanted(), []).success
    assert not account()["alarms"][MISSED]["ActionsEnabled"]

    env.resume_schedules("job")
    assert account()["alarms"][MISSED]["ActionsEnabled"]


def test_updates_of_code_and_configuration_keep_what_watches(env, jobs, account):
    settings = wanted(alarm_emails=["ops@example.com"], dead_letter_queue=True)
    assert env.deploy_function(jobs.report, settings, [])
    before = account()

    assert env.update_function_code("job", jobs.other, []).success
    without_schedules = wanted(schedules=(), alarm_emails=["ops@example.com"], dead_letter_queue=True)
    assert env.update_function_configuration("job", without_schedules).success

    after = account()
    for kind in ("alarms", "topics", "queues", "rules"):
        assert after[kind] == before[kind]


def test_a_queue_is_made_for_dead_letters_and_goes_with_the_function(env, aws, jobs, account):
    settings = config(tags={"team": "data"}, provider_options={"aws": {"dead_letter_queue": True}})
    assert env.deploy_function(jobs.report, settings, []).success

    there = account()
    assert there["functions"]["job"]["DeadLetterConfig"] == {"TargetArn": QUEUE}
    assert there["queues"]["taskflows-cloud-job-dead-letters"] == {
        "MessageRetentionPeriod": "1209600",
        "SqsManagedSseEnabled": "true",
        "Tags": {OWNER: "job", "team": "data"},
    }
    (policy,) = there["roles"]["taskflows-cloud-job-us-east-1"]["Policies"].values()
    assert {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} in policy["Statement"]
    assert env.plan_function(jobs.report, settings, []).is_empty

    given = f"arn:aws:sqs:{REGION}:{ACCOUNT}:theirs"
    assert env.deploy_function(jobs.report, config(provider_options={"aws": {"dead_letter_arn": given}}), []).success
    there = account()
    assert there["queues"] == {}
    assert there["functions"]["job"]["DeadLetterConfig"] == {"TargetArn": given}


def test_names_stay_within_their_limits(env, jobs, account):
    names = ["n" * 63 + end for end in "ab"]
    for name in names:
        settings = config(name, provider_options={"aws": {"dead_letter_queue": True, "alarms": {"errors": 1}}})
        assert env.deploy_function(jobs.report, settings, []).success
    assert len(account()["queues"]) == 2
    assert all(len(name) <= 80 for name in account()["queues"])
    assert env.delete_function(names[0])
    assert len(account()["queues"]) == len(account()["alarms"]) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alarms": {"error": 1}}, "alarms.error: is no option; did you mean 'errors'?"),
        ({"alarms": {"errors": 0}}, "alarms.errors: is 0"),
        ({"alarms": {"duration_percent": 101}}, "alarms.duration_percent"),
        ({"alarms": {"missed_runs": 1}}, "alarms.missed_runs"),
        ({"alarms": True}, "alarms: must be a dict"),
        ({"alarm_topic_arn": "ops"}, "alarm_topic_arn"),
        ({"alarm_topic_arn": TOPIC, "alarm_emails": ["a@b.c"]}, "subscribe the addresses"),
        ({"alarm_emails": "a@b.c"}, "must be a list"),
        ({"alarm_emails": ["nobody"]}, "'nobody' is not of the form"),
        ({"dead_letter_queue": True, "dead_letter_arn": QUEUE}, "leave out dead_letter_arn"),
        ({"dead_letter_queue": "yes"}, "dead_letter_queue: must be True or False"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_sent(env, aws, jobs, options, message):
    result = env.deploy_function(jobs.report, config(provider_options={"aws": options}), [])

    assert not result.success
    assert message in result.error
    assert aws.calls == []


@pytest.mark.parametrize(
    ("schedule", "message"),
    [(Calendar("*-*-01 03:00"), "31 days"), (Periodic(86400 * 8), "8 days"), (Calendar("2099-01-01 03:00"), "twice")],
)
def test_gaps_that_nobody_can_watch_are_refused(env, aws, jobs, schedule, message):
    result = env.deploy_function(jobs.report, wanted({"missed_runs": True}, schedules=[schedule]), [])

    assert not result.success
    assert "alarms.missed_runs" in result.error
    assert message in result.error
    assert aws.mutating == []


@pytest.mark.parametrize(
    ("schedules", "periods", "seconds"),
    [
        ([Periodic(300)], 4, 300),
        ([Calendar("*-*-* 03:00")], 26, 3600),
        ([Calendar("*:*:00")], 4, 300),
        ([Calendar("Mon 09:00")], 168, 3600),
        ([Calendar("Mon 09:00"), Calendar("Thu 09:00")], 98, 3600),
        ([Calendar("06..22:*:00")], 88, 300),
    ],
)
def test_missed_runs_are_seen_within_the_longest_gap(env, jobs, account, schedules, periods, seconds):
    assert env.deploy_function(jobs.report, wanted({"missed_runs": True}, schedules=schedules), []).success

    found = account()["alarms"][MISSED]
    assert (found["EvaluationPeriods"], found["Period"]) == (periods, seconds)


def test_missed_runs_without_schedules_are_a_warning(env, jobs):
    plan = env.plan_function(jobs.report, wanted({"missed_runs": True}, schedules=()), [])

    assert any("missed_runs watches nothing" in warning for warning in plan.warnings)


def cloudwatch(**changes):
    def change():
        (found,) = client("cloudwatch").describe_alarms(AlarmNames=[ERRORS])["MetricAlarms"]
        names = ("AlarmName", "MetricName", "Namespace", "Statistic", "Dimensions", "Period", "EvaluationPeriods")
        more = ("Threshold", "ComparisonOperator", "AlarmActions", "AlarmDescription", "TreatMissingData")
        kept = {name: found[name] for name in (*names, *more)}
        client("cloudwatch").put_metric_alarm(**{**kept, **changes})

    return change


def alarm_arn():
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{ERRORS}"


def queue_url():
    return client("sqs").get_queue_url(QueueName="taskflows-cloud-job-dead-letters")["QueueUrl"]


def unsubscribe():
    (found,) = client("sns").list_subscriptions_by_topic(TopicArn=OWN_TOPIC)["Subscriptions"]
    client("sns").unsubscribe(SubscriptionArn=found["SubscriptionArn"])


DRIFTS = {
    "alarm threshold": cloudwatch(Threshold=5),
    "alarm period": cloudwatch(Period=60),
    "alarm actions": cloudwatch(AlarmActions=[]),
    "alarm when all is well": cloudwatch(OKActions=[TOPIC]),
    "alarm switched off": lambda: client("cloudwatch").disable_alarm_actions(AlarmNames=[ERRORS]),
    "alarm deleted": lambda: client("cloudwatch").delete_alarms(AlarmNames=[ERRORS]),
    "alarm tag": lambda: client("cloudwatch").untag_resource(ResourceARN=alarm_arn(), TagKeys=["team"]),
    "queue retention": lambda: client("sqs").set_queue_attributes(
        QueueUrl=queue_url(), Attributes={"MessageRetentionPeriod": "60"}
    ),
    "queue tag": lambda: client("sqs").tag_queue(QueueUrl=queue_url(), Tags={"more": "x"}),
    "queue deleted": lambda: client("sqs").delete_queue(QueueUrl=queue_url()),
    "topic tag": lambda: client("sns").untag_resource(ResourceArn=OWN_TOPIC, TagKeys=["team"]),
    "topic deleted": lambda: client("sns").delete_topic(TopicArn=OWN_TOPIC),
    "unsubscribed": unsubscribe,
    "subscribed": lambda: client("sns").subscribe(TopicArn=OWN_TOPIC, Protocol="email", Endpoint="x@example.com"),
}


@pytest.mark.parametrize("kind", DRIFTS)
def test_drift_is_told_by_the_plan_and_mended(env, aws, jobs, account, kind):
    settings = wanted(alarm_emails=["ops@example.com"], dead_letter_queue=True)
    assert env.deploy_function(jobs.report, settings, [])
    before = account()
    aws.look(DRIFTS[kind])
    assert account() != before
    aws.clear()

    assert not env.plan_function(jobs.report, settings, []).is_empty
    assert aws.mutating == []

    result = env.deploy_function(jobs.report, settings, [])
    assert result.success, result.error
    assert account() == before
    assert env.plan_function(jobs.report, settings, []).is_empty


@pytest.mark.parametrize("kind", ["alarm", "queue", "topic"])
def test_what_others_made_is_refused_and_stays(env, aws, jobs, account, kind):
    makers = {
        "alarm": lambda: client("cloudwatch").put_metric_alarm(
            AlarmName=ERRORS,
            MetricName="Errors",
            Namespace="AWS/Lambda",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=9,
            ComparisonOperator="GreaterThanThreshold",
        ),
        "queue": lambda: client("sqs").create_queue(QueueName="taskflows-cloud-job-dead-letters"),
        "topic": lambda: client("sns").create_topic(Name="taskflows-cloud-job-alarms"),
    }
    aws.look(makers[kind])
    before = account()

    result = env.deploy_function(jobs.report, wanted(alarm_emails=["ops@example.com"], dead_letter_queue=True), [])

    assert not result.success
    assert f"{kind} taskflows-cloud-job" in result.error
    assert "was not made by taskflows-cloud" in result.error
    assert env.deploy_function(jobs.report, config(), []).success
    assert env.delete_function("job")
    assert account() == before
