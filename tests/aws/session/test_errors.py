"""Errors of AWS name the action, the resource and the remedy, and never an environment value."""

from __future__ import annotations

import pytest

from taskflows_cloud_core import CredentialsError, OperationError, PermissionDeniedError, get_environment
from tests.aws.support.account import REGION, config, connection_lost, refusal

CANARY = "canary-7f3a9b"
WANTED = {"environment_variables": {"TOKEN_OF_MINE": CANARY}, "schedules": ["Mon-Fri 14:00"]}


def always(call, code, status=400, message="refused by the test"):
    return lambda _number, name: refusal(name, code, status, message) if call in ("*", name) else None


@pytest.mark.parametrize(
    ("code", "status", "remedy"),
    [
        ("ExpiredToken", 400, "log in again"),
        ("ExpiredTokenException", 403, "log in again"),
        ("InvalidClientTokenId", 403, "access key"),
        ("UnrecognizedClientException", 400, "access key"),
        ("SignatureDoesNotMatch", 403, "clock"),
        ("RequestTimeTooSkewed", 403, "clock"),
    ],
)
def test_credentials_that_aws_does_not_accept(env, aws, jobs, pauses, code, status, remedy):
    aws.before = always("sts:GetCallerIdentity", code, status)

    with pytest.raises(CredentialsError, match=remedy):
        env.plan_function(jobs.report, config(), [])
    result = env.deploy_function(jobs.report, config(), [])

    assert not result.success
    assert result.resource_id is None
    assert aws.mutating == []


def test_no_credentials(aws, jobs, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    result = get_environment("aws", region=REGION).deploy_function(jobs.report, config(), [])

    assert "aws configure" in result.error
    assert aws.mutating == []


def test_half_of_the_credentials(aws, jobs, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    result = get_environment("aws", region=REGION).deploy_function(jobs.report, config(), [])

    assert "AWS_SECRET_ACCESS_KEY" in result.error.upper()


def test_an_unknown_profile_is_named(jobs):
    result = get_environment("aws", region=REGION, profile="nobody").deploy_function(jobs.report, config(), [])

    assert "nobody" in result.error
    assert "profile" in result.error


@pytest.mark.parametrize(
    "call", ["lambda:CreateFunction", "iam:CreateRole", "eventbridge:PutRule", "lambda:GetFunction"]
)
def test_a_denial_names_right_and_resource(env, aws, jobs, call):
    aws.before = always(call, "AccessDeniedException" if not call.startswith("iam") else "AccessDenied", 403)
    right = call.replace("eventbridge", "events")

    result = env.deploy_function(jobs.report, config(**WANTED), [])

    assert not result.success
    assert right in result.error
    assert "job" in result.error
    assert "policy of these credentials" in result.error


def test_a_denial_is_an_exception_of_its_own_class(env, aws):
    aws.before = always("lambda:GetFunction", "AccessDeniedException", 403)

    with pytest.raises(PermissionDeniedError, match="lambda:GetFunction on function job"):
        env.describe_function("job")


def test_aws_cannot_be_reached(env, aws, jobs, pauses):
    aws.before = lambda _number, _call: connection_lost()

    with pytest.raises(OperationError, match="cannot be reached.*region"):
        env.plan_function(jobs.report, config(), [])


def test_throttled_for_good(env, aws, jobs, pauses):
    aws.before = always("lambda:CreateFunction", "TooManyRequestsException", 429)

    result = env.deploy_function(jobs.report, config(), [])

    assert "still throttles" in result.error
    assert result.resource_id is not None


@pytest.mark.parametrize("step", ["first", "change"])
def test_no_environment_value_in_anything_that_is_told(env, aws, jobs, pauses, step):
    """AWS's own messages repeat values: ours must not."""
    calls = ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration", "eventbridge:PutRule"]
    messages = [
        "1 validation error detected: Value '{TOKEN_OF_MINE=%s}' at 'environment' failed to satisfy constraint",
        "Lambda was unable to configure your environment variables because %s is wrong",
    ]
    events = []
    if step == "change":
        assert env.deploy_function(jobs.report, config(environment_variables={"TOKEN_OF_MINE": f"old-{CANARY}"}), [])
    for call in calls:
        for message in messages:
            aws.before = always(call, "InvalidParameterValueException", 400, message % CANARY)
            result = env.deploy_function(jobs.report, config(**WANTED), [], progress=events.append)
            told = [str(result), repr(result), str(result.plan), repr(result.plan), str(result.error)]
            told += [str(event) for event in events] + [repr(config(**WANTED))]
            assert not [text for text in told if CANARY in text]
            aws.before = always("nothing", "")
            if step == "first":
                env.delete_function("job")


def test_nothing_of_the_original_exception_is_kept(env, aws, jobs):
    aws.before = always("lambda:GetFunction", "InvalidParameterValueException", 400, f"Value '{CANARY}' at 'x' is bad")

    with pytest.raises(OperationError) as caught:
        env.plan_function(jobs.report, config(**WANTED), [])

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert CANARY not in str(caught.value)
