"""The policy and the log, around the provider in memory."""

import json

import pytest
from some_job import other, report

from taskflows_cloud_core import CloudFunctionConfig, ProgressEvent
from taskflows_cloud_core.testing import MemoryCloud

SECRET = "do-not-show-me"


@pytest.fixture
def environment():
    with MemoryCloud() as cloud:
        yield cloud.environment


@pytest.fixture
def log(tmp_path, monkeypatch):
    path = tmp_path / "changes.jsonl"
    monkeypatch.setenv("TASKFLOWS_CLOUD_AUDIT_LOG", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def deploy(environment, function=report, **settings):
    settings = {"environment_variables": {"TOKEN": SECRET}, **settings}
    return environment.deploy_function(function, CloudFunctionConfig(function_name="report", **settings), [])


def told(lines):
    return [(line["change"], line["status"]) for line in lines]


def test_more_memory_than_allowed_is_refused(environment, log):
    result = deploy(environment, memory_mb=1025)
    assert not result.success
    assert "memory_mb: is 1025; our policy allows 1024" in result.error
    assert environment.list_functions() == []
    assert log() == []


def test_the_limit_is_set_by_a_variable(environment, log, monkeypatch):
    monkeypatch.setenv("TASKFLOWS_CLOUD_POLICY_MEMORY_MB", "128")
    assert "our policy allows 128" in deploy(environment, memory_mb=129).error
    assert deploy(environment, memory_mb=128).success


def test_each_change_is_written_down_before_and_after(environment, log):
    deploy(environment, schedules=["Mon 09:00"]).raise_for_error()
    deploy(environment, other, schedules=["Mon 09:00"]).raise_for_error()
    environment.pause_schedules("report")
    environment.resume_schedules("report")
    environment.rollback_function("report")
    environment.delete_function("report").raise_for_error()
    changes = ["deploy", "deploy", "pause", "resume", "roll back", "delete"]
    assert told(log()) == [(change, status) for change in changes for status in ("begun", "done")]
    first = log()[0]
    assert first["function"] == "report"
    assert first["provider"] == "memory"
    assert first["actions"][0] == "create function report"


def test_what_changes_nothing_has_no_line(environment, log):
    deploy(environment).raise_for_error()
    before = log()
    deploy(environment).raise_for_error()
    environment.plan_function(other, CloudFunctionConfig(function_name="report"), [])
    assert log() == before


def test_an_interrupted_change_is_told(environment, log):
    def interrupt(event: ProgressEvent) -> None:
        if event.stage == "apply":
            raise KeyboardInterrupt

    config = CloudFunctionConfig(function_name="report")
    with pytest.raises(KeyboardInterrupt):
        environment.deploy_function(report, config, [], progress=interrupt)
    assert told(log()) == [("deploy", "begun"), ("deploy", "ended by KeyboardInterrupt")]


def test_no_value_is_in_the_log(environment, log):
    deploy(environment).raise_for_error()
    deploy(environment, memory_mb=512).raise_for_error()
    assert SECRET not in json.dumps(log())


def test_a_change_that_cannot_be_written_down_is_not_made(environment, monkeypatch, tmp_path):
    monkeypatch.delenv("TASKFLOWS_CLOUD_AUDIT_LOG", raising=False)
    assert "TASKFLOWS_CLOUD_AUDIT_LOG" in deploy(environment).error
    monkeypatch.setenv("TASKFLOWS_CLOUD_AUDIT_LOG", str(tmp_path / "no-such-folder" / "log"))
    assert "cannot be written" in deploy(environment).error
    assert environment.list_functions() == []
