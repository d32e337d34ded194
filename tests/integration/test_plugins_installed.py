"""Plugins as their users get them: installed beside core alone, in environments of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uv

pytestmark = [pytest.mark.integration, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
Install = Callable[[str], "Installed"]


class Installed:
    """A virtual environment with core and one plugin, and a copy of the plugin's sources."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.sources = folder / source.name
        shutil.copytree(source, self.sources, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
        self._programs = folder / "venv" / "bin"
        self._uv("venv", "--python", sys.executable, str(folder / "venv"))
        # The test extra names core by its version, which the sources of core satisfy.
        core = ROOT / "taskflows_cloud_core"
        self._uv("pip", "install", "--python", str(self._programs / "python"), f"{core}[testing]", str(self.sources))

    def run(self, *command: str) -> str:
        """What a program of the environment prints."""
        environment = {
            name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTEST_ADDOPTS")
        }
        environment |= {"PATH": f"{self._programs}{os.pathsep}{environment['PATH']}", "NO_COLOR": "1"}
        done = subprocess.run(
            [str(self._programs / command[0]), *command[1:]],
            cwd=self.sources,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _uv(self, *arguments: str) -> None:
        subprocess.run([uv.find_uv_bin(), *arguments, "--quiet"], check=True)


@pytest.fixture
def install(tmp_path: Path) -> Install:
    return lambda example: Installed(ROOT / "examples" / example, tmp_path)


def test_the_third_party_provider(install: Install) -> None:
    installed = install("third_party_provider")
    assert "crontab" in installed.run("taskflows-cloud", "providers")
    told = installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert re.search(r"\d{3} passed", told), told
    (block,) = re.findall(r"```python\n(.*?)```", (installed.sources / "README.md").read_text(), re.DOTALL)
    (installed.sources / "readme.py").write_text(block)
    shown = installed.run("python", "readme.py")
    assert "30 6 * * 1-5" in shown
    assert "all is tidy" in shown


def test_the_extension(install: Install) -> None:
    installed = install("extension_plugin")
    assert re.search(r"ok +extension +policy", installed.run("taskflows-cloud", "providers"))
    assert re.search(r"\d passed", installed.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider"))


def test_a_provider_made_by_the_command_line_is_used_by_its_name() -> None:
    """The recorded session: scaffold, install, its tests, use."""
    session = [sys.executable, str(ROOT / "tests" / "installed" / "plugin_session.py")]
    done = subprocess.run([*session, str(ROOT / "taskflows_cloud_core")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "['local', 'memory', 'sky']" in done.stdout
    assert "report on sky: deployed (http://127.0.0.1:" in done.stdout
    assert "returned 'all is well'" in done.stdout
    assert "report on sky: nothing to change (http://127.0.0.1:" in done.stdout
