"""Use built wheels as a stranger would: core alone in an empty environment, then with each provider beside it.

Usage: check_wheels.py FOLDER
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

CORE_ALONE = """
import importlib.util, sys, tempfile
import taskflows_cloud_core as t

assert importlib.util.find_spec("boto3") is None, "boto3 is installed: the environment is not empty"
assert t.available_providers() == ["local", "memory"], t.available_providers()
try:
    t.get_environment("aws")
except t.UnknownProviderError as error:
    assert "a provider named NAME usually comes with `taskflows-cloud-NAME`" in str(error), error
    print("aws without its package:", error)
else:
    raise AssertionError("aws was found")

def answer():
    return 6 * 7

with tempfile.TemporaryDirectory() as root:
    environment = t.get_environment("local", root=root)
    result = environment.deploy_function(answer, t.CloudFunctionConfig(function_name="answer"))
    result.raise_for_error()
    run = environment.invoke_function("answer")
    assert run.ok and run.value == 42, run
    print("local:", result, "and", run)

from taskflows_cloud_core.testing import MemoryCloud
assert importlib.util.find_spec("pytest") is None, "pytest is installed: core must not need it"
with MemoryCloud() as cloud:
    cloud.environment.deploy_function(answer, t.CloudFunctionConfig(function_name="answer")).raise_for_error()
    assert cloud.environment.invoke_function("answer").value == 42
print("memory: works without pytest")

from pathlib import Path
from taskflows_cloud_core.scaffold import write_provider
with tempfile.TemporaryDirectory() as folder:
    print("plugin new:", len(write_provider("sky", Path(folder))), "files")
"""
WITH_AWS = """
import sys
import taskflows_cloud_core as t

environment = t.get_environment("aws", region="us-east-1")
said = environment.translate_schedule(t.Calendar("Mon-Fri 14:00")).expressions[0].expression
assert said == "cron(00 14 ? * MON-FRI *)", said
assert "boto3" not in sys.modules, "translating a schedule imported boto3"
from taskflows_cloud_aws import AWSLambdaEnvironment
assert AWSLambdaEnvironment(region="us-east-1") == environment
print("aws:", environment, said)
"""


def main(folder: Path) -> None:
    """Check contents, then behaviour."""
    wheels = {wheel.name.split("-")[0]: wheel for wheel in sorted(folder.glob("*.whl"))}
    sdists = {sdist.name.rsplit("-", 1)[0]: sdist for sdist in sorted(folder.glob("*.tar.gz"))}
    assert wheels.keys() == sdists.keys(), (wheels, sdists)
    for name, wheel in wheels.items():
        check_contents(name, wheel, sdists[name])
    with tempfile.TemporaryDirectory() as temporary:
        python = Path(temporary) / "venv" / "bin" / "python"
        run("uv", "venv", "--quiet", "--python", sys.executable, str(python.parent.parent))
        install(python, wheels["taskflows_cloud_core"])
        run(str(python), "-c", CORE_ALONE, cwd=temporary)
        install(python, wheels["taskflows_cloud_aws"], find_links=folder)
        run(str(python), "-c", WITH_AWS, cwd=temporary)


def check_contents(name: str, wheel: Path, sdist: Path) -> None:
    """A wheel holds its package, its licence and nothing of its neighbours."""
    members = zipfile.ZipFile(wheel).namelist()
    tops = {member.split("/")[0] for member in members}
    assert all(top == name or top.endswith(".dist-info") for top in tops), tops
    assert f"{name}/py.typed" in members
    assert any(member.endswith("licenses/LICENSE") for member in members), members
    with tarfile.open(sdist) as archive:
        inside = {member.split("/", 1)[1] for member in archive.getnames() if "/" in member}
    assert {"LICENSE", "README.md", "pyproject.toml"} <= inside
    assert not [path for path in inside if path.startswith("tests")], inside
    print(f"{wheel.name}: {len(members)} files")


def install(python: Path, wheel: Path, *, find_links: Path | None = None) -> None:
    """Install one wheel, with its dependencies from the index and its neighbours from the folder."""
    links = ["--find-links", str(find_links)] if find_links else []
    run("uv", "pip", "install", "--quiet", "--python", str(python), *links, str(wheel))


def run(*command: str, cwd: str | None = None) -> None:
    """Run a command and stop at its failure."""
    subprocess.run(command, check=True, cwd=cwd)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
