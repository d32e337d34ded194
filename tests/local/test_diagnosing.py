"""What a look at a root finds."""

from __future__ import annotations

import os
import sqlite3

import pytest

from taskflows_cloud_core import OperationUnsupported, Periodic, get_environment

JOB = """
    def job():
        return 1
"""


def told(env):
    return {finding.subject: (finding.status, f"{finding.message} {finding.remedy}") for finding in env.diagnose()}


def test_a_root_that_is_not_there_yet(env, root):
    findings = told(env)
    assert set(findings) == {"root", "state", "scheduler", "interpreters"}
    assert {status for status, _ in findings.values()} == {"ok"}
    assert "can be made" in findings["root"][1]
    assert not root.exists()


def test_schedules_without_a_scheduler(env, root, deploy, scheduler, wait_until):
    deploy(JOB, schedules=[Periodic(period=3600)])
    status, text = told(env)["scheduler"]
    assert status == "warning"
    assert f"taskflows-cloud local run --root {root}" in text
    assert told(env)["state"][1].startswith("1 function in ")
    env.pause_schedules("job")
    assert told(env)["scheduler"][0] == "ok"
    env.resume_schedules("job")
    process = scheduler()
    wait_until(lambda: told(env)["scheduler"][0] == "ok")
    assert str(process.process.pid) in told(env)["scheduler"][1]


def test_a_file_where_the_root_should_be(tmp_path):
    (tmp_path / "file").write_text("x")
    findings = told(get_environment("local", root=tmp_path / "file" / "root"))
    assert findings["root"][0] == "problem"
    assert "no folder" in findings["root"][1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_others(env, root):
    root.mkdir(mode=0o500)
    assert told(env)["root"][0] == "problem"


def test_a_state_that_cannot_be_read(env, root, deploy):
    deploy(JOB)
    (root / "state.sqlite3").write_bytes(b"no database at all" * 100)
    assert told(env)["state"][0] == "problem"


def test_a_python_that_is_gone(env, root, deploy):
    deploy(JOB)
    with sqlite3.connect(root / "state.sqlite3") as connection:
        connection.execute("UPDATE versions SET code = replace(code, 'python3.', 'python3.9')")
    connection.close()
    status, text = told(env)["interpreters"]
    assert status == "problem"
    assert "job cannot run" in text


def test_this_machine_knows_no_permissions(env):
    with pytest.raises(OperationUnsupported, match="required_permissions"):
        env.required_permissions()
