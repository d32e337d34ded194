"""Providers that are part of something larger, which functions use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from taskflows_cloud_core.packaging import Package, PackageTarget, build_package

from .wheels import make_wheel

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
FILES = {
    "zz_co/__init__.py": "",
    "zz_co/util.py": "def total(values): return sum(values)\n",
    "zz_co/jobs.py": "from zz_co.util import total\nfrom zz_co.cloud.plugin import PLACE\n"
    "def job(): return total([1, 2])\n"
    "def asks(): return len(PLACE)\n",
    "zz_co/plugin.py": "NAME = 'zz'\n",
    "zz_co/cloud/__init__.py": "",
    "zz_co/cloud/plugin.py": "from taskflows_cloud_core import hookimpl\n"
    "class Place:\n    def __len__(self): return 1\nPLACE = Place()\n",
}
SCRIPT = {"script.py": "from zz_co.util import total\ndef job(): return total([1, 2, 3])\n"}


def announced(point: str, name: str = "zz-co", version: str = "1.0") -> dict[str, str]:
    """The metadata of an installed distribution that has a provider."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    return {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/entry_points.txt": f"[taskflows_cloud.providers]\nzz = {point}\n",
        f"{info}/top_level.txt": f"{point.partition('.')[0]}\n",
    }


def inside(package: Package, top: str = "zz_co") -> set[str]:
    return {file.path for file in package.contents if file.path.partition("/")[0] == top}


@pytest.mark.parametrize("point", ["zz_co.cloud.plugin", "zz_co.plugin"])
def test_a_script_uses_the_rest_of_the_package(project: Project, run: Run, target: PackageTarget, point: str) -> None:
    package = build_package(project({**FILES, **announced(point), **SCRIPT}, "script").job, target=target)
    assert inside(package) == {"zz_co/__init__.py", "zz_co/util.py"}
    assert run(package) == 6


def test_the_part_that_is_for_deploying_has_a_stand_in(project: Project, run: Run, target: PackageTarget) -> None:
    jobs = project({**FILES, **announced("zz_co.cloud.plugin")}, "zz_co.jobs")
    package = build_package(jobs.job, target=target)
    assert inside(package) == {
        "zz_co/__init__.py",
        "zz_co/jobs.py",
        "zz_co/util.py",
        "zz_co/cloud/__init__.py",
        "zz_co/cloud/plugin/__init__.py",
    }
    assert run(package) == 3
    with pytest.raises(RuntimeError, match=r"zz_co\.cloud\.plugin\.PLACE was used.*dependencies=\['zz-co'"):
        run(build_package(jobs.asks, target=target))


def test_a_plugin_beside_other_modules_is_the_only_one_replaced(
    project: Project, run: Run, target: PackageTarget
) -> None:
    jobs = project({**FILES, **announced("zz_co.plugin"), "script.py": "import zz_co.plugin\n"}, "zz_co.jobs")
    package = build_package(jobs.asks, target=target)
    assert "zz_co/cloud/plugin.py" in inside(package)
    assert "taskflows_cloud_core/__init__.py" in inside(package, "taskflows_cloud_core")
    assert run(package) == 1


def test_a_distribution_for_deploying_alone_is_replaced_as_a_whole(
    project: Project, run: Run, target: PackageTarget
) -> None:
    files = {
        "taskflows_cloud_zz/__init__.py": "from taskflows_cloud_zz.names import Place\n",
        "taskflows_cloud_zz/names.py": "class Place: ...\n",
        "taskflows_cloud_zz/plugin.py": "",
        "script.py": "from taskflows_cloud_zz import Place\nPLACE = Place()\ndef job(): return 1\n",
    }
    point = announced("taskflows_cloud_zz.plugin", "taskflows-cloud-zz")
    package = build_package(project({**files, **point}, "script").job, target=target)
    assert inside(package, "taskflows_cloud_zz") == {"taskflows_cloud_zz/__init__.py"}
    assert run(package) == 1


def test_what_a_dependency_brings_along_needs_no_stand_in(
    project: Project, run: Run, target: PackageTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    make_wheel(folder, "zz_co", "1.0", FILES, requires=("taskflows-cloud-core",))
    make_wheel(
        folder, "taskflows_cloud_core", "9.0", {"taskflows_cloud_core/__init__.py": "hookimpl = Calendar = str\n"}
    )
    text = "from taskflows_cloud_core import Calendar\nfrom zz_co.util import total\ndef job(): return total([4, 5])\n"
    jobs = project({"script.py": text, **FILES, **announced("zz_co.cloud.plugin")}, "script")
    package = build_package(jobs.job, target=target, dependencies=["zz-co"])
    assert package.dependencies == ("taskflows-cloud-core==9.0", "zz-co==1.0")
    assert "_taskflows_cloud/stub.py" not in {file.path for file in package.contents}
    assert run(package) == 9
