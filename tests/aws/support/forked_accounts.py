"""Accounts in memory that can be copied, each served to deployers that are processes of their own."""

from __future__ import annotations

import functools
import importlib
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import botocore.session
import pytest
from moto import mock_aws

from taskflows_cloud_core import CloudEnvironment, get_environment
from tests.aws.support.account import EMPTY, REGION, Wire, everything
from tests.aws.support.moto_additions import add_calls
from tests.aws.support.moto_gaps import close_gaps
from tests.aws.support.moto_server import served
from tests.aws.support.scenarios import FIRST, SECOND, Act, deploying, write_wheels

TOLD = 3
"""The status of a deployer that was told that its deployment failed."""


@attrs.define(kw_only=True)
class Deployer:
    """One process that deploys over HTTP.

    Args:
        act: What it does.
        wire: The calls that it makes.
        pid: Its process, once it runs.
        status: What it ended with, as `os.waitpid` gives it.
    """

    act: Act
    wire: Wire = attrs.field(factory=Wire)
    pid: int = 0
    status: int = -1

    @property
    def exit_code(self) -> int:
        """Its exit code, or the negative number of the signal that killed it."""
        return os.waitstatus_to_exitcode(self.status)


class World:
    """An account of this process, and a user's module. Copied with `in_a_copy`.

    Args:
        project: The folder with the user's module.
    """

    def __init__(self, project: Path) -> None:
        os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
        # The descriptions of the services are read once and not by every process.
        botocore.session.create_loader = functools.cache(botocore.session.create_loader)
        wheels = write_wheels(project.parent / "wheels")
        # The wheels are all that there is of distributions.
        os.environ.update(UV_FIND_LINKS=str(wheels), UV_OFFLINE="1", UV_CACHE_DIR=str(project.parent / "uv"))
        patches = pytest.MonkeyPatch()
        close_gaps(patches)
        add_calls(patches)
        sys.path.insert(0, str(project))
        os.chdir(project)
        self.jobs: ModuleType = importlib.import_module("aws_test_jobs")
        self._moto = mock_aws(config={"lambda": {"use_docker": False}})
        self._moto.start()
        self.env: CloudEnvironment = get_environment("aws", region=REGION)
        self._warm_up()
        self.forget()

    def _warm_up(self) -> None:
        """Load all that the copies need, once."""
        for act in (deploying("report", FIRST), deploying("other", SECOND)):
            self.run(act)
        everything()
        if self.left_after_deletion():
            raise RuntimeError("the account is not empty after a deletion")

    def forget(self) -> None:
        """Go on as a new process would, which remembers nothing."""
        self.env = get_environment("aws", region=REGION)

    def run(self, act: Act) -> str | None:
        """Do something in this process; the error that is told comes back."""
        result = act(self.env, self.jobs)
        error: str | None = result.error if result is not None else None
        return error

    def left_after_deletion(self) -> list[str]:
        """Delete the function, and find what is there nevertheless."""
        result = self.env.delete_function("job")
        return [*filter(None, [result.error]), *differing(everything(), EMPTY)]

    def deploy_apart(self, *deployers: Deployer) -> None:
        """Let each deployer do its act in a process of its own, at the same time, and wait for the end of all."""
        # Processes first and threads afterwards: a fork copies no thread.
        starts = [self._start(deployer) for deployer in deployers]
        with ExitStack() as stack:
            urls = [stack.enter_context(served(deployer.wire)) for deployer in deployers]
            for start, url in zip(starts, urls, strict=True):
                os.write(start, url.encode())
                os.close(start)
            for deployer in deployers:
                _, deployer.status = os.waitpid(deployer.pid, 0)

    def _start(self, deployer: Deployer) -> int:
        """Make the deployer's process; it begins when it is told through a pipe where the account is."""
        reading, writing = os.pipe()
        deployer.pid = os.fork()
        if deployer.pid == 0:
            os.close(writing)
            leave(lambda: self._deploy(deployer.act, reading))
        os.close(reading)
        return writing

    def _deploy(self, act: Act, reading: int) -> int:
        self._moto.stop()
        os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")
        # Not to its end: later deployers have a copy of the other side.
        url = os.read(reading, 100).decode()
        result = act(get_environment("aws", region=REGION, endpoint_url=url), self.jobs)
        if not result.success:
            print(result.error, file=sys.stderr)
        return 0 if result.success else TOLD


def leave(work: Callable[[], int]) -> None:
    """Do something and end this process without any cleaning up."""
    status = 1
    try:
        status = work()
    except Exception:  # noqa: BLE001 - told on the way out; the status tells that it was there
        traceback.print_exc()
    finally:
        os._exit(status)


def in_a_copy(work: Callable[[], Any]) -> Any:
    """Do something in a copy of this process; what it returns comes back.

    A copy inherits what this process has loaded and connected, so it pays to have deployed here before.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)

        def tell() -> int:
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(work(), pipe)
            return 0

        leave(tell)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        found = pipe.read()
    os.waitpid(pid, 0)
    if not found:
        raise RuntimeError("the copy of the process failed; its traceback stands above")
    return pickle.loads(found)


def differing(there: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Kind and name of all that is not as wanted."""
    return [
        f"{kind} {name}"
        for kind in wanted
        for name in sorted({*there[kind], *wanted[kind]})
        if there[kind].get(name) != wanted[kind].get(name)
    ]
