"""Archives that are not what they should be: refused, with nothing left outside of the root or half done in it."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import attrs
import pytest

from taskflows_cloud_core import CloudFunctionConfig, FunctionNotFoundError, OperationError, Package
from taskflows_cloud_core.progress import silent
from taskflows_cloud_core.providers import load_provider


def link(name: str, target: str) -> tuple[ZipInfo, str]:
    info = ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target


def package(tmp_path: Path, members, **changes) -> Package:
    path = tmp_path / "archive.zip"
    with ZipFile(path, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    content = path.read_bytes()
    made = Package(
        path=path,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        unpacked_size=sum(len(content) for _, content in members),
        entry="jobs:job",
        python_version=config().python_version,
    )
    return attrs.evolve(made, **changes)


def config(**settings) -> CloudFunctionConfig:
    """As core hands it to a hook."""
    return CloudFunctionConfig(function_name="job", **settings).resolved(load_provider("local").info.defaults)


class Hooks:
    """The hooks of the provider, with a session over a root."""

    def __init__(self, root: Path) -> None:
        self._local = load_provider("local")
        self._session = self._local.call("connect", options=self._local.info.options_class(root=root))

    def plan(self, config: CloudFunctionConfig, package: Package | None, triggers: list | None):
        wanted = {"name": config.function_name, "config": config, "package": package, "triggers": triggers}
        return self._local.call("plan_deployment", session=self._session, **wanted)

    def deploy(self, plan):
        return self._local.call("deploy_function", session=self._session, plan=plan, progress=silent)


def deploy_package(root: Path, made: Package):
    hooks = Hooks(root)
    return hooks.deploy(hooks.plan(config(), made, []))


ADAPTER = """
import os
from pathlib import Path

def main(on_end):
    Path(os.environ["TASKFLOWS_CLOUD_RESULT"]).write_text('{"outcome": "ran", "value": "fine"}')
    return 0
"""
GOOD = ("index.py", ADAPTER)


def test_a_good_archive(env, root, tmp_path):
    program = ZipInfo("bin/tool")
    program.external_attr = (stat.S_IFREG | 0o755) << 16
    members = [GOOD, ("folder/", ""), (program, "#!/bin/sh\n"), ("ünï/dätä.txt", "x")]

    assert deploy_package(root, package(tmp_path, members)).success

    assert env.invoke_function("job").value == "fine"
    [code] = root.glob("functions/job/*/code")
    assert (code / "bin/tool").stat().st_mode & 0o777 == 0o500
    assert (code / "ünï/dätä.txt").read_text() == "x"


@pytest.mark.parametrize(
    "member",
    [("../evil", "x"), ("/evil", "x"), ("a/../../evil", "x"), ("a\\..\\evil", "x"), link("evil", "/etc/passwd")],
    ids=["up", "absolute", "up and up", "backslash", "link"],
)
def test_members_that_leave_their_folder(env, root, tmp_path, member):
    result = deploy_package(root, package(tmp_path, [GOOD, member]))

    assert not result.success
    assert "is no plain file inside its folder" in result.error
    assert result.resource_id is None
    assert [path.name for path in tmp_path.rglob("*evil*")] == []
    assert list((root / "functions" / "job").iterdir()) == []
    assert env.list_functions() == []


def test_a_member_that_stands_twice(root, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        made = package(tmp_path, [GOOD, GOOD])

    assert "index.py" in deploy_package(root, made).error


def test_an_archive_that_was_changed(root, tmp_path):
    made = package(tmp_path, [GOOD])
    made.path.write_bytes(made.path.read_bytes() + b"\0")

    assert "has been changed since it was made; deploy again" in deploy_package(root, made).error


def test_an_archive_that_is_gone(root, tmp_path):
    made = package(tmp_path, [GOOD])
    made.path.unlink()

    assert str(made.path) in deploy_package(root, made).error


def test_an_archive_that_is_larger_than_it_says(root, tmp_path):
    made = package(tmp_path, [GOOD, ("big", "x" * 1000)], unpacked_size=100)

    assert "its package says 100" in deploy_package(root, made).error


def test_what_is_no_archive(root, tmp_path):
    path = tmp_path / "text.zip"
    path.write_text("text", encoding="utf-8")
    sha256 = hashlib.sha256(b"text").hexdigest()

    made = package(tmp_path, [GOOD], path=path, sha256=sha256)

    assert "cannot be read" in deploy_package(root, made).error


def test_a_digest_that_leads_elsewhere(root, tmp_path):
    with pytest.raises(OperationError, match="is no sha256"):
        deploy_package(root, package(tmp_path, [GOOD], sha256="../../evil"))


def test_a_plan_that_comes_after_a_deletion_says_so(env, deploy, root):
    deploy("def job():\n    return 1\n")
    hooks = Hooks(root)
    late = hooks.plan(config(memory_mb=64), None, None)
    env.delete_function("job").raise_for_error()

    with pytest.raises(FunctionNotFoundError, match="there is no function 'job' on local; deploy it first"):
        hooks.deploy(late)

    assert env.list_functions() == []
    assert env.delete_function("job").success
    assert list((root / "functions").iterdir()) == []
