"""The state on the disk: who may read it, older and newer files, roots of other users."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from taskflows_cloud_core import CloudFunctionConfig, OperationError, PermissionDeniedError, get_environment
from taskflows_cloud_core.local import list_runs

JOB = "def job():\n    return 1\n"
NOBODY = 65534


def test_state_of_a_newer_version_is_left_alone(deploy, env, root):
    deploy(JOB)
    connection = sqlite3.connect(root / "state.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(OperationError, match=r"written by a newer taskflows-cloud .*upgrade taskflows-cloud-core"):
        env.list_functions()
    result = env.delete_function("job")
    assert not result.success
    assert "newer taskflows-cloud" in result.error


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_root_that_is_closed(deploy, env, root):
    deploy(JOB)
    root.chmod(0)
    try:
        with pytest.raises(PermissionDeniedError, match="belongs to the one user who made it and cannot be shared"):
            env.list_functions()
    finally:
        root.chmod(0o700)


def test_the_database_survives_its_readers_and_writers_at_once(deploy, env, root):
    deploy(JOB)
    connection = sqlite3.connect(root / "state.sqlite3")
    connection.execute("BEGIN IMMEDIATE")

    assert [function.name for function in env.list_functions()] == ["job"]

    connection.execute("ROLLBACK")
    connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_root_of_another_user(deploy, env, root, tmp_path):
    deploy(JOB)
    env.invoke_function("job")
    # Everything above the root may be entered; the root itself is closed.
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):
            folder.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        with pytest.raises(PermissionDeniedError, match="belongs to the one user who made it and cannot be shared"):
            env.list_functions()
        with pytest.raises(PermissionDeniedError):
            list_runs(root)
        result = env.delete_function("job")
    finally:
        os.seteuid(0)
    assert not result.success
    assert "cannot be shared" in result.error


def test_a_root_that_is_a_file(tmp_path, job):
    place = tmp_path / "file"
    place.write_text("", encoding="utf-8")

    config = CloudFunctionConfig(function_name="job")
    result = get_environment("local", root=place).deploy_function(job(JOB), config, dependencies=[])

    assert not result.success
    assert str(place) in result.error


def test_runs_of_a_root_that_is_not_there(root):
    assert list_runs(root) == []
    with pytest.raises(ValueError, match="limit is 0"):
        list_runs(root, limit=0)
