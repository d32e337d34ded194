"""Deployments and deletions that die at any point: doing it again ends where an undisturbed one ends."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taskflows_cloud_core import CloudFunctionConfig, Periodic, get_environment

PROGRAM = Path(__file__).with_name("crash_at.py")
DIED = 77
JOBS = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "jobs_folder"
    folder.mkdir()
    (folder / "jobs.py").write_text(JOBS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "jobs", raising=False)
    yield importlib.import_module("jobs")
    del sys.modules["jobs"]


# Every point in a sweep, some of them in each run.
at_points = pytest.mark.parametrize(
    "step", [pytest.param(1, marks=pytest.mark.sweep), pytest.param(17, marks=pytest.mark.slow)]
)


def die_at(root: Path, jobs, scenario: str, number: int) -> bool:
    """Whether the scenario died; else it was over before."""
    folder = str(Path(jobs.__file__).parent)
    done = subprocess.run([sys.executable, str(PROGRAM), str(root), folder, scenario, str(number)], check=False)
    assert done.returncode in (0, DIED)
    return done.returncode == DIED


def points(root: Path, jobs, scenario: str, step: int):
    """A fresh root for each point at which the scenario can die."""
    number = 1
    while die_at(root, jobs, scenario, number):
        yield number
        shutil.rmtree(root, ignore_errors=True)
        number += step
    assert number > step, "the scenario never died"
    shutil.rmtree(root)


def whole(root: Path, versions: int) -> None:
    """Nothing is left over: as many code folders as versions, no unfinished one."""
    folders = list((root / "functions" / "job").iterdir())
    assert len(folders) == versions
    assert not [folder for folder in folders if folder.name.startswith(".")]


@at_points
def test_a_deployment_that_died_is_completed_by_the_next(root, jobs, step):
    config = CloudFunctionConfig(function_name="job", schedules=[Periodic(3600)], environment_variables={"A": "1"})
    for number in points(root, jobs, "create", step):
        env = get_environment("local", root=root)
        env.deploy_function(jobs.first, config, dependencies=[]).raise_for_error()

        assert env.invoke_function("job").value == 1, f"died at {number}"
        assert env.list_functions()[0].schedules == ("every 3600 s",)
        assert env.plan_function(jobs.first, config, dependencies=[]).is_empty
        whole(root, 1)


@at_points
def test_an_update_that_died_leaves_a_function_that_works_and_is_completed_by_the_next(root, jobs, step):
    config = CloudFunctionConfig(function_name="job", schedules=[Periodic(7200)], environment_variables={"A": "2"})
    for number in points(root, jobs, "update", step):
        env = get_environment("local", root=root)
        assert env.invoke_function("job").value in (1, 2), f"died at {number}"
        env.deploy_function(jobs.second, config, dependencies=[]).raise_for_error()

        assert env.invoke_function("job").value == 2
        assert env.list_functions()[0].schedules == ("every 7200 s",)
        assert env.plan_function(jobs.second, config, dependencies=[]).is_empty
        assert [version.version for version in env.list_versions("job")] == ["2", "1"]
        whole(root, 2)


@at_points
def test_a_deletion_that_died_is_completed_by_the_next(root, jobs, step):
    for number in points(root, jobs, "delete", step):
        env = get_environment("local", root=root)
        env.delete_function("job").raise_for_error()

        assert env.list_functions() == [], f"died at {number}"
        assert list((root / "functions").iterdir()) == []
        assert env.plan_removal("job").is_empty


@at_points
def test_a_deployment_that_died_can_be_deleted(root, jobs, step):
    for number in points(root, jobs, "create", step):
        env = get_environment("local", root=root)
        env.delete_function("job").raise_for_error()

        assert env.list_functions() == [], f"died at {number}"
        assert list(root.glob("functions/*")) == []


DEPLOYER = """
import sys
sys.path.insert(0, sys.argv[2])
import jobs
from taskflows_cloud_core import ClaimedError, CloudFunctionConfig, Periodic, get_environment
env = get_environment("local", root=sys.argv[1])
which = int(sys.argv[3])
function = (jobs.first, jobs.second)[which]
config = CloudFunctionConfig(function_name="job", schedules=[Periodic(3600 + which)], memory_mb=64 + which)
done = 0
while done < 8:
    result = env.deploy_function(function, config, dependencies=[])
    assert result.success or result.error_code == ClaimedError.code, result.error
    done += result.success
