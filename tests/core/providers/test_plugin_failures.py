"""An unexpected exception in a hook names the plugin it came from, its version and the hook."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudFunctionConfig, PluginFailedError, ProgressEvent, get_environment
from taskflows_cloud_core.testing import MemoryCloud

Stranger = Callable[..., Path]

PROVIDER = """
from functools import wraps

from taskflows_cloud_core import hookimpl
from taskflows_cloud_core.testing import MemoryProvider


def logged(function):
    @wraps(function)
    def call(*args, **kwargs):
        return function(*args, **kwargs)

    return call


def read(session):
    return {}["hunter2"]


class Plugin(MemoryProvider):
    @hookimpl
    def list_functions(self, session):
        return read(session)

    @hookimpl
    @logged
    def list_versions(self, name):
        raise ValueError(f"no version of {name}, token hunter2")

    @hookimpl
    def delete_function(self, plan):
        raise RuntimeError("hunter2")


plugin = Plugin(name="frail")
"""

EXTENSION = """
from taskflows_cloud_core import hookimpl


@hookimpl(wrapper=True)
def list_functions():
    return (yield)


@hookimpl(wrapper=True)
def list_versions():
    return (yield)


@hookimpl(wrapper=True)
def describe_function():
    raise ZeroDivisionError("hunter2")
    yield


@hookimpl(wrapper=True)
def get_metrics():
    answer = yield
    return answer.hunter2


@hookimpl(wrapper=True)
def package_function():
    return (yield)
"""


@pytest.fixture
def frail(stranger: Stranger) -> None:
    """A provider and an extension around it that raise what they should not."""
    stranger("stranger_frail", PROVIDER, provider="frail", attribute="plugin", version="0.7")
    stranger("stranger_wrap", EXTENSION, extension="wrap", version="1.3")


OF_PROVIDER = r"the provider 'frail' \(stranger.frail.dist 0\.7\)"
OF_EXTENSION = r"the extension 'wrap' \(stranger.wrap.dist 1\.3\)"


@pytest.mark.parametrize(
    ("hook", "who", "what"),
    [
        ("list_functions", OF_PROVIDER, "KeyError at stranger_frail, line 17"),
        ("list_versions", OF_PROVIDER, "ValueError at stranger_frail"),
        ("describe_function", OF_EXTENSION, "ZeroDivisionError at stranger_wrap"),
        ("get_metrics", OF_EXTENSION, "AttributeError at stranger_wrap"),
    ],
)
def test_the_plugin_at_fault_is_named(frail: None, hook: str, who: str, what: str) -> None:
    env = get_environment("frail", place=hook)
    assert env.deploy_function(job, CloudFunctionConfig(function_name="job"), [])
    call = getattr(env, hook)
    with pytest.raises(PluginFailedError, match=f"{who} failed in '{hook}' with an unexpected {what}") as caught:
        call() if hook == "list_functions" else call("job")
    error = caught.value
    assert (error.hook, error.code) == (hook, "TFC1409")
    assert error.provider in ("frail", "wrap")
    assert error.distribution.endswith((" 0.7", " 1.3"))
    assert "hunter2" not in str(error)
    assert type(error.__cause__).__name__ in str(error)
    assert "stranger_" in "".join(traceback.format_tb(error.__cause__.__traceback__ if error.__cause__ else None))
    copied = pickle.loads(pickle.dumps(error))
    assert (str(copied), copied.hook, copied.provider) == (str(error), error.hook, error.provider)


def test_a_default_of_core_is_not_blamed_on_a_plugin(
    starlight: Path, frail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from taskflows_cloud_core.packaging import build

    monkeypatch.setattr(build, "_build", lambda order: order.no_such_thing)
    with pytest.raises(
        PluginFailedError, match="the default implementation of taskflows-cloud-core .* failed"
    ) as caught:
        get_environment("starlight").plan_function(job, CloudFunctionConfig(function_name="job"), [])
    assert caught.value.provider == ""
    assert caught.value.distribution.startswith("taskflows-cloud-core ")


def test_what_the_callers_own_progress_raises_is_not_blamed_on_a_plugin() -> None:
    def refuse(event: ProgressEvent) -> None:
        if event.stage == "apply":
            raise RuntimeError("the pipe is broken")

    with MemoryCloud() as cloud:
        config = CloudFunctionConfig(function_name="job")
        with pytest.raises(RuntimeError, match="the pipe is broken"):
            cloud.environment.deploy_function(job, config, [], progress=refuse)
        (result,) = cloud.environment.deploy_many([(job, config)], [], progress=refuse)
        assert "RuntimeError, raised by `progress` or by taskflows-cloud-core itself" in (result.error or "")


def test_deletions_that_fail_unexpectedly_cost_no_other_result(stranger: Stranger) -> None:
    source = PROVIDER.replace("def list_functions", "def get_metrics").replace(
        'raise RuntimeError("hunter2")',
        'if plan.function_name != "two":\n            raise RuntimeError("hunter2")\n'
        '        return DeletionResult(success=True, function_name="two", provider="frail")',
    )
    source = source.replace("import hookimpl", "import DeletionResult, hookimpl")
    stranger("stranger_frail", source, provider="frail", attribute="plugin")
    env = get_environment("frail", place="prune")
    for name in ("one", "two"):
        assert env.deploy_function(job, CloudFunctionConfig(function_name=name), [])

    results = env.prune_functions([], tags={}, everything=True)

    assert [(result.function_name, result.error_code) for result in results[:2]] == [("one", "TFC1409"), ("two", None)]
    assert not any("hunter2" in str(result) for result in results)


def test_the_command_line_reports_it_with_its_code_and_shows_the_traceback_on_demand(
    frail: None, tmp_path: Path
) -> None:
    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "taskflows_cloud_core", "list", "--provider", "frail"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)

    ran = run()
    assert ran.returncode == 1
    assert "error [TFC1409]: the provider 'frail' (" in ran.stderr
    assert "set TASKFLOWS_CLOUD_TRACEBACK=1 to see the traceback" in ran.stderr
    assert "hunter2" not in ran.stderr
    assert "KeyError: 'hunter2'" in run(TASKFLOWS_CLOUD_TRACEBACK="1").stderr


def test_a_deployment_of_the_command_line_shows_the_traceback_on_demand(stranger: Stranger, tmp_path: Path) -> None:
    source = PROVIDER.replace("def delete_function", "def deploy_function")
    stranger("stranger_frail", source, provider="frail", attribute="plugin")
    (tmp_path / "jobs.py").write_text(
        "from taskflows_cloud_core import cloud_function\n\n@cloud_function\ndef job():\n    return 1\n"
    )
    command = [sys.executable, "-m", "taskflows_cloud_core", "deploy", "jobs.py", "--provider", "frail"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TASKFLOWS_CLOUD_TRACEBACK": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert ran.returncode == 1
    assert "[TFC1409]" in ran.stdout + ran.stderr
    assert "RuntimeError: hunter2" in ran.stderr
