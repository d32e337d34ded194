"""What a function raises, as the runtime is told it: always an Exception whose text can be sent."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
JOBS = """
import asyncio

class Silent(Exception):
    def __str__(self):
        raise KeyError("text")

def silent():
    raise Silent

def unsendable():
    raise OSError("no such file: caf\\udcff")

async def cancelled():
    raise asyncio.CancelledError

def interrupted():
    raise KeyboardInterrupt("by hand")

def leaves():
    raise SystemExit("no input")

def surrogate():
    return "caf\\udcff"

def surrogate_inside():
    return [{"caf\\udcff": 1}]

def foreign():
    return {"name": ["café", "\\U0001f600"]}
"""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("silent", r"^Silent: its text cannot be had \(KeyError\)"),
        ("unsendable", r"^OSError: no such file: caf\\udcff"),
        ("cancelled", "RuntimeError: the function ended with CancelledError"),
        ("interrupted", "RuntimeError: the function ended with KeyboardInterrupt: by hand"),
        ("leaves", r"RuntimeError: the function left with sys\.exit\('no input'\)"),
        ("surrogate", r"ValueError: the result holds '\\udcff'"),
        ("surrogate_inside", r"ValueError: a key of the result\[0\] holds '\\udcff'"),
    ],
)
def test_a_failure_that_would_end_the_runtime_is_reported(
    project: Project, run: Run, target: PackageTarget, name: str, words: str
) -> None:
    function = getattr(project({"jobs.py": JOBS}), name)
    with pytest.raises(RuntimeError, match=f"(?m){words}") as failure:
        run(build_package(function, target=target))
    last = str(failure.value).rpartition("Traceback (most recent call last)")[2]
    assert f"in {name}\n" in last or name.startswith("surrogate")


def test_text_beyond_ascii_is_sent_as_it_is(project: Project, run: Run, target: PackageTarget) -> None:
    function = project({"jobs.py": JOBS}).foreign
    assert run(build_package(function, target=target)) == {"name": ["café", "\U0001f600"]}
