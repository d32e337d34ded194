"""Real distributions for the machines of AWS Lambda, from whatever machine this is, beside what uv installs."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import uv

from taskflows_cloud_aws import create_lambda_layer_package
from taskflows_cloud_aws.packaging.package import lambda_target

pytestmark = [pytest.mark.integration, pytest.mark.slow]

# ELF's e_machine, "System V Application Binary Interface": EM_AARCH64 and EM_X86_64.
MACHINES = {"arm64": 183, "x86_64": 62}
LEFT_OUT = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}
SETS = [["requests==2.32.3", "PyYAML==6.0.2"], ["numpy==2.2.6", "pandas==2.2.3"]]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def installed_by_uv(pins: list[str], runtime: str, architecture: str, folder: Path) -> dict[str, bytes]:
    target = lambda_target(runtime, architecture)
    command = [uv.find_uv_bin(), "pip", "install", "--quiet", "--target", str(folder), "--only-binary", ":all:"]
    command += ["--python", sys.executable, "--python-version", target.python_version]
    command += ["--python-platform", str(target.platform), *pins]
    subprocess.run(command, check=True)
    found = {}
    for path in folder.rglob("*"):
        place = path.relative_to(folder)
        in_metadata = len(place.parts) == 2 and place.parts[0].endswith(".dist-info")
        dropped = place.parts[0] in ("bin", ".lock") or "__pycache__" in place.parts
        if path.is_file() and not dropped and not (in_metadata and path.name in LEFT_OUT):
            found[place.as_posix()] = path.read_bytes()
    return found


def pins_of(contents: dict[str, bytes]) -> list[str]:
    pins = []
    for path, data in contents.items():
        if re.fullmatch(r"[^/]+\.dist-info/METADATA", path):
            fields = dict(line.split(": ", 1) for line in data.decode().split("\n\n")[0].splitlines() if ": " in line)
            pins.append(f"{fields['Name']}=={fields['Version']}")
    return pins


@pytest.mark.parametrize("requirements", SETS, ids=["requests", "pandas"])
@pytest.mark.parametrize(("runtime", "architecture"), [("python3.12", "arm64"), ("python3.11", "x86_64")])
def test_every_file_is_of_the_target(requirements: list[str], runtime: str, architecture: str, tmp_path: Path) -> None:
    layer = create_lambda_layer_package(requirements, runtime=runtime, architecture=architecture)
    with zipfile.ZipFile(io.BytesIO(layer)) as archive:
        assert archive.testzip() is None
        contents = {name.removeprefix("python/"): archive.read(name) for name in archive.namelist()}
    elf = {path: data for path, data in contents.items() if data[:4] == b"\x7fELF"}
    assert elf
    assert {int.from_bytes(data[18:20], "little") for data in elf.values()} == {MACHINES[architecture]}
    tags = {tag for path in elf for tag in re.findall(r"\.cpython-(\d+)-", path)}
    assert tags <= {runtime.removeprefix("python").replace(".", "")}
    assert contents == installed_by_uv(pins_of(contents), runtime, architecture, tmp_path / "site")
