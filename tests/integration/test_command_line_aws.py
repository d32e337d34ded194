"""The command line on an AWS emulator that really runs functions, each command a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.ministack import MiniStack, ministack

pytestmark = [pytest.mark.integration, pytest.mark.slow]

JOBS = """
import os

from taskflows_cloud_core import Calendar, Periodic, cloud_function


@cloud_function(schedules=[Calendar("Mon-Fri 02:30", timezone="Europe/Berlin"), Periodic(period=3600)])
def greet(event):
    print("greeting")
    return f"hello {event.get('name', 'world')} of {os.environ['STAGE']}"


@cloud_function
def broken():
    raise ValueError("no rows")
"""
PROJECT = """
[tool.taskflows-cloud]
project = "shop"
functions = "jobs.py"

[tool.taskflows-cloud.stages.prod]
prefix = "prod-"
environment = {{ STAGE = "production" }}
places = [
  {{ provider = "aws", region = "eu-central-1", endpoint_url = "{url}" }},
  {{ provider = "aws", region = "us-east-1", endpoint_url = "{url}" }},
]
"""
NORTH = ("-o", "region=eu-central-1")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        yield running


@pytest.fixture
def run(
    emulator: MiniStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., subprocess.CompletedProcess[str]]:
    emulator.reset()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "123456789012")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    (tmp_path / "jobs.py").write_text(JOBS)
    (tmp_path / "pyproject.toml").write_text(PROJECT.format(url=emulator.endpoint_url))

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "taskflows_cloud_core", *words]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)

    return command


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_project_in_two_regions_from_the_first_plan_to_the_end(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert run("plan").returncode == 2
    results = answer(run("deploy", "--json"))["results"]
    assert [(each["function"], each["place"].split()[1]) for each in results] == [
        ("prod-greet", "eu-central-1"),
        ("prod-broken", "eu-central-1"),
        ("prod-greet", "us-east-1"),
        ("prod-broken", "us-east-1"),
    ]
    assert run("plan").returncode == 0
    assert len(answer(run("list", "--mine", "--json"))["functions"]) == 4

    assert answer(run("invoke", "greet", '{"name": "Ada"}', *NORTH)) == "hello Ada of production"
    failed = run("invoke", "broken", *NORTH)
    assert failed.returncode == 1
    assert "[TFC1704]" in failed.stderr
    assert "no rows" in failed.stderr
    assert "greeting" in run("logs", "greet", *NORTH).stdout

    assert [each["schedules"] for each in answer(run("pause", "greet", "--json"))["functions"]] == [2, 2]
    assert [each["schedules"] for each in answer(run("resume", "greet", "--json"))["functions"]] == [2, 2]
    jobs = tmp_path / "jobs.py"
    jobs.write_text(jobs.read_text().replace('f"hello', 'f"good day'))
    assert run("diff").returncode == 2
    assert run("deploy", "greet", *NORTH).returncode == 0
    assert answer(run("invoke", "greet", *NORTH)) == "good day world of production"
    assert len(answer(run("history", "greet", *NORTH, "--json"))["versions"]) == 2
    assert run("rollback", "greet", *NORTH, "--yes").returncode == 0
    assert answer(run("invoke", "greet", *NORTH)) == "hello world of production"

    jobs.write_text(jobs.read_text().replace("@cloud_function\ndef broken", "def broken"))
    assert len(answer(run("prune", "--yes", "--json"))["results"]) == 2
    assert run("delete", "greet", "--yes").returncode == 0
    assert answer(run("list", "--json")) == {"functions": []}


def test_a_deployer_without_credentials_or_with_a_wrong_region_is_told(
    run: Callable[..., subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = run("list", "--provider", "aws", "-o", "region=mars")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "[TFC1100]" in wrong.stderr
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    none = run("list", *NORTH)
    assert none.returncode == 1
    assert "[TFC1503]" in none.stderr
    assert "Traceback" not in none.stderr
    assert run("doctor", *NORTH).returncode == 1
