"""Running a function now, and what its answers become."""

from __future__ import annotations

import base64
import json

import pytest
from botocore.awsrequest import AWSResponse

from taskflows_cloud_core import ConfigurationError
from tests.aws.support.account import Raw, config, once, refusal

REQUEST = "11111111-1111-1111-1111-111111111111"


def invoked(payload, *, error=None, tail=""):
    headers = {"x-amzn-requestid": REQUEST, "x-amz-log-result": base64.b64encode(tail.encode()).decode()}
    if error:
        headers["x-amz-function-error"] = error
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return AWSResponse("https://aws.example", 200, headers, Raw(body))


@pytest.fixture
def job(env, aws, jobs):
    assert env.deploy_function(jobs.report, config(), [])
    aws.clear()
    return env


def answering(aws, make):
    aws.before = lambda _number, call: make() if call == "lambda:Invoke" else None


def test_what_it_returned_and_wrote(job, aws):
    tail = (
        f"START RequestId: {REQUEST}\nhello\nREPORT RequestId: {REQUEST}\tDuration: 12.50 ms\tBilled Duration: 13 ms\n"
    )
    answering(aws, lambda: invoked({"rows": 3}, tail=tail))

    result = job.invoke_function("job", {"day": "Mon"})

    assert result.ok
    assert result.value == {"rows": 3}
    assert result.duration_ms == 12.5
    assert [event.message for event in result.logs][1] == "hello"
    assert aws.calls == ["lambda:Invoke"]


def test_an_exception_is_told_with_its_traceback(job, aws):
    body = {
        "errorMessage": "no rows",
        "errorType": "ValueError",
        "stackTrace": ['  File "/var/task/jobs.py", line 3, in report\n    raise ValueError("no rows")\n'],
    }
    answering(aws, lambda: invoked(body, error="Unhandled"))

    result = job.invoke_function("job")

    assert not result.ok
    assert result.value is None
    assert result.error.startswith("ValueError: no rows\nTraceback (most recent call last):")
    assert "line 3, in report" in result.error


def test_a_timeout_has_no_traceback(job, aws):
    answering(aws, lambda: invoked({"errorMessage": "Task timed out after 3.00 seconds"}, error="Unhandled"))

    assert job.invoke_function("job").error == "Unhandled: Task timed out after 3.00 seconds"


def test_starting_without_waiting(job, aws):
    result = job.invoke_function("job", invocation_type="Event")

    assert result.ok
    assert result.value is None


def test_a_throttled_start_is_tried_again(job, aws, pauses):
    aws.before = once("lambda:Invoke", lambda: refusal("lambda:Invoke", "TooManyRequestsException", 429), times=3)

    assert job.invoke_function("job").ok
    assert aws.calls.count("lambda:Invoke") == 4


def test_a_payload_that_is_too_large_is_not_sent(job, aws):
    with pytest.raises(ConfigurationError, match="payload"):
        job.invoke_function("job", "x" * (6 * 2**20))
    assert aws.calls == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("job:1", "names the version or alias '1'; give the name, 'job'"),
        ("job:live", "alias 'live'"),
        ("job:$LATEST", "alias '\\$LATEST'"),
        ("arn:aws:lambda:us-east-1:123456789012:function:job", "is an ARN; give the name, 'job'"),
        ("arn:aws-cn:lambda:cn-north-1:123456789012:function:job:1", "is an ARN"),
        ("123456789012:function:job", "is an ARN"),
        ("../job", "is no name"),
        ("job\n", "is no name"),
        ("j" * 65, "is no name"),
        ("jöb", "is no name"),
    ],
)
def test_only_the_bare_name_of_a_function_is_taken(job, aws, name, told):
    calls = [
        job.invoke_function,
        job.describe_function,
        job.get_function_logs,
        job.get_metrics,
        job.list_versions,
        job.rollback_function,
        job.pause_schedules,
        job.resume_schedules,
        *([job.plan_removal, job.delete_function] if ":" in name else []),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match=told):
            call(name)
    assert aws.calls == []


@pytest.mark.parametrize(("wait", "limit"), [("RequestResponse", 6 * 2**20), ("Event", 2**20)])
def test_payloads_up_to_the_byte(job, aws, wait, limit):
    answering(aws, lambda: invoked(None))
    assert job.invoke_function("job", "x" * (limit - 2), invocation_type=wait).ok
    aws.clear()
    with pytest.raises(ConfigurationError, match=f"has {limit + 1} bytes as JSON; Lambda takes {limit}"):
        job.invoke_function("job", "x" * (limit - 1), invocation_type=wait)
    assert aws.calls == []
