"""An empty AWS account for each test."""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from taskflows_cloud_core import CloudEnvironment, get_environment, stopping
from tests.aws.support.account import REGION, Wire, config, everything
from tests.aws.support.moto_gaps import close_gaps
from tests.aws.support.scenarios import FIRST, write_jobs

# The descriptions of the services are read once and not by every session: that is most of what a client costs.
_create_loader = functools.cache(botocore.session.create_loader)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """An empty account and the wire to it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    wire = Wire()
    original = BotocoreStubber.__call__

    def send(stubber: Any, event_name: str, request: Any, **rest: Any) -> Any:
        return wire.send(lambda: original(stubber, event_name, request, **rest), event_name)

    monkeypatch.setattr(botocore.session, "create_loader", _create_loader)
    close_gaps(monkeypatch)
    monkeypatch.setattr(BotocoreStubber, "__call__", send)
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield wire


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses take no time; the clock goes on by their length, and they are noted."""
    noted: list[float] = []
    clock = time.monotonic

    def wait(seconds: float) -> bool:
        noted.append(seconds)
        return stopping.current().is_set()

    monkeypatch.setattr(stopping, "wait", wait)
    # The SDK's own.
    monkeypatch.setattr(time, "sleep", noted.append)
    monkeypatch.setattr(time, "monotonic", lambda: clock() + sum(noted))
    return noted


@pytest.fixture
def env(aws: Wire) -> CloudEnvironment:
    """An environment in the empty account."""
    return get_environment("aws", region=REGION)


@pytest.fixture
def account(aws: Wire) -> Callable[[], dict[str, Any]]:
    """Tells all that is in the account, uncounted."""
    return lambda: aws.look(everything)


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A user's module with two little functions."""
    folder = write_jobs(tmp_path / "project")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(folder)
    yield importlib.import_module("aws_test_jobs")
    del sys.modules["aws_test_jobs"]


@pytest.fixture
def warmed(env: CloudEnvironment, jobs: ModuleType, aws: Wire) -> CloudEnvironment:
    """An environment that has deployed and deleted, so that its copies need not load and connect each by itself."""
    assert env.deploy_function(jobs.report, config(**FIRST), [])
    assert env.delete_function("job")
    aws.look(everything)
    aws.clear()
    return env
