"""Packages opened once on this machine before they go anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_package

FILES = {"jobs.py": "import setting\ndef job(): return setting.VALUE\n", "setting.py": "VALUE = 1\n"}


@pytest.fixture
def closure(project: Callable[..., ModuleType]) -> Callable[[], Any]:
    """A callable by value whose module cannot be imported from the package."""
    jobs = project(FILES)
    Path("setting.py").write_text("VALUE = open('only_here.txt').read()\n")
    return lambda: jobs.job()


def test_a_callable_by_value_that_cannot_be_loaded_is_refused(
    closure: Callable[[], Any], target: PackageTarget
) -> None:
    with pytest.raises(PackagingError) as failure:
        build_package(closure, target=target)
    first, *_ = str(failure.value).splitlines()
    assert "cannot be loaded from its package: FileNotFoundError" in first
    assert 'setting.py", line 1' in str(failure.value)


def test_the_trial_can_be_left_out(closure: Callable[[], Any], target: PackageTarget) -> None:
    assert build_package(closure, target=target, trial=False).size > 0


def test_a_function_of_a_module_is_tried_when_asked(project: Callable[..., ModuleType], target: PackageTarget) -> None:
    jobs = project(FILES)
    Path("setting.py").write_text("raise OSError('not today')\n")
    assert build_package(jobs.job, target=target).size > 0
    with pytest.raises(PackagingError, match="OSError: not today"):
        build_package(jobs.job, target=target, trial=True)


def test_another_machine_cannot_be_tried(closure: Callable[[], Any], target: PackageTarget) -> None:
    elsewhere = attrs.evolve(target, platform="riscv64-unknown-linux")
    assert build_package(closure, target=elsewhere).size > 0


def test_what_passed_is_not_tried_again(target: PackageTarget, cache: Path) -> None:
    def job() -> int:
        return 1

    package = build_package(job, target=target)
    [mark] = (cache / "taskflows-cloud" / "trials").iterdir()
    assert mark.name.startswith(package.sha256)
    before = mark.stat().st_mtime_ns
    assert build_package(job, target=target) == package
    assert mark.stat().st_mtime_ns == before


def test_what_only_the_runtime_has_is_not_missed(project: Callable[..., ModuleType], target: PackageTarget) -> None:
    project({"jobs.py": "import pluggy\ndef job(): return 1\n"})
    import jobs  # type: ignore[import-not-found]  # written by this test

    has_pluggy = attrs.evolve(target, provided=["pluggy"])
    assert build_package(lambda: jobs.job(), target=has_pluggy).dependencies == ()
