"""What Linux has and others have not: the ways around it, taken on Linux too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from pathlib import Path
del os.pidfd_open
from taskflows_cloud_core.kit.claiming import process_identity as identity
identity._BOOT_ID = Path("/not/there")
sys.path.insert(0, sys.argv[2])
import jobs
from taskflows_cloud_core import CloudFunctionConfig, get_environment

alive = identity.this_process()
assert alive.is_alive and alive.token
assert not identity.ProcessIdentity(pid=alive.pid, token="Mon Jan  1 00:00:00 2001").is_alive
env = get_environment("local", root=sys.argv[1])
for name in ("quick", "slow"):
    config = CloudFunctionConfig(function_name=name, timeout_seconds=1)
    env.deploy_function(getattr(jobs, name), config, dependencies=[]).raise_for_error()
print(env.invoke_function("quick").value)
print(env.invoke_function("slow").error)
"""
JOBS = """
import subprocess, time
def quick():
    print("line")
    return subprocess.Popen(["sleep", "60"]).pid
def slow():
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the others take these ways anyway")
@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="there is no ps")
def test_without_pidfd_and_proc(root, tmp_path, wait_until):
    (tmp_path / "jobs.py").write_text(JOBS, encoding="utf-8")

    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert told.returncode == 0, told.stderr
    pid, error = told.stdout.splitlines()
    assert error == "the run was ended after its timeout of 1 s"
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text())
