"""The kind of an error that a provider raises while it carries out a plan reaches the user."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from sample_jobs import job

from taskflows_cloud_core import CloudFunctionConfig, DeploymentError, Periodic, PermissionDeniedError, get_environment
from taskflows_cloud_core.cli import main

JOBS = """
from taskflows_cloud_core import Periodic, cloud_function


@cloud_function(schedules=[Periodic(period=60)])
def job():
    return 1
"""


@pytest.fixture
def sky(starlight: Path, request: pytest.FixtureRequest) -> Any:
    """The cloud behind the provider, empty."""
    get_environment("starlight")
    return sys.modules["starlight.sky"].sky(request.node.name)


def config() -> CloudFunctionConfig:
    return CloudFunctionConfig(function_name="job", schedules=[Periodic(period=60)])


def test_a_denial_has_its_own_code_in_the_result(sky: Any, request: pytest.FixtureRequest) -> None:
    environment = get_environment("starlight", sky=request.node.name)
    sky.denied_kinds.add("timer")
    result = environment.deploy_function(job, config(), [])
    assert not result.success
    assert result.error is not None
    assert "the token may not create a timer; add the right (1 of 2 actions done" in result.error
    assert result.error_code == PermissionDeniedError.code
    with pytest.raises(DeploymentError) as raised:
        result.raise_for_error()
    assert raised.value.code == PermissionDeniedError.code

    sky.denied_kinds.clear()
    assert environment.deploy_function(job, config(), []).error_code is None
    sky.denied_kinds.add("function")
    deletion = environment.delete_function("job")
    assert (deletion.success, deletion.error_code) == (False, PermissionDeniedError.code)


def test_a_denial_has_its_own_code_on_the_command_line(
    sky: Any,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "denied_jobs.py").write_text(JOBS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    sky.denied_kinds.add("timer")
    with pytest.raises(SystemExit) as ended:
        main(["deploy", "denied_jobs.py", "--provider", "starlight", "-o", f"sky={request.node.name}"])
    out, err = capsys.readouterr()
    assert ended.value.code == 1
    assert "failed     job on starlight" in out
    assert "[TFC1504]: create timer job/" in out
    assert "error [TFC1504]: 1 of 1 failed" in err
    assert "`taskflows-cloud explain TFC1504` tells more" in err
