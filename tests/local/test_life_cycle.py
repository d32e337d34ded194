"""Deploy, look, change, delete."""

from __future__ import annotations

import stat
from pathlib import Path
from sys import version_info

import attrs
import pytest

from taskflows_cloud_core import Calendar, CloudFunctionConfig, FunctionNotFoundError, Periodic, get_environment
from taskflows_cloud_core.errors import OperationError, OperationUnsupported

HELLO = "def job():\n    print('hello')\n    return 'hello'\n"
GOODBYE = "def job():\n    return 'goodbye'\n"
SCHEDULES = [Calendar("Mon-Fri 09:00", "Europe/Berlin"), Periodic(3600)]


def config(**changes):
    return CloudFunctionConfig(**{"function_name": "report", "schedules": SCHEDULES, **changes})


def files_of(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.name.startswith("state.sqlite3")}


def test_a_deployed_function_can_be_invoked_and_listed(env, job, root):
    result = env.deploy_function(job(HELLO), config(tags={"team": "blue"}, memory_mb=128), dependencies=[])

    assert result.success, result.error
    assert result.resource_id == str(root / "functions" / "report")
    assert sorted(result.metadata["schedules"].values()) == ["Mon..Fri *-*-* 09:00:00 Europe/Berlin", "every 3600 s"]
    assert result.metadata["version"] == "1"
    [listed] = env.list_functions()
    assert listed.name == "report"
    assert listed.provider == "local"
    assert listed.memory_mb == 128
    assert dict(listed.tags) == {"team": "blue"}
    assert sorted(listed.schedules) == ["Mon..Fri *-*-* 09:00:00 Europe/Berlin", "every 3600 s"]
    invoked = env.invoke_function("report")
    assert invoked.ok
    assert invoked.value == "hello"
    assert [event.message for event in invoked.logs] == ["hello"]


def test_a_plan_changes_nothing(env, job, root):
    plan = env.plan_function(job(HELLO), config(), dependencies=[])

    assert [action.verb for action in plan.actions] == ["create"] * 4
    assert not root.exists()


def test_a_first_plan_says_what_it_creates_and_no_secret(env, job):
    wanted = config(
        schedules=["Mon 09:00 Europe/Berlin"],
        environment_variables={"API_KEY": "hunter2"},
        tags={"team": "data"},
        max_concurrency=0,
    )

    plan = str(env.plan_function(job(HELLO), wanted, dependencies=[]))

    package, function, schedule = plan.split("\n  + ")[1:]
    assert package.startswith("create package report@")
    assert "\n" not in package
    lines = [line.strip() for line in function.splitlines()]
    assert lines[0] == "create function report"
    assert lines[1].startswith("code.entry: ")
    assert lines[2:] == [
        f"code.runtime: 'python{version_info.major}.{version_info.minor}'",
        "environment.API_KEY: (hidden)",
        "max_concurrency: 0",
        "memory_mb: 256",
        "overlap: 'skip'",
        "tags.team: 'data'",
        "timeout_seconds: 60",
    ]
    assert [line.strip() for line in schedule.splitlines()][1:] == [
        "expression: 'Mon *-*-* 09:00:00'",
        "persistent: True",
        "timezone: 'Europe/Berlin'",
    ]
    assert "hunter2" not in plan


def test_reading_a_root_that_is_not_there_makes_nothing(env, root):
    assert env.list_functions() == []
    with pytest.raises(FunctionNotFoundError, match="nothing is deployed here"):
        env.describe_function("report")
    with pytest.raises(FunctionNotFoundError):
        env.invoke_function("report")
    assert not root.exists()


def test_deploying_the_same_again_does_nothing(env, job):
    function = job(HELLO)
    env.deploy_function(function, config(), dependencies=[]).raise_for_error()
    before = env.describe_function("report")

    result = env.deploy_function(function, config(), dependencies=[])

    assert result.plan.is_empty
    assert "nothing to change" in str(result)
    assert env.describe_function("report").function.updated_at == before.function.updated_at
    assert len(env.list_versions("report")) == 1


def test_changing_one_schedule_concerns_that_schedule_alone(env, job):
    function = job(HELLO)
    env.deploy_function(function, config(), dependencies=[]).raise_for_error()

    result = env.deploy_function(
        function, config(schedules=[SCHEDULES[0], Periodic(7200)]), dependencies=[]
    ).raise_for_error()

    assert [(action.verb, action.key.kind) for action in result.plan.actions] == [
        ("create", "schedule"),
        ("delete", "schedule"),
    ]
    assert sorted(env.list_functions()[0].schedules) == ["Mon..Fri *-*-* 09:00:00 Europe/Berlin", "every 7200 s"]


