"""Functions for another Python of this machine than the one that deploys them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from taskflows_cloud_core import CloudFunctionConfig

RUNNING = f"python3.{sys.version_info.minor}"


def works(runtime: str) -> bool:
    path = shutil.which(runtime)
    return path is not None and not subprocess.run([path, "-c", ""], check=False, capture_output=True).returncode


OTHERS = [runtime for runtime in ("python3.11", "python3.12", "python3.13") if runtime != RUNNING and works(runtime)]


@pytest.mark.skipif(not OTHERS, reason="there is no other Python on this machine")
@pytest.mark.parametrize("runtime", OTHERS)
def test_the_function_runs_on_the_python_that_it_asks_for(env, job, runtime):
    function = job("import sys\ndef job():\n    return 'python%d.%d' % sys.version_info[:2]\n")
    config = CloudFunctionConfig(function_name="job", runtime=runtime)

    env.deploy_function(function, config, dependencies=[]).raise_for_error()

    assert env.invoke_function("job").value == runtime
    assert env.describe_function("job").config.runtime == runtime


def test_an_interpreter_that_does_not_answer_is_none(env, job, tmp_path, monkeypatch):
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python3.99").write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    (shims / "python3.99").chmod(0o755)
    monkeypatch.setenv("PATH", f"{shims}{os.pathsep}{os.environ['PATH']}")
    config = CloudFunctionConfig(function_name="job", runtime="python3.99")

    error = env.deploy_function(job("def job():\n    pass\n"), config, dependencies=[]).error

    assert "runtime: 'python3.99' was not found on this machine; there is" in error
    assert "python3.99," not in error
