"""Logs, metrics and failures of functions that really ran, on an AWS emulator."""

from __future__ import annotations

import importlib
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core import CloudEnvironment, CloudFunctionConfig, get_environment
from tests.integration.ministack import MiniStack, ministack

pytestmark = [pytest.mark.integration, pytest.mark.slow]

_accounts = itertools.count(300_000_000_001)
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as running:
        running.reset()
        yield running


@pytest.fixture
def env(emulator: MiniStack, monkeypatch: pytest.MonkeyPatch) -> CloudEnvironment:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", str(next(_accounts)))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    return get_environment("aws", region="eu-central-1", endpoint_url=emulator.endpoint_url)


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    source = """
import logging
import os
import time

def work(event):
    print("begins:", event["how"])
    if event["how"] == "logs":
        logging.getLogger().error("logged, but caught")
    if event["how"] == "raises":
        raise ValueError("no rows")
    if event["how"] == "hangs":
        time.sleep(600)
    return event["how"]
"""
    (tmp_path / "calls_jobs.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("calls_jobs")
    del sys.modules["calls_jobs"]


def wait_for(probe: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := probe()):
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.5)
    return answer


def test_logs_of_failed_runs_following_and_figures(env: CloudEnvironment, jobs: ModuleType) -> None:
    config = CloudFunctionConfig(function_name="job", timeout_seconds=3)
    env.deploy_function(jobs.work, config, []).raise_for_error()
    stop = threading.Event()
    followed: list[str] = []

    def follow() -> None:
        events = env.follow_function_logs("job", start_time=0, contains="BEGINS", poll_seconds=0.2, stop=stop)
        followed.extend(event.message for event in events)

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        results = {how: env.invoke_function("job", {"how": how}) for how in ("works", "logs", "raises", "hangs")}
        assert [how for how, result in results.items() if not result.ok] == ["raises", "hangs"]
        assert any("begins: works" in event.message for event in results["works"].logs)

        def failed() -> list[str]:
            events = env.get_function_logs("job", failed_only=True)
            return [event.message for event in events if "begins" in event.message]

        # The emulator writes what a run left behind, but not Lambda's own line about an exception.
        wait_for(lambda: failed() == ["begins: hangs"])
        wait_for(lambda: len(followed) >= 4)
        assert [line.removeprefix("begins: ") for line in followed] == list(results)
    finally:
        stop.set()
        follower.join()
    metrics = env.get_metrics("job")
    assert (metrics.invocations, metrics.errors) == (4, 2)
    assert set(metrics.duration_percentiles_ms) == {"p50", "p95", "p99"}
    assert metrics.duration_percentiles_ms["p50"] <= metrics.duration_percentiles_ms["p99"]
    assert metrics.cost is not None
    assert metrics.cost.total > 0


def test_a_look_at_the_emulator(env: CloudEnvironment) -> None:
    findings = {finding.subject: finding for finding in env.diagnose()}
    assert findings["credentials"].status == "ok"
    assert findings["endpoint"].status == "warning"
    assert set(findings) >= {"runtime", "region", "endpoint", "credentials", "clock", "permissions"}