def test_updating_code_leaves_configuration_and_schedules(env, job):
    env.deploy_function(job(HELLO), config(memory_mb=64, description="a report"), dependencies=[]).raise_for_error()

    env.update_function_code("report", job(GOODBYE), dependencies=[]).raise_for_error()

    assert env.invoke_function("report").value == "goodbye"
    description = env.describe_function("report")
    assert description.config.memory_mb == 64
    assert description.config.description == "a report"
    assert len(description.function.schedules) == 2


def test_updating_configuration_leaves_code_and_schedules(env, job):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()

    changed = CloudFunctionConfig(function_name="report", memory_mb=64, environment_variables={"KEY": "hush"})
    result = env.update_function_configuration("report", changed).raise_for_error()

    assert "hush" not in str(result.plan)
    assert "hush" not in repr(result.plan)
    description = env.describe_function("report")
    assert description.config.memory_mb == 64
    assert description.environment_names == ("KEY",)
    assert len(description.function.schedules) == 2
    assert env.invoke_function("report").value == "hello"
    assert len(env.list_versions("report")) == 1


def test_updating_what_is_not_there_is_told(env, job):
    assert "no function 'report'" in env.update_function_code("report", job(HELLO), dependencies=[]).error
    assert "no function 'report'" in env.update_function_configuration("report", config()).error


def test_the_description_holds_the_options_of_this_provider(env, job):
    options = {"local": {"overlap": "queue", "catch_up": "all", "keep_versions": 2}}
    env.deploy_function(job(HELLO), config(provider_options=options, retries=2), dependencies=[]).raise_for_error()

    description = env.describe_function("report")

    assert dict(description.config.provider_options["local"]) == options["local"]
    assert description.config.retries == 2
    redeployed = attrs.evolve(description.config, schedules=SCHEDULES)
    assert env.update_function_configuration("report", redeployed).plan.is_empty


def test_deleting_leaves_nothing(env, job, root):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()
    env.update_function_code("report", job(GOODBYE), dependencies=[]).raise_for_error()
    env.invoke_function("report")

    result = env.delete_function("report")

    assert result.success, result.error
    assert sorted(name.split()[0] for name in result.deleted) == [
        "function",
        "log",
        "package",
        "package",
        "schedule",
        "schedule",
    ]
    assert files_of(root) == {"functions", "scratch"}
    assert env.list_functions() == []
    with pytest.raises(FunctionNotFoundError):
        env.get_function_logs("report")


def test_deleting_again_and_deleting_what_never_was_succeeds(env, job):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()

    assert env.delete_function("report").success
    assert env.delete_function("report").deleted == ()
    assert env.delete_function("../../etc").success


def test_kept_logs_stay_readable_and_go_with_a_second_deletion(env, job):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()
    env.invoke_function("report")

    result = env.delete_function("report", keep_logs=True)

    assert result.success
    assert "1 runs with 1 lines" in result.left[0]
    assert [event.message for event in env.get_function_logs("report")] == ["hello"]
    assert env.delete_function("report").deleted == ("log report",)
    with pytest.raises(FunctionNotFoundError):
        env.get_function_logs("report")


def test_a_function_can_be_deployed_again_after_its_deletion(env, job):
    function = job(HELLO)
    env.deploy_function(function, config(), dependencies=[]).raise_for_error()
    env.delete_function("report").raise_for_error()

    env.deploy_function(function, config(), dependencies=[]).raise_for_error()

    assert env.invoke_function("report").value == "hello"
    assert [version.version for version in env.list_versions("report")] == ["1"]


def test_what_holds_secrets_is_for_its_owner_alone(env, job, root):
    env.deploy_function(job(HELLO), config(environment_variables={"KEY": "hush"}), dependencies=[]).raise_for_error()
    env.invoke_function("report")

    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    for path in root.rglob("*"):
        if "pycache" in path.parent.parts:
            continue  # Python made it, inside a folder that is closed
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert b"hush" not in b"".join(path.read_bytes() for path in (root / "functions").rglob("*") if path.is_file())


def test_two_roots_know_nothing_of_each_other(env, job, tmp_path):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()

    assert get_environment("local", root=tmp_path / "other").list_functions() == []


def test_deploying_many_at_once(env, job):
    function = job(HELLO)
    configs = [CloudFunctionConfig(function_name=f"report-{number}") for number in range(6)]

    results = env.deploy_many([(function, each) for each in configs], dependencies=[])

    assert all(result.success for result in results)
    assert [each.name for each in env.list_functions()] == [each.function_name for each in configs]


def test_what_is_not_offered_is_refused_by_name(env, job):
    plan = env.plan_function(job(HELLO), config(), dependencies=[])

    with pytest.raises(OperationUnsupported, match="export_plan"):
        env.export_plan(plan, "terraform")


def test_unknown_versions_are_named(env, job):
    env.deploy_function(job(HELLO), config(), dependencies=[]).raise_for_error()

    with pytest.raises(OperationError, match="no version before 1"):
        env.rollback_function("report")
    with pytest.raises(OperationError, match="no version '7'; kept versions: 1"):
        env.rollback_function("report", "7")
