"""China and GovCloud: every ARN of ours is of the partition that the credentials are of."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from botocore.awsrequest import AWSResponse

from taskflows_cloud_core import Calendar, get_environment
from tests.aws.support import account as seen

BERLIN = Calendar("Mon-Fri 07:00", timezone="Europe/Berlin")
SETTINGS = {
    "dead_letter_queue": True,
    "alarms": {"errors": 1},
    "alarm_emails": ["ops@example.com"],
}


@pytest.mark.parametrize(
    ("region", "partition"),
    [("cn-north-1", "aws-cn"), ("cn-northwest-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eu-central-1", "aws")],
)
@pytest.mark.parametrize("shared", [False, True])
def test_every_arn_is_of_the_partition(aws, jobs, region, partition, shared):
    env = get_environment("aws", region=region, shared_roles=shared)
    wanted = seen.config(schedules=["Mon-Fri 14:00", BERLIN], provider_options={"aws": SETTINGS})

    plan = env.plan_function(jobs.report, wanted, [])

    arns = [text for resource in plan.desired for text in texts(resource.properties) if text.startswith("arn:")]
    assert len(arns) > 6
    assert {arn.split(":")[1] for arn in [*arns, plan.resource_id]} == {partition}
    assert aws.mutating == []


def texts(value):
    """All texts in a property."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def test_credentials_of_another_partition_are_refused(aws, jobs):
    """A region of China, and an answer of STS as it comes for a key of the other partition."""
    env = get_environment("aws", region="cn-north-1")
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>me</UserId><Account>123456789012</Account>"
        "</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )

    def answer():
        return AWSResponse("https://sts", 200, {"content-type": "text/xml"}, seen.Raw(body.encode()))

    aws.before = lambda _number, call: answer() if call == "sts:GetCallerIdentity" else None

    result = env.deploy_function(jobs.report, seen.config(), [])

    assert not result.success
    assert "'cn-north-1' is of the partition 'aws-cn', and the credentials are of 'aws'" in result.error
    assert aws.mutating == []
