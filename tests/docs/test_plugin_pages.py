"""The pages for authors of plugins: the provider and the extension that they make, and what is generated for them."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import uv
from document_blocks import ROOT, blocks
from pages import is_program, write_files

from taskflows_cloud_core import kit
from taskflows_cloud_core.hookspecs import ProviderSpec
from taskflows_cloud_core.provider_info import CAPABILITIES
from taskflows_cloud_core.testing import ProviderConformance

PAGE = ROOT / "docs" / "plugins.md"
USE_OF_POLICY = """
from taskflows_cloud_core import CloudFunctionConfig
from taskflows_cloud_core.testing import MemoryCloud

with MemoryCloud() as cloud:
    result = cloud.environment.deploy_function(len, CloudFunctionConfig(function_name="job"))
    print(result.error)
"""


@pytest.fixture(autouse=True)
def generators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "generate"))


def run(*command: str, site: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_provider_of_the_tutorial_conforms(tmp_path: Path) -> None:
    """Its pieces are put together as the page says, installed, and run their conformance test."""
    found, folder, site = blocks(PAGE), tmp_path / "example", tmp_path / "site"
    package = folder / "src" / "taskflows_cloud_example"
    (folder / "tests").mkdir(parents=True)
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    *pieces, test, _ = [block.code for block in found if is_program(block)]
    (package / "plugin.py").write_text("\n\n".join(pieces))
    (folder / "tests" / "test_example.py").write_text(test)
    write_files(found, folder)
    # A project of its own, wherever the temporary folder lies.
    (folder / "pytest.ini").touch()
    install = [uv.find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-cache"]
    subprocess.run([*install, "--python", sys.executable, "--target", str(site), str(folder)], check=True)
    done = run(sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "tests", site=site, folder=folder)
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert "tests/test_sweeps.py" in done.stdout


def test_the_extension_of_the_page_refuses(tmp_path: Path) -> None:
    policy = [block for block in blocks(PAGE) if is_program(block)][-1]
    (tmp_path / "policy.py").write_text(policy.code)
    info = tmp_path / "policy-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: policy\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[taskflows_cloud.extensions]\npolicy = policy\n")
    done = run(sys.executable, "-c", USE_OF_POLICY, site=tmp_path, folder=tmp_path)
    assert "log_retention_days: is not set; our policy wants it" in done.stdout, done.stderr


def test_every_hook_is_told_with_its_parts() -> None:
    text = import_module("hooks_text").hooks_text("taskflows_cloud_core.hookspecs.ProviderSpec")
    sections = text.split("### `")[1:]
    hooks = [name for name in dir(ProviderSpec) if not name.startswith("_")]
    assert sorted(section.partition("(")[0] for section in sections) == hooks
    for section in sections:
        assert "**Returns:**" in section
        assert "@hookimpl" in section
        assert "Since 0." in section
        assert ".. " not in section


def test_every_capability_is_told() -> None:
    text = import_module("capabilities_text").capabilities_text("taskflows_cloud_core.provider_info.CAPABILITIES")
    assert [line.split("`")[1] for line in text.splitlines()[2:]] == sorted(CAPABILITIES)


def test_every_name_of_the_kit_has_a_sentence() -> None:
    text = import_module("kit_text").kit_text("taskflows_cloud_core.kit")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    assert [name.strip("`") for name, _ in rows] == kit.__all__
    assert all(len(meaning) > 10 for _, meaning in rows), rows


def test_every_check_is_told_with_a_sentence() -> None:
    text = import_module("checks_text").checks_text("taskflows_cloud_core.testing.ProviderConformance")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| `test_")]
    checks = [name for name in dir(ProviderConformance) if name.startswith("test_")]
    assert sorted(name.strip("`") for name, _ in rows) == checks
    assert all(len(meaning) > 10 for _, meaning in rows)
