"""Objects of the published taskflows package, as a user of it has them."""

from __future__ import annotations

from pathlib import Path

import pytest
import taskflows
from taskflows.constraints import CgroupConfig

from taskflows_cloud_core import Calendar, ConfigurationError, Periodic, get_environment
from taskflows_cloud_core.interop import deployment_of_service


def nightly() -> str:
    return "done"


def test_a_service_is_mapped() -> None:
    service = taskflows.Service(
        name="nightly-report",
        start_command=nightly,
        start_schedule=[
            taskflows.Calendar("Mon-Fri 09:00"),
            taskflows.Periodic(start_on="boot", period=3600, relative_to="start"),
        ],
        env={"MODE": "full"},
        timeout=90,
        description="Every night",
        cgroup_config=CgroupConfig(memory_limit=300 * 2**20 + 1),
    )
    # taskflows has replaced the callable by the object that will pickle it.
    assert service.start_command is not nightly
    deployment = deployment_of_service(service)
    assert deployment.function is nightly
    config = deployment.config
    assert config.function_name == "nightly-report"
    assert config.schedules == (Calendar("Mon-Fri 09:00"), Periodic(period=3600))
    assert config.environment_variables["MODE"] == "full"
    assert (config.timeout_seconds, config.description, config.memory_mb) == (90, "Every night", 301)
    assert deployment.warnings == ()


def test_a_callable_behind_an_environments_command_is_found(tmp_path: Path) -> None:
    runner = tmp_path / "mamba"
    runner.write_text("#!/bin/sh\n")
    runner.chmod(0o755)
    service = taskflows.Service(
        name="in-env", start_command=nightly, environment=taskflows.Venv("science", custom_path=runner)
    )
    assert isinstance(service.start_command, str)
    deployment = deployment_of_service(service)
    assert deployment.function is nightly
    assert deployment.warnings == ("environment of the service has no meaning in a cloud and is left aside",)


def test_a_field_without_meaning_is_named() -> None:
    service = taskflows.Service(
        name="s",
        start_command=nightly,
        restart_policy="always",
        working_directory="/srv",
        enabled=True,
        stop_schedule=taskflows.Calendar("Mon 10:00"),
        kill_signal="SIGINT",
        start_after="other.service",
        cgroup_config=CgroupConfig(memory_limit=2**28, cpu_quota=50000),
    )
    named = {warning.split(" ", 1)[0] for warning in deployment_of_service(service).warnings}
    assert named == {
        "restart_policy",
        "working_directory",
        "enabled",
        "stop_schedule",
        "kill_signal",
        "start_after",
        "cgroup_config.cpu_quota",
    }


def test_a_shell_command_is_refused_with_the_reason() -> None:
    service = taskflows.Service(name="shell", start_command="python app.py")
    with pytest.raises(ConfigurationError, match=r"service 'shell'.*start_command.*'python app\.py'.*a callable"):
        deployment_of_service(service)


def test_a_refused_service_is_told_in_the_result(starlight: Path) -> None:
    service = taskflows.Service(name="shell", start_command="rm -rf /")
    result = get_environment("starlight").deploy_service(service)
    assert not result.success
    assert "shell command" in (result.error or "")


def test_something_else_is_no_service() -> None:
    with pytest.raises(TypeError, match=r"deploy_service has no 'memry_mb' \(did you mean 'memory_mb'\?\)"):
        deployment_of_service(taskflows.Service(name="x", start_command=nightly), memry_mb=3)
    with pytest.raises(TypeError, match="int is no service"):
        deployment_of_service(3)


def test_overrides_go_first() -> None:
    service = taskflows.Service(name="s", start_command=nightly, timeout=5)
    assert deployment_of_service(service, timeout_seconds=7, memory_mb=512).config.timeout_seconds == 7


def test_a_service_is_deployed_with_its_warnings(starlight: Path) -> None:
    service = taskflows.Service(
        name="svc", start_command=nightly, start_schedule=taskflows.Calendar("Mon 09:00"), enabled=True
    )
    environment = get_environment("starlight", sky="services")
    result = environment.deploy_service(service).raise_for_error()
    assert any(warning.startswith("enabled of the service") for warning in result.warnings)
    assert [function.name for function in environment.list_functions()] == ["svc"]
