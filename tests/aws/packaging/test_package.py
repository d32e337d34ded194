"""Archives for AWS Lambda, through the calls that outsiders make."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from taskflows_cloud_aws import (
    create_lambda_deployment_package,
    create_lambda_layer_package,
    extract_dependencies_from_function,
)
from taskflows_cloud_aws.packaging.package import lambda_target
from taskflows_cloud_core import ConfigurationError, PackagingError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def local_job() -> Callable[[], int]:
    return lambda: 1


@pytest.mark.parametrize(
    ("runtime", "architecture", "platform"),
    [
        ("python3.11", "x86_64", "x86_64-manylinux_2_17"),
        ("python3.11", "arm64", "aarch64-manylinux_2_17"),
        ("python3.12", "x86_64", "x86_64-manylinux_2_34"),
        ("python3.14", "arm64", "aarch64-manylinux_2_34"),
    ],
)
def test_the_libc_of_a_runtime_decides_on_the_platform(runtime: str, architecture: str, platform: str) -> None:
    target = lambda_target(runtime, architecture)
    assert target.platform == platform
    assert f"python{target.python_version}" == runtime
    assert {"boto3", "botocore", "urllib3"} <= target.provided
    assert (target.max_archive_bytes, target.max_unpacked_bytes) == (50 * 2**20, 250 * 2**20)


def test_everything_wrong_with_a_target_is_told_together() -> None:
    with pytest.raises(ConfigurationError, match="2 problems") as failure:
        lambda_target("ruby3.2", "riscv")
    assert [problem.field for problem in failure.value.problems] == ["runtime", "architecture"]


def test_the_archive_has_the_handler_at_its_root() -> None:
    archive = create_lambda_deployment_package(local_job())
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert "index.py" in opened.namelist()
    assert create_lambda_deployment_package(local_job()) == archive


def test_bytecode_for_another_runtime_is_refused() -> None:
    with pytest.raises(PackagingError, match=r"Python 3\.9 cannot run"):
        create_lambda_deployment_package(local_job(), runtime="python3.9")


def test_an_empty_layer_is_an_empty_archive_and_options_are_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(create_lambda_layer_package([]))) as opened:
        assert opened.namelist() == []
    with pytest.raises(PackagingError, match="is an option"):
        create_lambda_layer_package(["--index-url=https://index.example"])


def test_what_the_runtime_has_is_found_and_left_out_of_the_archive() -> None:
    def uses_boto3() -> object:
        import boto3

        return boto3

    assert [pin.partition("==")[0] for pin in extract_dependencies_from_function(uses_boto3)] == ["boto3"]
    archive = create_lambda_deployment_package(uses_boto3)
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert not [name for name in opened.namelist() if name.startswith("boto3")]


def test_one_text_is_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=r"include_files must be a list of str, not a str; write \['\.'\]"):
        create_lambda_deployment_package(local_job(), include_files=".")
    with pytest.raises(TypeError, match=r"dependencies must be a list of str, not a str; write \['requests'\]"):
        create_lambda_deployment_package(local_job(), "requests")
    with pytest.raises(TypeError, match=r"write \['requests'\]"):
        create_lambda_layer_package("requests")
