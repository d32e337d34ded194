"""What every test of this repository shares: the real installation, and no file outside of temporary folders."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest

import taskflows_cloud_core

if getattr(taskflows_cloud_core, "__file__", None) is None:
    # The folder of that name in the repository's root is importable as an empty namespace.
    pytest.exit("taskflows-cloud-core is not installed; run the tests with: nox -s tests", returncode=3)


def _keep_out_of_the_users_folders() -> None:
    """Point caches and state of this process and its children to a temporary folder; uv keeps its own cache."""
    cache = subprocess.run(["uv", "cache", "dir"], capture_output=True, text=True, check=False, env=_with_scripts())
    if cache.returncode == 0:
        os.environ["UV_CACHE_DIR"] = cache.stdout.strip()
    folder = Path(tempfile.mkdtemp(prefix="taskflows-cloud-tests-"))
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[variable] = str(folder / variable.lower())


def _forget_cloud_accounts() -> None:
    """No test may reach a real account by accident."""
    for variable in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
        del os.environ[variable]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ.pop("TASKFLOWS_CLOUD_DISABLE_PLUGINS", None)


def _with_scripts() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}


# No test may depend on how quick and how busy the machine is.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

_keep_out_of_the_users_folders()
_forget_cloud_accounts()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that watch a clock from running beside each other: one worker gets all of them."""
    for item in items:
        if item.path.name.startswith(("test_scheduler", "test_clock")):
            item.add_marker(pytest.mark.xdist_group("clock"))
