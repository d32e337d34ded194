"""What is refused before anything happens."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from taskflows_cloud_core import CloudFunctionConfig, ConfigurationError, get_environment
from taskflows_cloud_core.local import run_scheduler


def refused(env, job, **settings) -> str:
    config = CloudFunctionConfig(**{"function_name": "job", **settings})
    result = env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[])
    assert not result.success
    return result.error


@pytest.mark.parametrize(
    "name", ["../evil", "a/b", "-rm", ".hidden", "ünï", "a b", "x" * 256, "a.b", "a$b", "__", "job'; DROP"]
)
def test_hostile_names(env, job, root, name):
    assert "function_name: " in refused(env, job, function_name=name)
    assert not root.exists()


@pytest.mark.parametrize("name", ["a", "A-1_b", "9", "x" * 255])
def test_good_names(env, job, name):
    config = CloudFunctionConfig(function_name=name)
    assert env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[]).success


def test_a_runtime_that_is_not_here_names_those_that_are(env, job):
    error = refused(env, job, runtime="python3.2")

    assert "runtime: 'python3.2' was not found on this machine; there is" in error
    assert f"python3.{platform.python_version_tuple()[1]}" in error


def test_another_architecture(env, job):
    other = "arm64" if platform.machine() == "x86_64" else "x86_64"

    assert f"architecture: is '{other}', but this machine is" in refused(env, job, architecture=other)


def test_too_little_memory(env, job):
    assert "memory_mb: is 16; Python needs at least 32" in refused(env, job, memory_mb=16)


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("memory_mb", 16_777_216),
        ("timeout_seconds", 3_153_600_000),
        ("ephemeral_storage_mb", 16_777_216),
        ("max_concurrency", 1_000_000),
        ("retries", 1_000_000),
        ("log_retention_days", 36_500),
    ],
)
def test_numbers_have_bounds_and_work_up_to_them(env, job, root, field, most):
    for value in (most + 1, 10**20):
        assert f"{field}: is too large; it may be at most {most}" in refused(env, job, **{field: value})
    assert not root.exists()

    config = CloudFunctionConfig(function_name="job", **{field: most})
    env.deploy_function(job("def job():\n    return 1\n"), config, dependencies=[]).raise_for_error()
    assert env.invoke_function("job").value == 1
    run_scheduler(root, once=True)


def test_versions_have_a_bound(env, job):
    options = {"local": {"keep_versions": 1_000_001}}

    assert "keep_versions: is 1000001; it must be an int of 1 to 1000000" in refused(env, job, provider_options=options)


def test_everything_wrong_is_told_at_once(env, job):
    options = {"local": {"overlapp": "queue", "catch_up": "some", "keep_versions": 0}}
    error = refused(env, job, function_name="a/b", memory_mb=1, runtime="python3.2", provider_options=options)

    assert "6 problems" in error
    assert "provider_options['local'].overlapp: is no option; did you mean 'overlap'?" in error
    assert "provider_options['local'].catch_up: is 'some'; it must be one of 'none', 'latest', 'all'" in error
    assert "provider_options['local'].keep_versions: is 0" in error


def test_the_options_of_the_environment():
    with pytest.raises(ConfigurationError, match="did you mean 'root'"):
        get_environment("local", rot="/tmp")
    with pytest.raises(ConfigurationError, match="root: must be a path, not int"):
        get_environment("local", root=3)
    with pytest.raises(ConfigurationError, match="is no folder"):
        get_environment("local", root=" ")


def test_a_relative_root_stays_where_it_was(monkeypatch, tmp_path, job):
    monkeypatch.chdir(tmp_path)
    env = get_environment("local", root="state")
    config = CloudFunctionConfig(function_name="job")
    monkeypatch.chdir("/")

    env.deploy_function(job("def job():\n    return 1\n"), config, dependencies=[]).raise_for_error()

    assert (tmp_path / "state" / "state.sqlite3").exists()


def test_the_platforms_own_place_is_the_default(monkeypatch, tmp_path, job):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    config = CloudFunctionConfig(function_name="job")

    result = get_environment("local").deploy_function(job("def job():\n    return 1\n"), config, dependencies=[])

    assert Path(result.resource_id).is_relative_to(tmp_path)
