"""Distributions that are really installed, each test in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uv

DISTRIBUTIONS = Path(__file__).parent / "distributions"
_FORGOTTEN = {"starlight", "guard", "taskflows_cloud_sketch", "server"}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Build a source folder into an installed folder, once a session."""
    installed: dict[Path, Path] = {}

    def build(source: Path) -> Path:
        if source not in installed:
            site = tmp_path_factory.mktemp("site")
            command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-cache"]
            command += ["--python", sys.executable, "--target", str(site), str(source)]
            subprocess.run(command, check=True)
            installed[source] = site
        return installed[source]

    return build


@pytest.fixture
def install(built: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Path]]:
    """Make an installed distribution importable for one test; what it imports is forgotten afterwards."""
    before = set(sys.modules)

    def put_on_path(source: Path) -> Path:
        site = built(source)
        monkeypatch.syspath_prepend(site)
        return site

    yield put_on_path
    for name in set(sys.modules) - before:
        if name.split(".")[0] in _FORGOTTEN or name.startswith("stranger"):
            del sys.modules[name]


@pytest.fixture
def starlight(install: Callable[[Path], Path]) -> Path:
    """The third-party provider, installed."""
    return install(DISTRIBUTIONS / "starlight")


@pytest.fixture
def guard(install: Callable[[Path], Path]) -> Path:
    """The third-party extension, installed."""
    return install(DISTRIBUTIONS / "guard")


@pytest.fixture
def stranger(install: Callable[[Path], Path], tmp_path: Path) -> Callable[..., Path]:
    """Install a distribution made of one module and one entry point."""

    def make(
        name: str,
        source: str,
        *,
        provider: str | None = None,
        extension: str | None = None,
        version: str = "0.7",
        attribute: str = "",
    ) -> Path:
        folder = tmp_path / f"{name}-source"
        (folder / "src" / name).mkdir(parents=True)
        (folder / "src" / name / "__init__.py").write_text(source)
        group, entry = ("providers", provider) if provider else ("extensions", extension)
        (folder / "pyproject.toml").write_text(
            "[build-system]\n"
            'requires = ["hatchling"]\n'
            'build-backend = "hatchling.build"\n'
            "[project]\n"
            f'name = "{name}-dist"\n'
            f'version = "{version}"\n'
            f'[project.entry-points."taskflows_cloud.{group}"]\n'
            f'{entry} = "{name}{f":{attribute}" if attribute else ""}"\n'
            "[tool.hatch.build.targets.wheel]\n"
            f'packages = ["src/{name}"]\n'
        )
        return install(folder)

    return make
