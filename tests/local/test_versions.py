"""Versions of the code: made, kept, returned to."""

from __future__ import annotations

import pytest

from taskflows_cloud_core.errors import OperationError


def returning(value: int) -> str:
    return f"def job():\n    return {value}\n"


def folders(root):
    return {path.name for path in (root / "functions" / "job").iterdir()}


def test_versions_and_the_way_back(env, deploy, job):
    deploy(returning(1), memory_mb=64)
    env.update_function_code("job", job(returning(2)), dependencies=[]).raise_for_error()

    versions = env.list_versions("job")
    assert [(version.version, version.is_live) for version in versions] == [("2", True), ("1", False)]
    assert versions[0].package_sha256 != versions[1].package_sha256

    back = env.rollback_function("job")

    assert (back.version, back.is_live) == ("1", True)
    assert env.invoke_function("job").value == 1
    assert env.describe_function("job").config.memory_mb == 64
    assert env.rollback_function("job", "2").version == "2"
    assert env.invoke_function("job").value == 2


def test_after_a_rollback_the_same_deployment_makes_a_new_version(env, deploy, job):
    deploy(returning(1))
    second = job(returning(2))
    env.update_function_code("job", second, dependencies=[]).raise_for_error()
    env.rollback_function("job")

    env.update_function_code("job", second, dependencies=[]).raise_for_error()

    assert env.invoke_function("job").value == 2
    assert [version.version for version in env.list_versions("job")] == ["3", "2", "1"]


def test_only_so_many_versions_are_kept(env, deploy, job, root):
    deploy(returning(0), provider_options={"local": {"keep_versions": 2}})
    for value in range(1, 4):
        env.update_function_code("job", job(returning(value)), dependencies=[]).raise_for_error()

    versions = env.list_versions("job")

    assert [version.version for version in versions] == ["4", "3"]
    assert folders(root) == {version.package_sha256 for version in versions}
    with pytest.raises(OperationError, match="no version '1'; kept versions: 4, 3"):
        env.rollback_function("job", "1")


def test_the_live_version_is_never_removed(env, deploy, job, root):
    deploy(returning(0), provider_options={"local": {"keep_versions": 1}})
    env.update_function_code("job", job(returning(1)), dependencies=[]).raise_for_error()

    assert [version.version for version in env.list_versions("job")] == ["2"]
    assert env.invoke_function("job").value == 1
    with pytest.raises(OperationError, match="no version before 2"):
        env.rollback_function("job")


def test_a_redeployment_after_the_folder_was_lost_heals(env, deploy, job, root):
    function = deploy(returning(1))
    sha256 = env.list_versions("job")[0].package_sha256
    (root / "functions" / "job" / sha256).rename(root / "lost")
    assert "could not be carried out" in env.invoke_function("job").error

    result = env.update_function_code("job", function, dependencies=[]).raise_for_error()

    assert [(action.verb, action.key.kind) for action in result.plan.actions] == [("create", "package")]
    assert env.invoke_function("job").value == 1