"""


def test_deployments_from_two_processes_at_once(root, jobs):
    folder = str(Path(jobs.__file__).parent)
    deployers = [subprocess.Popen([sys.executable, "-c", DEPLOYER, str(root), folder, str(which)]) for which in (0, 1)]

    assert [deployer.wait() for deployer in deployers] == [0, 0]

    env = get_environment("local", root=root)
    value = env.invoke_function("job").value
    description = env.describe_function("job")
    # Whoever came last has won with everything that it wanted.
    assert description.config.memory_mb == 63 + value
    assert description.function.schedules == (f"every {3599 + value} s",)
    needed = {version.package_sha256 for version in env.list_versions("job")}
    assert {folder.name for folder in (root / "functions" / "job").iterdir()} == needed


FIRST_DEPLOYER = """
import sys
sys.path.insert(0, sys.argv[2])
import jobs
from taskflows_cloud_core import CloudFunctionConfig, get_environment
env = get_environment("local", root=sys.argv[1])
configs = [CloudFunctionConfig(function_name=f"job-{sys.argv[3]}-{number}") for number in range(4)]
sys.stdin.readline()
results = env.deploy_many([(jobs.first, config) for config in configs], dependencies=[])
assert all(result.success for result in results), results
"""


def test_many_deployments_into_a_root_that_nobody_has_made_yet(root, jobs):
    folder = str(Path(jobs.__file__).parent)
    deployers = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_DEPLOYER, str(root), folder, str(which)], stdin=subprocess.PIPE, text=True
        )
        for which in range(3)
    ]
    for deployer in deployers:
        assert deployer.stdin is not None
        deployer.stdin.write("go\n")
        deployer.stdin.flush()
    for deployer in deployers:
        deployer.communicate()

    assert [deployer.returncode for deployer in deployers] == [0, 0, 0]
    names = [function.name for function in get_environment("local", root=root).list_functions()]
    assert names == [f"job-{which}-{number}" for which in range(3) for number in range(4)]
    assert [path.name for path in root.iterdir() if path.name.startswith(".")] == []


def test_the_same_deployment_from_two_processes_makes_one_version(root, jobs):
    folder = str(Path(jobs.__file__).parent)
    deployers = [subprocess.Popen([sys.executable, "-c", DEPLOYER, str(root), folder, "0"]) for _ in range(2)]

    assert [deployer.wait() for deployer in deployers] == [0, 0]

    assert [version.version for version in get_environment("local", root=root).list_versions("job")] == ["1"]


def test_a_plan_may_be_carried_out_twice(root, jobs):
    """As after a crash, by somebody who still has the plan."""
    from taskflows_cloud_core.progress import silent
    from taskflows_cloud_core.providers import load_provider

    env, local = get_environment("local", root=root), load_provider("local")
    session = local.call("connect", options=local.info.options_class(root=root))
    plan = env.plan_function(
        jobs.first, CloudFunctionConfig(function_name="job", schedules=[Periodic(60)]), dependencies=[]
    )
    for _ in range(2):
        assert local.call("deploy_function", session=session, plan=plan, progress=silent).success
        assert env.invoke_function("job").value == 1
        assert len(env.list_versions("job")) == 1
    removal = env.plan_removal("job")
    for _ in range(2):
        assert local.call("delete_function", session=session, plan=removal, progress=silent).success
        assert env.list_functions() == []
