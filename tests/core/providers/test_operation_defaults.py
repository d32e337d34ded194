"""What core does with deployed functions on behalf of a provider that keeps the kit's record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core import (
    CloudEnvironment,
    CloudFunctionConfig,
    FunctionNotFoundError,
    OperationError,
    OperationUnsupported,
    get_environment,
)
from taskflows_cloud_core.scaffold import write_provider

JOBS = """
def first():
    return 1

def second():
    return 2
"""


@pytest.fixture
def jobs(tmp_path: Path, install: object, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Functions in a module that needs no pytest."""
    (tmp_path / "stranger_jobs.py").write_text(JOBS)
    monkeypatch.syspath_prepend(tmp_path)
    return import_module("stranger_jobs")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider that ``plugin new`` writes."""
    folder = tmp_path_factory.mktemp("sketch")
    write_provider("sketch", folder)
    return folder / "taskflows-cloud-sketch"


@pytest.fixture
def cloud(
    source: Path, install: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Any, CloudEnvironment]]:
    """Its server, and an environment on it."""
    install(source)
    monkeypatch.syspath_prepend(source / "tests")
    from server import serving

    with serving() as (place, endpoint):
        yield place, get_environment("sketch", endpoint=endpoint)


def deploy(environment: CloudEnvironment, function: Callable[..., Any], **settings: Any) -> str:
    config = CloudFunctionConfig(function_name="job", schedules=["Mon-Fri 09:00", "Sun 17:00"], **settings)
    result = environment.deploy_function(function, config, []).raise_for_error()
    return str(result.metadata["package_sha256"])


def test_functions_are_listed_and_described(cloud: tuple[Any, CloudEnvironment], jobs: ModuleType) -> None:
    place, environment = cloud
    place.documents["functions", "of-another-owner"] = {"code": "theirs"}
    sha256 = deploy(
        environment, jobs.first, memory_mb=512, tags={"team": "data"}, environment_variables={"KEY": "value"}
    )
    (listed,) = environment.list_functions()
    assert (listed.name, listed.memory_mb, dict(listed.tags)) == ("job", 512, {"team": "data"})
    assert listed.schedules == ("0 17 * * 0", "0 9 * * 1-5")
    description = environment.describe_function("job")
    assert description.function == listed
    assert description.config.memory_mb == 512
    assert description.environment_names == ("KEY",)
    assert description.metadata["package_sha256"] == sha256
    assert "value" not in str(description)
    with pytest.raises(FunctionNotFoundError, match="no function 'other' on sketch; there are: job"):
        environment.describe_function("other")


def test_a_pause_lasts_until_it_is_ended(cloud: tuple[Any, CloudEnvironment], jobs: ModuleType) -> None:
    place, environment = cloud
    deploy(environment, jobs.first)
    seen = [environment.pause_schedules("job"), place.documents["functions", "job"]["record"]["paused"]]
    deploy(environment, jobs.second)
    seen.append(place.documents["functions", "job"]["record"]["paused"])
    seen += [environment.resume_schedules("job"), place.documents["functions", "job"]["record"]["paused"]]
    assert seen == [2, True, True, 2, False]


def test_a_rollback_runs_older_code_with_the_settings_of_now(
    cloud: tuple[Any, CloudEnvironment], jobs: ModuleType
) -> None:
    place, environment = cloud
    older = deploy(environment, jobs.first, memory_mb=256)
    newer = deploy(environment, jobs.second, memory_mb=512)
    assert environment.rollback_function("job").package_sha256 == older
    assert environment.invoke_function("job").value == 1
    assert environment.describe_function("job").config.memory_mb == 512
    assert [version.package_sha256 for version in environment.list_versions("job")] == [newer, older]
    del place.documents["packages", "job", newer]
    with pytest.raises(OperationError, match="no version"):
        environment.rollback_function("job", newer[:12])


def test_what_is_not_declared_or_not_recorded_is_unsupported(starlight: Path) -> None:
    environment = get_environment("starlight")
    with pytest.raises(OperationUnsupported, match="'pause'"):
        environment.pause_schedules("job")
    with pytest.raises(OperationUnsupported, match="'rollback'"):
        environment.rollback_function("job")
