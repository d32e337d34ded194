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
    before = mark.stat().st_mtime_ns
    assert build_package(job, target=target) == package
    assert mark.stat().st_mtime_ns == before


def test_what_only_the_runtime_has_is_not_missed(project: Callable[..., ModuleType], target: PackageTarget) -> None:
    project({"jobs.py": "import pluggy\ndef job(): return 1\n"})
    import jobs  # type: ignore[import-not-found]  # written by this test

    has_pluggy = attrs.evolve(target, provided=["pluggy"])
    assert build_package(lambda: jobs.job(), target=has_pluggy).dependencies == ()


def test_a_module_that_works_with_a_stand_in_when_it_is_imported_is_refused(
    project: Callable[..., ModuleType], target: PackageTarget
) -> None:
    text = "from taskflows_cloud_core import Calendar\nLABEL = f\"{Calendar('Mon 09:00')}\"\ndef job(): return LABEL\n"
    with pytest.raises(PackagingError) as failure:
        build_package(project({"jobs.py": text}).job, target=target)
    first, *_ = str(failure.value).splitlines()
    assert first.startswith("jobs:job cannot be loaded from its package: RuntimeError: taskflows_cloud_core.Calendar")
    assert "dependencies=['taskflows-cloud-core', ...]" in first
    assert 'jobs.py", line 2' in str(failure.value)


def test_one_trial_is_enough_for_the_functions_of_a_module(
    project: Callable[..., ModuleType], target: PackageTarget, cache: Path
) -> None:
    text = "from taskflows_cloud_core import Calendar\ndef first(): return 1\ndef second(): return 2\n"
    jobs = project({"jobs.py": text})
    trials = cache / "taskflows-cloud" / "trials"
    assert build_package(jobs.first, target=target).sha256 != build_package(jobs.second, target=target).sha256
    assert len(list(trials.iterdir())) == 1
    Path("jobs.py").write_text(text + "third = 1\n")
    build_package(jobs.second, target=target)
    assert len(list(trials.iterdir())) == 2


def test_decorators_alone_need_no_trial(project: Callable[..., ModuleType], target: PackageTarget, cache: Path) -> None:
    text = "from taskflows_cloud_core import cloud_function\n@cloud_function(memory_mb=512)\ndef job(): return 1\n"
    build_package(project({"jobs.py": text}).job, target=target)
    assert not (cache / "taskflows-cloud" / "trials").exists()


def test_a_module_that_reads_the_command_line_sees_an_empty_one(
    project: Callable[..., ModuleType], target: PackageTarget
) -> None:
    text = "import sys\nfrom taskflows_cloud_core import Calendar\nassert not sys.argv[1:]\ndef job(): return 1\n"
    jobs = project({"jobs.py": "def job(): return 1\n"})
    Path("jobs.py").write_text(text)
    assert build_package(jobs.job, target=target).size > 0
