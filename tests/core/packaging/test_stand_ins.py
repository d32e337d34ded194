"""Modules that import this package at their top, although it is not deployed with them."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import PackageTarget, build_package

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
TOP = """
import taskflows_cloud_core
from taskflows_cloud_core import Calendar, CloudError, CloudFunctionConfig, cloud_function, get_environment
from taskflows_cloud_core.schedules import Periodic
from taskflows_cloud_core.config import CloudFunctionConfig as Other

SCHEDULES = [Calendar("Mon-Fri 09:00"), Periodic(period=60)]
CONFIG = CloudFunctionConfig(function_name="report", schedules=SCHEDULES)


class Mine(CloudFunctionConfig):
    pass


class Failed(CloudError):
    pass


@cloud_function
def plain() -> "CloudFunctionConfig | None":
    return [isinstance(CONFIG, CloudFunctionConfig), __name__]


@cloud_function(schedules=[Calendar("Mon 09:00")], memory_mb=512)
def marked(config: Other | None = None):
    try:
        raise Failed("caught")
    except CloudError as error:
        return str(error)


def uses():
    return get_environment("local").list_functions()


def reads():
    return len(SCHEDULES[0])


def builds():
    return taskflows_cloud_core.schedules.as_schedule("Mon 09:00")
"""


@pytest.fixture
def jobs(project: Project) -> ModuleType:
    return project({"jobs.py": TOP})


def test_importing_and_marking_cost_nothing(jobs: ModuleType, run: Run, target: PackageTarget) -> None:
    package = build_package(jobs.plain, target=target)
    inside = {file.path for file in package.contents}
    assert {path for path in inside if path.startswith("taskflows_cloud_core/")} == {
        "taskflows_cloud_core/__init__.py",
        "taskflows_cloud_core/config/__init__.py",
        "taskflows_cloud_core/schedules/__init__.py",
    }
    assert package.dependencies == ()
    assert run(package) == [True, "jobs"]
    assert run(build_package(jobs.marked, target=target)) == "caught"


@pytest.mark.parametrize("name", ["uses", "reads", "builds"])
def test_working_with_it_says_what_is_missing(jobs: ModuleType, run: Run, target: PackageTarget, name: str) -> None:
    with pytest.raises(
        RuntimeError, match=r"RuntimeError: taskflows_cloud_core\..*not part of the deployed"
    ) as failure:
        run(build_package(getattr(jobs, name), target=target))
    assert "dependencies=['taskflows-cloud-core', ...]" in str(failure.value)


def test_an_object_of_it_in_a_closure_is_inert_too(run: Run, target: PackageTarget) -> None:
    from taskflows_cloud_core import Calendar

    calendar = Calendar("Mon 09:00")

    def job() -> Any:
        return type(calendar).__name__

    assert run(build_package(job, target=target)) == "Calendar"


def test_a_marked_function_by_value_brings_nothing_along(run: Run, target: PackageTarget) -> None:
    from taskflows_cloud_core import cloud_function

    @cloud_function(memory_mb=512)
    def job() -> int:
        return 5

    package = build_package(job, target=target)
    assert not [file for file in package.contents if file.path.startswith("taskflows_cloud_core")]
    assert run(package) == 5


def test_everything_at_once_and_the_version_are_there(project: Project, run: Run, target: PackageTarget) -> None:
    import taskflows_cloud_core

    text = (
        "from taskflows_cloud_core import *\nfrom taskflows_cloud_core import __version__\n"
        "@cloud_function(schedules=[Calendar('Mon 09:00')])\ndef job(): return __version__\n"
    )
    package = build_package(project({"jobs.py": text}).job, target=target)
    assert run(package) == taskflows_cloud_core.__version__


OBJECT, CLASS = "Calendar('Mon 09:00')", "Calendar"


@pytest.mark.parametrize(
    "use",
    [
        *(f"str({OBJECT})", f"format({OBJECT}, '>9')", f"'%s' % {OBJECT}", f"'at ' + {OBJECT}", f"{OBJECT} + 'x'"),
        *(f"bool({OBJECT})", f"int({OBJECT}.hour)", f"{OBJECT}.hour * 2", f"2 * {OBJECT}.hour", f"{OBJECT} == 1"),
        *(f"{OBJECT} != 1", f"{OBJECT} < 1", f"{OBJECT}[0]", f"len({CLASS})", f"list({CLASS})", f"bytes({OBJECT})"),
        *(f"{CLASS}.__attrs_attrs__", f"repr({OBJECT})", f"'%r' % [{OBJECT}]", f"ascii({OBJECT})"),
        *(f"open({OBJECT})", f"[1][{OBJECT}]", f"round({OBJECT})", f"{OBJECT} in [1]", f"1 in {OBJECT}"),
    ],
)
def test_reading_a_value_out_of_one_says_what_is_missing(
    project: Project, run: Run, target: PackageTarget, use: str
) -> None:
    jobs = project({"jobs.py": f"from taskflows_cloud_core import Calendar\ndef job(): return {use}\n"})
    with pytest.raises(RuntimeError, match=r"RuntimeError: taskflows_cloud_core\.Calendar.*not part of the deployed"):
        run(build_package(jobs.job, target=target))


def test_keeping_them_costs_nothing(project: Project, run: Run, target: PackageTarget) -> None:
    text = (
        "import copy, dataclasses, enum, functools, typing\n"
        "import taskflows_cloud_core as core\nfrom taskflows_cloud_core import Calendar, CloudFunctionConfig\n"
        "PLAN = Calendar('Mon 09:00')\nALL = {PLAN: 1, Calendar('Tue 09:00'): 2}\nSET = {*ALL}\n"
        "class When(enum.Enum):\n    EARLY = Calendar('Mon 09:00')\n    LATE = Calendar('Mon 10:00')\n"
        "@dataclasses.dataclass\nclass Row:\n    plan: Calendar = PLAN\n    config: CloudFunctionConfig | None = None\n"
        "@functools.lru_cache\ndef kept(plan): return 1\nkept(PLAN)\n"
        "HINT = typing.Optional[Calendar]\nCOPY = copy.copy(PLAN)\n"
        "def job(): return [len(ALL), PLAN in SET, isinstance(PLAN, core.Calendar), repr(Row()), repr(Calendar)]\n"
    )
    assert run(build_package(project({"jobs.py": text}).job, target=target)) == [
        *(2, True, True),
        *(
            "Row(plan=<taskflows_cloud_core.Calendar, not part of the deployed package>, config=None)",
            "<class 'taskflows_cloud_core.Calendar'>",
        ),
    ]
