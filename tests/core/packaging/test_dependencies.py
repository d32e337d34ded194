"""Distributions in packages, fetched by uv from an index of files that the tests make."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
import uv

from taskflows_cloud_core import PackagingError
from taskflows_cloud_core.packaging import PackageTarget, build_layer, build_package, find_dependencies

from .wheels import make_wheel

Project = Callable[..., ModuleType]
Run = Callable[..., Any]
ARM = "aarch64-manylinux_2_34"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all that uv knows."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    make_wheel(
        folder,
        "zz_tidy_yaml",
        "1.2",
        {"yamlish/__init__.py": "import leaf\nVALUE = leaf.VALUE\n"},
        requires=("zz_leaf",),
    )
    make_wheel(folder, "zz_leaf", "3.0", {"leaf.py": "VALUE = 30\n"})
    make_wheel(folder, "zz_leaf", "4.0", {"leaf.py": "VALUE = 40\n"})
    return folder


@pytest.fixture
def installed(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install wheels of the index beside the running interpreter's own distributions."""
    site = tmp_path / "venv" / "site-packages"

    def install(*requirements: str) -> None:
        command = [uv.find_uv_bin(), "pip", "install", "-q", "--python", sys.executable, "--target", str(site)]
        subprocess.run([*command, *requirements], check=True)
        monkeypatch.syspath_prepend(str(site))

    yield install
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(site)):
            del sys.modules[name]


def inside(package: Any) -> set[str]:
    return {file.path for file in package.contents}


def test_what_is_imported_is_found_pinned_and_shipped(
    project: Project, installed: Callable[..., None], run: Run, target: PackageTarget
) -> None:
    installed("zz_tidy_yaml==1.2", "zz_leaf==3.0")
    jobs = project(
        {
            "jobs.py": "import helper\ndef job(): return helper.work()\n",
            "helper.py": "def work():\n    import yamlish\n    return yamlish.VALUE\n",
        }
    )
    assert find_dependencies(jobs.job) == ("zz_tidy_yaml==1.2",)
    package = build_package(jobs.job, target=target)
    # The version of what is needed indirectly is kept too, although the index has a newer one.
    assert package.dependencies == ("zz-leaf==3.0", "zz-tidy-yaml==1.2")
    assert run(package) == 30
    assert {"leaf.py", "yamlish/__init__.py", "zz_leaf-3.0.dist-info/METADATA"} <= inside(package)
    for left_out in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", ".lock"):
        assert not [path for path in inside(package) if path.rpartition("/")[2] == left_out]
    assert build_package(jobs.job, target=target).sha256 == package.sha256


def test_a_closure_is_searched_too(installed: Callable[..., None], run: Run, target: PackageTarget) -> None:
    installed("zz_tidy_yaml==1.2", "zz_leaf==4.0")
    import yamlish  # type: ignore[import-not-found]  # made by this test

    def job() -> Any:
        import leaf  # type: ignore[import-not-found]  # made by this test

        return [yamlish.VALUE, leaf.VALUE]

    assert find_dependencies(job) == ("zz_leaf==4.0", "zz_tidy_yaml==1.2")
    assert run(build_package(job, target=target)) == [40, 40]


def test_named_dependencies_take_the_place_of_found_ones(
    project: Project, index: Path, run: Run, target: PackageTarget
) -> None:
    jobs = project({"jobs.py": "def job():\n    import leaf\n    return leaf.VALUE\n"})
    package = build_package(jobs.job, target=target, dependencies=["zz_leaf<4"])
    assert package.dependencies == ("zz-leaf==3.0",)
    assert run(package) == 30


def test_what_the_runtime_has_is_left_out_unless_a_version_is_wanted(
    project: Project, installed: Callable[..., None], target: PackageTarget
) -> None:
    installed("zz_leaf==3.0")
    jobs = project({"jobs.py": "def job():\n    import leaf\n"})
    has_leaf = attrs.evolve(target, provided=["zz-leaf"])
    assert build_package(jobs.job, target=has_leaf).dependencies == ()
    assert build_package(jobs.job, target=has_leaf, dependencies=["ZZ.leaf"]).dependencies == ()
    assert build_package(jobs.job, target=has_leaf, dependencies=["zz_leaf==3.0"]).dependencies == ("zz-leaf==3.0",)


def test_wheels_are_those_of_the_target(index: Path, target: PackageTarget) -> None:
    for tag in (
        "cp312-cp312-manylinux_2_28_aarch64",
        "cp312-cp312-manylinux_2_28_x86_64",
        "cp311-cp311-manylinux_2_28_aarch64",
    ):
        make_wheel(index, "zz_native", "1.0", {"native.txt": tag}, tag=tag)
    arm = PackageTarget(python_version="3.12", platform=ARM)
    with zipfile.ZipFile(io.BytesIO(build_layer(["zz_native"], target=arm))) as layer:
        assert layer.read("native.txt") == b"cp312-cp312-manylinux_2_28_aarch64"
    old = PackageTarget(python_version="3.12", platform="aarch64-manylinux_2_17")
    with pytest.raises(
        PackagingError, match="zz_native cannot be had as wheels for Python 3.12 on aarch64-manylinux_2_17"
    ):
        build_layer(["zz_native"], target=old)


