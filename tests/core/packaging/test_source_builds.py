"""Distributions without wheels: built when the user says so, and their setup code never runs otherwise."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest

from taskflows_cloud_core import CloudFunctionConfig, PackagingError, get_environment
from taskflows_cloud_core.packaging import PackageTarget, build_layer, build_package

from .wheels import make_wheel

ARM = PackageTarget(python_version="3.12", platform="aarch64-manylinux_2_34")
# A build backend of its own, so that no other has to be fetched. It notes each run.
BACKEND = """
import pathlib, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    with open({ran!r}, "a") as stream:
        stream.write("x")
    name = {name!r} + "-1.0-" + {tag!r} + ".whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as wheel:
        wheel.writestr({name!r} + ".py", pathlib.Path("code.py").read_text())
        info = {name!r} + "-1.0.dist-info/"
        wheel.writestr(info + "METADATA", {metadata!r})
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: " + {tag!r} + "\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@attrs.frozen(kw_only=True)
class Sources:
    """Writes distributions as sources, and counts their builds."""

    index: Path
    ran: Path

    def folder(
        self, place: Path, name: str = "zz_src", *, tag: str = "py3-none-any", requires: tuple[str, ...] = ()
    ) -> Path:
        place.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.2\nName: {name}\nVersion: 1.0\n"
        metadata += "".join(f"Requires-Dist: {text}\n" for text in requires)
        (place / "code.py").write_text("VALUE = 'built'\n")
        (place / "PKG-INFO").write_text(metadata)
        (place / "backend.py").write_text(BACKEND.format(ran=str(self.ran), name=name, tag=tag, metadata=metadata))
        project = f"[project]\nname = '{name}'\nversion = '1.0'\ndependencies = {list(requires)}\n"
        (place / "pyproject.toml").write_text(PYPROJECT + project)
        return place

    def announce(self, name: str = "zz_src", **options: Any) -> None:
        folder = self.folder(self.index.parent / f"{name}-1.0", name, **options)
        with tarfile.open(self.index / f"{name}-1.0.tar.gz", "w:gz") as archive:
            archive.add(folder, f"{name}-1.0")

    @property
    def builds(self) -> int:
        return len(self.ran.read_text()) if self.ran.exists() else 0


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    index = tmp_path / "index"
    index.mkdir()
    monkeypatch.setenv("UV_FIND_LINKS", str(index))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return Sources(index=index, ran=tmp_path / "ran")


def files_of(layer: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(layer)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_source_alone_is_refused_with_the_name_the_tag_and_the_way_out(sources: Sources) -> None:
    sources.announce()
    with pytest.raises(PackagingError) as refusal:
        build_layer(["zz-src"], target=ARM)
    for words in ("zz-src", "cp312-cp312-manylinux_2_34_aarch64", "build_from_source=['zz-src']"):
        assert words in str(refusal.value)
    assert sources.builds == 0


def test_what_may_be_built_is_built_once(sources: Sources) -> None:
    sources.announce()
    layer = build_layer(["zz-src"], target=ARM, build_from_source=["ZZ.src"])
    assert files_of(layer)["zz_src.py"] == b"VALUE = 'built'\n"
    builds = sources.builds
    other = attrs.evolve(ARM, python_version="3.13")
    assert build_layer(["zz-src"], target=other, build_from_source=["zz-src"]) == layer
    assert sources.builds == builds


def test_a_word_for_one_is_no_word_for_another(sources: Sources) -> None:
    sources.announce("zz_other")
    sources.announce(requires=("zz_other",))
    with pytest.raises(PackagingError, match=r"build_from_source=\['zz-other'\]"):
        build_layer(["zz-src"], target=ARM, build_from_source=["zz-src"])
    layer = build_layer(["zz-src"], target=ARM, build_from_source=["zz-src", "zz-other"])
    assert {"zz_src.py", "zz_other.py"} <= set(files_of(layer))


def test_what_is_not_pure_python_is_refused(sources: Sources) -> None:
    sources.announce(tag="cp311-cp311-linux_aarch64")
    with pytest.raises(PackagingError, match=r"zz-src 1\.0.*pure Python.*wheel for cp312-cp312-manylinux_2_34_aarch64"):
        build_layer(["zz-src"], target=ARM, build_from_source=["zz-src"])


@pytest.mark.parametrize("name", ["--no-index", ":all:", "zz src", "zz-src==1.0", "", 5])
def test_only_names_are_names(sources: Sources, target: PackageTarget, name: Any) -> None:
    with pytest.raises(PackagingError, match=r"build_from_source\[0\]: .* is not the name of a distribution"):
        build_package(lambda: 1, target=target, build_from_source=[name])


def installed_editable(site: Path, folder: Path, name: str, *, requires: tuple[str, ...] = ()) -> None:
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    needs = "".join(f"Requires-Dist: {text}\n" for text in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
    (info / "direct_url.json").write_text(json.dumps({"url": folder.as_uri(), "dir_info": {"editable": True}}))


def test_an_editable_project_is_built_when_it_is_named(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the one of the same name on an index, which may be somebody else's, is not taken."""
    site = tmp_path / "site-packages"
    installed_editable(site, sources.folder(tmp_path / "mine"), "zz_src", requires=("zz_part",))
    installed_editable(site, sources.folder(tmp_path / "part", "zz_part"), "zz_part")
    monkeypatch.syspath_prepend(str(site))
    make_wheel(sources.index, "zz_src", "1.0", {"zz_src.py": "VALUE = 'of somebody else'\n"})
    layer = files_of(build_layer(["zz-src>=1"], target=ARM))
    assert layer["zz_src.py"] == b"VALUE = 'built'\n"
    assert layer["zz_part.py"] == b"VALUE = 'built'\n"


def test_the_configuration_says_what_may_be_built(
    sources: Sources, project: Callable[..., ModuleType], tmp_path: Path
) -> None:
    sources.announce()
    jobs = project({"jobs.py": "def job():\n    import zz_src\n    return zz_src.VALUE\n"})
    environment = get_environment("local", root=str(tmp_path / "root"))
    refused = environment.deploy_function(jobs.job, CloudFunctionConfig(function_name="job"), ["zz-src"])
    assert "build_from_source=['zz-src']" in str(refused.error)
    config = CloudFunctionConfig(function_name="job", build_from_source=["zz-src"])
    assert environment.deploy_function(jobs.job, config, ["zz-src"]).success
    assert environment.invoke_function("job").value == "built"