def test_a_failure_names_the_requirement_and_hides_credentials(
    index: Path, target: PackageTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        PackagingError, match=r"zz-absent cannot be had as wheels for Python .* on this machine: .*not found"
    ):
        build_layer(["zz-absent"], target=target)
    monkeypatch.delenv("UV_OFFLINE")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://someone:hunter2@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(PackagingError) as failure:
        build_layer(["zz-absent"], target=target)
    assert "hunter2" not in str(failure.value)
    assert "127.0.0.1:9" in str(failure.value)


def test_nothing_is_built_from_source(index: Path, tmp_path: Path, target: PackageTarget) -> None:
    import tarfile

    source = tmp_path / "zz_evil-1.0"
    source.mkdir()
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: zz-evil\nVersion: 1.0\n")
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with tarfile.open(index / "zz_evil-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "zz_evil-1.0")
    with pytest.raises(PackagingError, match="zz-evil"):
        build_layer(["zz-evil"], target=target)
    assert not (tmp_path / "ran").exists()


def test_a_layer_has_everything_in_the_folder_of_its_target_and_is_the_same_again(
    index: Path, target: PackageTarget
) -> None:
    inside = attrs.evolve(target, layer_folder="opt/python")
    layer = build_layer(["zz_tidy_yaml"], target=inside)
    with zipfile.ZipFile(io.BytesIO(layer)) as archive:
        assert {name.rpartition("opt/python/")[0] for name in archive.namelist()} == {""}
        assert archive.read("opt/python/leaf.py") == b"VALUE = 40\n"
    assert build_layer(["zz_tidy_yaml"], target=inside) == layer
    with zipfile.ZipFile(io.BytesIO(build_layer(["zz_tidy_yaml"], target=target))) as archive:
        assert archive.read("leaf.py") == b"VALUE = 40\n"


def test_dependencies_that_share_a_package_are_told_apart(
    project: Project, index: Path, installed: Callable[..., None], target: PackageTarget
) -> None:
    make_wheel(index, "space_one", "1.0", {"space/one.py": "VALUE = 1\n"})
    make_wheel(index, "space_two", "1.0", {"space/two.py": "VALUE = 2\n"})
    installed("space_one", "space_two")
    jobs = project({"jobs.py": "def job():\n    from space import two\n    return two.VALUE\n"})
    assert find_dependencies(jobs.job) == ("space_two==1.0",)


def test_an_installed_module_without_metadata_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: PackageTarget
) -> None:
    site = tmp_path / "other" / "site-packages"
    site.mkdir(parents=True)
    (site / "orphan.py").write_text("")
    monkeypatch.syspath_prepend(str(site))
    jobs = project({"jobs.py": "def job():\n    import orphan\n"})
    with pytest.raises(PackagingError, match="'orphan' is installed here, but no distribution says"):
        build_package(jobs.job, target=target)


def test_what_was_installed_from_a_folder_is_taken_as_it_is(
    project: Project, index: Path, installed: Callable[..., None], run: Run, target: PackageTarget
) -> None:
    """Its name on an index may belong to somebody else, so the index is not asked."""
    wheel = make_wheel(
        index.parent, "zz_local", "0.1", {"ours.py": "import leaf\nVALUE = 1\n"}, requires=("zz_leaf<4",)
    )
    make_wheel(index, "zz_local", "9.9", {"ours.py": "VALUE = 'of somebody else'\n"})
    installed(str(wheel))
    jobs = project({"jobs.py": "import ours\ndef job(): return [ours.VALUE, ours.leaf.VALUE]\n"})
    package = build_package(jobs.job, target=target)
    assert package.dependencies == ("zz-leaf==3.0", "zz_local==0.1")
    assert run(package) == [1, 30]


def test_code_that_was_compiled_here_stays_here(
    project: Project, index: Path, installed: Callable[..., None], target: PackageTarget
) -> None:
    wheel = make_wheel(index.parent, "zz_local", "0.1", {"ours/__init__.py": "", "ours/fast.so": b"ELF"})
    installed(str(wheel))
    jobs = project({"jobs.py": "def job():\n    import ours\n"})
    assert "ours/fast.so" in inside(build_package(jobs.job, target=target))
    with pytest.raises(PackagingError, match=r"zz_local 0\.1 was installed from file:.* compiled for this machine"):
        build_package(jobs.job, target=attrs.evolve(target, platform=ARM))


def test_an_editable_project_keeps_its_version(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, target: PackageTarget
) -> None:
    info = tmp_path / "site-packages" / "zz_mine-2.5.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: zz-mine\nVersion: 2.5\n")
    url = {"url": (tmp_path / "project").as_uri(), "dir_info": {"editable": True}}
    (info / "direct_url.json").write_text(json.dumps(url))
    monkeypatch.syspath_prepend(str(info.parent))
    text = "from importlib.metadata import version\nVERSION = version('zz-mine')\ndef job(): return VERSION\n"
    package = build_package(project({"jobs.py": text}).job, target=target)
    assert package.dependencies == ()
    assert run(package) == "2.5"


def test_a_distribution_whose_version_is_asked_for_goes_along(
    project: Project, run: Run, target: PackageTarget, installed: Callable[..., None]
) -> None:
    installed("zz-leaf==3.0")
    jobs = project({"jobs.py": "from importlib import metadata\ndef job(): return metadata.version('zz-leaf')\n"})
    assert find_dependencies(jobs.job) == ("zz_leaf==3.0",)
    assert run(build_package(jobs.job, target=target)) == "3.0"
